// wardline scan: compares the images under some paths with list files. Needs no server and keeps nothing.
import { Fault, never } from '@wardline/server/base'
import { DEFAULT_RADIUS_BITS, type ListClass, listClasses } from '@wardline/server/lists'
import { openMatcher } from '@wardline/server/match'
import { Command, InvalidArgumentError, Option } from 'commander'
import { IN_FLIGHT, openOffline } from '../offline/decoders.ts'
import { failure } from '../offline/files.ts'
import { inOrder } from '../offline/in-order.ts'
import { openLists } from '../offline/lists.ts'
import { look } from '../offline/look.ts'
import type { Opened, Opening } from '../offline/opening.ts'
import { openProgress } from '../offline/progress.ts'
import { openTally, statusOf } from '../offline/tally.ts'
import { openTeller } from '../offline/teller.ts'
import { openTerminal, type Terminal } from '../offline/terminal.ts'
import { walk } from '../offline/walk.ts'

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
  const opened = await openLists(options.list, { listClass, radiusBits }, terminal)
  if (!opened) return 2
  const matcher = await openMatcher({ lists: opened.lists, log: quiet })
  const opening = options.openCases ? await openOpening?.(options) : undefined
  const decoders = openOffline()
  const tally = openTally({ skippedRows: opened.skippedRows, opensCases: opening !== undefined })
  const progress = await openProgress(paths, terminal)
  const teller = openTeller(json, terminal, progress)
  try {
    const looks = inOrder(walk(paths), IN_FLIGHT, async (found) => ({
      found,
      looked: found.kind === 'file' ? await look(decoders, matcher, found.path) : found,
    }))
    for await (const { found, looked } of looks) {
      switch (looked.kind) {
        case 'folder_link':
          tally.folderLinks += 1
          break
        case 'no_image':
          // In a folder anything may lie; a file that somebody named was meant, and the server would say unscannable.
          if (paths.includes(found.path)) {
            tally.failures += 1
            teller.failed(found.path, failure('not_an_image'))
          } else tally.notImages += 1
          break
        case 'clear':
          tally.images += 1
          break
        case 'failure':
          tally.failures += 1
          teller.failed(found.path, looked.failure)
          break
        case 'hit': {
          const { grounds, bytes } = looked
          const answer = opening && (await sent(opening, found.path, bytes))
          tally.images += 1
          tally.hits += 1
          if (grounds.every(({ algorithm }) => algorithm === 'pdq')) tally.likenesses += 1
          if (answer?.kind === 'held') tally.opened = (tally.opened ?? 0) + 1
          teller.hit(found.path, grounds, answer)
          break
        }
        default:
          never(looked)
      }
      if (found.kind === 'file') progress.done(found.sizeBytes)
    }
  } finally {
    progress.end()
    await decoders.close()
    await opening?.close()
  }
  teller.end(tally, { entries: matcher.size, canOpenCases: openOpening !== undefined })
  return statusOf(tally)
}

/** A hit that cannot be sent is still a hit, and the next one may go through. */
async function sent(opening: Opening, path: string, bytes: Uint8Array): Promise<Opened> {
  try {
    return await opening.open({ path, bytes })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { kind: 'not_held', why: error.message }
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
