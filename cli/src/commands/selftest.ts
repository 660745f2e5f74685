// `wardline selftest`: proves with drawn test cards that what is known is found, preserved, reported and told. And what
// belongs to the cards: the window in which they count for every key, the pictures themselves, and cleaning up.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { closeTestWindow, openTestWindow, openWindowNow } from '@wardline/server/access'
import { isProduction, NOTHING_IS_REPORTED } from '@wardline/server/base'
import type { Config } from '@wardline/server/config'
import { cleanTests } from '@wardline/server/flow'
import { readDrawing, readTestCards } from '@wardline/server/lists'
import { openDesk } from '@wardline/server/main'
import { Command } from 'commander'
import { actorWhoMay, asPersonOption, personWhoMay } from '../as-person.ts'
import type { Check } from '../doctor/check.ts'
import { ending, endingAtOnce, fine, found } from '../exit.ts'
import { moment } from '../moment.ts'
import { writeNew } from '../new-file.ts'
import { type Ground, type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { selftest } from '../selftest/selftest.ts'
import { type Tint, tint } from '../tint.ts'
import { usage } from '../words.ts'

export function selftestCommand(): Command {
  return (
    groundCommand(
      'selftest',
      'send test cards down the whole river and say what became of them; exit 1 if a step failed',
    )
      .option('--url <url>', 'where the server is (else server.host and server.port)')
      .option('--patience <seconds>', 'how long each step may take', seconds, 60)
      .option('--clean', 'remove the cases that it made, at its end, and no others')
      .option(...asPersonOption)
      .option('--json', 'one JSON object a step')
      // The options above are this command's own; those behind `window open` are that one's.
      .enablePositionalOptions()
      .action(endingAtOnce(run))
      .addCommand(
        new Command('window')
          .description('for a while test cards count for every key')
          .addCommand(open())
          .addCommand(close())
          .addCommand(show()),
      )
      .addCommand(clean())
      .addCommand(cards())
  )
}

interface Options extends GroundOptions {
  readonly url?: string
  readonly patience: number
  readonly clean?: true
  readonly as?: string
  readonly json?: true
}

async function run({ url, patience, clean, as, json, ...options }: Options) {
  return onGround(options, async (ground) => {
    const by = await actorWhoMay(ground, as, 'open_selftest_window')
    const made: string[] = []
    const asked = {
      url: (url ?? urlOf(ground.config)).replace(/\/$/, ''),
      patienceMs: patience * 1000,
      made: (id: string) => made.push(id),
    }
    if (!json) console.log(opening(ground.config))
    let failed = 0
    for await (const step of selftest(ground, asked)) {
      if (step.standing === 'fail') failed += 1
      if (json) console.log(JSON.stringify(step))
      else tell(step)
    }
    if (clean) await cleanUp(ground, { by, only: made, json })
    if (!json) console.log(closing(failed, clean))
    return failed === 0 ? fine : found
  })
}

const tints = { ok: 'green', warn: 'yellow', fail: 'red' } as const satisfies Record<Check['standing'], Tint>

function tell({ name, standing, words, todo }: Check): void {
  console.log(`${tint(tints[standing], standing.padEnd(6))}${name.padEnd(22)}${words}`)
  if (todo !== undefined) console.log(`${' '.repeat(28)}-> ${todo}`)
}

const opening = ({ environment }: Config): string =>
  isProduction(environment)
    ? 'A self-test in production: drawn test cards only. Their report is validated and sent to nobody.'
    : tint('yellow', `A self-test in the environment "${environment}": ${NOTHING_IS_REPORTED}.`)

const closing = (failed: number, clean: true | undefined): string =>
  [
    failed === 0
      ? 'Every step happened.'
      : `${failed} ${failed === 1 ? 'step did not happen as it' : 'steps did not happen as they'} should.`,
    ...(clean ? [] : ['What it made is marked TEST; `wardline selftest clean` removes it.']),
  ].join(' ')

function urlOf({ server: { host, port } }: Config): string {
  if (port === 0) throw usage('server.port is 0, any free one: say with --url where the server is')
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`
}

function open(): Command {
  return groundCommand('open', 'until it closes by itself; whoever may send images may send a card')
    .requiredOption('--minutes <minutes>', '1 to 1440', Number)
    .requiredOption(...asPersonOption)
    .action(
      ending(async ({ minutes, as, ...options }: GroundOptions & { minutes: number; as: string }) => {
        const window = await onGround(options, async (ground) => {
          const { id } = await personWhoMay(ground, as, 'open_selftest_window')
          return ground.database.transact((tx) => openTestWindow(tx, ground.clock, { by: id, minutes }))
        })
        console.log(
          `Test cards count for every key until ${moment(window.closesAt)}; then the window closes by itself.`,
        )
        return fine
      }),
    )
}

function close(): Command {
  return groundCommand('close', 'at once')
    .option(...asPersonOption)
    .action(
      ending(async ({ as, ...options }: GroundOptions & { as?: string }) => {
        const closed = await onGround(options, async (ground) => {
          const by = await actorWhoMay(ground, as, 'open_selftest_window')
          return ground.database.transact((tx) => closeTestWindow(tx, ground.clock, by))
        })
        console.log(
          closed ? 'Closed: a test card is clear again, but for keys with the scope "selftest".' : 'None was open.',
        )
        return fine
      }),
    )
}

function show(): Command {
  return groundCommand('show', 'whether one is open, and until when').action(
    ending(async (options: GroundOptions) => {
      const window = await onGround(options, ({ database, clock }) => openWindowNow(database.read, clock))
      console.log(
        window === undefined
          ? 'No window is open.'
          : `Open until ${moment(window.closesAt)}, by person:${window.openedBy}.`,
      )
      return fine
    }),
  )
}

function clean(): Command {
  return groundCommand('clean', 'remove every case that test cards made, with its report, notice and evidence')
    .option(...asPersonOption)
    .action(
      ending(async ({ as, ...options }: GroundOptions & { as?: string }) => {
        await onGround(options, async (ground) =>
          cleanUp(ground, { by: await actorWhoMay(ground, as, 'open_selftest_window') }),
        )
        return fine
      }),
    )
}

interface Cleaning {
  readonly by: Parameters<typeof cleanTests>[1]
  /** Else all of them. */
  readonly only?: readonly string[]
  readonly json?: true | undefined
}

async function cleanUp(ground: Ground, { by, only, json }: Cleaning): Promise<void> {
  const { removed, left } = await cleanTests(openDesk(ground), by, only)
  if (json) return console.log(JSON.stringify({ name: 'clean', removed, left }))
  console.log(
    `Removed ${removed} ${removed === 1 ? 'case' : 'cases'} of test cards; the audit trail keeps what was done.`,
  )
  if (left > 0) console.log(`${left} are being worked on this moment: do it again in a while.`)
}

function cards(): Command {
  return new Command('cards')
    .description('write the test cards into a folder, to send them yourself')
    .argument('<folder>', 'made if it is not there')
    .action(
      ending(async (folder: string) => {
        const { cards: all, nearMiss } = readTestCards()
        await mkdir(resolve(folder), { recursive: true })
        for (const drawing of [...all, nearMiss]) {
          const { file, words } = drawing
          await writeNew(join(resolve(folder), file), readDrawing(drawing), async () => {})
          console.log(`${file.padEnd(16)}${words}`)
        }
        console.log('Drawings, all of them; the last one is no card and must be clear. They count only for a key with')
        console.log('the scope "selftest", or for every key while a window is open (`wardline selftest window open`).')
        return fine
      }),
    )
}

function seconds(text: string): number {
  const value = Number(text)
  if (!(value > 0 && value <= 3600)) throw usage('--patience takes a number of seconds, up to 3600')
  return value
}
