// Says what a scan finds, as lines for people or as JSON for programs. Never a hash value: the list stays secret.
import type { Ground } from '@wardline/server/match'
import type { Failure } from './files.ts'
import type { Opened } from './opening.ts'
import type { Progress } from './progress.ts'
import { summary, type Tally } from './tally.ts'
import { shown, type Terminal } from './terminal.ts'

export interface Teller {
  hit(path: string, grounds: readonly Ground[], opened: Opened | undefined): void
  failed(path: string, failure: Failure): void
  end(tally: Tally, about: { readonly entries: number; readonly canOpenCases: boolean }): void
}

export function openTeller(json: boolean, terminal: Terminal, progress: Progress): Teller {
  const line = (object: object) => progress.beside(() => terminal.out(JSON.stringify(object)))
  if (json)
    return {
      hit: (file, grounds, opened) => line({ file, hits: grounds.map(hitLine), ...(opened && { case: opened }) }),
      failed: (file, error) => line({ file, error }),
      end: (tally, { entries }) => line({ summary: { ...tally, entries } }),
    }
  return {
    hit: (path, grounds, opened) =>
      progress.beside(() => {
        terminal.out(`HIT  ${shown(path)}  ${grounds.map(inWords).join('; ')}${opened ? ending(opened) : ''}`)
      }),
    failed: (path, { detail }) => progress.beside(() => terminal.err(`not read  ${shown(path)}: ${detail}`)),
    end: (tally, { entries, canOpenCases }) => {
      for (const each of summary(tally, entries, canOpenCases)) terminal.out(each)
    },
  }
}

function hitLine({ class: named, listId, source, entryId, algorithm, distanceBits, pictureIndex }: Ground) {
  return { class: named, list: listId, source, entryId, algorithm, distanceBits, pictureIndex }
}

/** The distance may be shown: the terminal, the disk and the list are all the operator's own. */
function inWords({ class: named, listId, algorithm, distanceBits }: Ground): string {
  const how = algorithm === 'pdq' ? `pdq, ${distanceBits} of 256 bits differ` : `${algorithm}, exact`
  return `class ${named}, list ${shown(listId)}, ${how}`
}

function ending(opened: Opened): string {
  if (opened.kind === 'not_held') return `  -> no case: ${opened.why}`
  return opened.caseNumber === undefined ? '  -> held' : `  -> case ${opened.caseNumber}`
}
