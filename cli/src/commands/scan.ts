// wardline scan: compares the images under some paths with list files. Needs no server and keeps nothing.
import { never } from '@wardline/server/base'
import { DEFAULT_RADIUS_BITS, type ListClass, listClasses } from '@wardline/server/lists'
import { openMatcher } from '@wardline/server/match'
import { Command, InvalidArgumentError, Option } from 'commander'
import { IN_FLIGHT, openOffline } from '../offline/decoders.ts'
import { failure } from '../offline/files.ts'
import { inOrder } from '../offline/in-order.ts'
import { openLists } from '../offline/lists.ts'
import { type Looked, look } from '../offline/look.ts'
import type { Opening } from '../offline/opening.ts'
import { openProgress, type Progress } from '../offline/progress.ts'
import { sent } from '../offline/sent.ts'
import { openTally, statusOf, type Tally } from '../offline/tally.ts'
import { openTeller, type Teller } from '../offline/teller.ts'
import { openTerminal, type Terminal } from '../offline/terminal.ts'
import { type Found, walk } from '../offline/walk.ts'

export type { Opened, Opening } from '../offline/opening.ts'

export interface ScanOptions {
  readonly list: readonly string[]
  readonly listClass?: ListClass
  readonly radius?: number
  readonly json?: boolean
  readonly openCases?: boolean
  /** Of the deployment that --open-cases sends to; undefined: ./wardline.yaml. */
  readonly config?: string
}

/** It has nothing to say here: what is found is told elsewhere. */
const quiet = { info: () => {}, warn: () => {}, error: () => {} }

/** Opens the river for --open-cases. */
export type OpenOpening = (options: Pick<ScanOptions, 'config'>) => Promise<Opening>

/** Without `openOpening` there is no flag --open-cases. It is called only with the flag, before the first file is read. */
export function scanCommand(openOpening?: OpenOpening): Command {
  const command = new Command('scan')
    .description('compare the images under some paths with hash lists')
    .argument('<paths...>', 'images, and folders to walk')
    .requiredOption('--list <file>', 'a hash list, JSON Lines or CSV (may be given again)', collect)
    .addOption(
      new Option('--list-class <class>', 'the class of the lists; a row may name a narrower one')
        .choices(listClasses)
        .default('test'),
    )
    .option('--radius <bits>', 'how many bits a PDQ hash may differ, 0 to 31', radius, DEFAULT_RADIUS_BITS)
    .option('--json', 'one JSON object a line, the last one a summary')
    .addHelpText(
      'after',
      '\nExit status: 1 if anything was found, else 2 if an image, path or list row could not be read or a\nnamed file is no image, else 0.',
    )
  if (openOpening)
    command
      .option('--open-cases', 'preserve each hit and open a case for it')
      .option('--config <file>', 'configuration for --open-cases (else ./wardline.yaml)')
  return command.action(async (paths: readonly string[], options: ScanOptions) => {
    process.exitCode = await scan(paths, options, openTerminal(), openOpening)
  })
}

/** The exit status: 1 if anything was found, else 2 if an image, path, list or row of one could not be read, else 0. */
export async function scan(
  paths: readonly string[],
  options: ScanOptions,
  terminal: Terminal,
  openOpening?: OpenOpening,
): Promise<0 | 1 | 2> {
  const { listClass = 'test', radius: radiusBits = DEFAULT_RADIUS_BITS, json = false } = options
  // First of all, since they take as long to start as the lists to read.
  const decoders = openOffline()
  let opening: Opening | undefined
  let progress: Progress | undefined
  try {
    const opened = await openLists(options.list, { listClass, radiusBits }, terminal)
    if (!opened) return 2
    const matcher = await openMatcher({ lists: opened.lists, log: quiet })
    opening = options.openCases ? await openOpening?.(options) : undefined
    const tally = openTally({ skippedRows: opened.skippedRows, opensCases: opening !== undefined })
    progress = await openProgress(paths, terminal)
    const teller = openTeller(json, terminal, progress)
    const looks = inOrder(walk(paths), IN_FLIGHT, async (found) => ({
      found,
      looked: found.kind === 'file' ? await look(decoders, matcher, found) : found,
    }))
    for await (const { found, looked } of looks) {
      await note(looked, { path: found.path, isNamed: paths.includes(found.path) }, { tally, teller, opening })
      if (found.kind === 'file') progress.done(found.sizeBytes)
    }
    progress.end()
    progress = undefined
    teller.end(tally, { entries: matcher.size, canOpenCases: openOpening !== undefined })
    return statusOf(tally)
  } finally {
    progress?.end()
    await decoders.close()
    await opening?.close()
  }
}

/** Counts what was seen of one path, and tells what is to be told. */
async function note(
  looked: Looked | Exclude<Found, { kind: 'file' }>,
  { path, isNamed }: { readonly path: string; readonly isNamed: boolean },
  { tally, teller, opening }: { readonly tally: Tally; readonly teller: Teller; readonly opening: Opening | undefined },
): Promise<void> {
  switch (looked.kind) {
    case 'folder_link':
      tally.folderLinks += 1
      return
    case 'no_image':
      // In a folder anything may lie; a file that somebody named was meant, and the server would say unscannable.
      if (isNamed) {
        tally.failures += 1
        teller.failed(path, failure('not_an_image'))
      } else tally.notImages += 1
      return
    case 'clear':
      tally.images += 1
      return
    case 'failure':
      tally.failures += 1
      teller.failed(path, looked.failure)
      return
    case 'hit': {
      const { grounds, sha256 } = looked
      const answer = opening && (await sent(opening, path, sha256))
      tally.images += 1
      tally.hits += 1
      if (grounds.every(({ algorithm }) => algorithm === 'pdq')) tally.likenesses += 1
      if (answer?.kind === 'held') tally.opened = (tally.opened ?? 0) + 1
      teller.hit(path, grounds, answer)
      return
    }
    default:
      never(looked)
  }
}

function collect(file: string, former: readonly string[] = []): readonly string[] {
  return [...former, file]
}

function radius(text: string): number {
  const bits = Number(text)
  if (!/^\d+$/.test(text) || bits > DEFAULT_RADIUS_BITS)
    throw new InvalidArgumentError(`a whole number from 0 to ${DEFAULT_RADIUS_BITS}.`)
  return bits
}
