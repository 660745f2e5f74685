// The self-test, step by step: what was sent, what was heard, and what became of it. It makes its own keys and revokes them.
import { createKey, openWindowNow, revokeKey, type Scope } from '@wardline/server/access'
import { Fault } from '@wardline/server/base'
import { scanState } from '@wardline/server/cases'
import { type Drawing, readDrawing, readTestCards, type TestCards } from '@wardline/server/lists'
import { type Check, fail, ok, warn } from '../doctor/check.ts'
import { moment } from '../moment.ts'
import type { Ground } from '../on-ground.ts'
import { type Heard, type Path, send, type Way } from './doors.ts'
import { checkEvidence, findCases, followNotices, followReports, type Held } from './follow.ts'
import { type Plan, planOf } from './plan.ts'

export interface Asked {
  /** Without a slash at its end. */
  readonly url: string
  readonly patienceMs: number
  /** Told of each case that it made. */
  readonly made: (caseId: string) => void
}

/** A self-test that is killed leaves keys behind that nobody can use for longer than this. */
const keyLivesMs = 15 * 60_000

/** Each step as it happens. Nothing more comes after one without which the next make no sense. */
export async function* selftest(ground: Ground, asked: Asked): AsyncGenerator<Check> {
  const cards = readCards()
  if ('standing' in cards) return yield cards
  yield ok('test cards', `${cards.cards.length} drawings, as the signed list names them`)
  const plan = planOf(cards, ground.config.rules.off)
  if (plan === undefined)
    return yield fail('surfaces', 'rules.off switches every surface off: nothing is found', 'Change rules.off.')
  const server = await askServer(asked.url)
  yield server
  if (server.standing === 'fail') return

  const keys = [await newKey(ground, ['scans:write', 'selftest']), await newKey(ground, ['scans:write'])] as const
  yield ok('keys', 'one with the scope "selftest" and one without, for 15 minutes at most')
  try {
    const account = keys[0].id.replace('key_', 'selftest_')
    const way = (key: string): Way => ({ ...asked, key, account })
    yield* walk(ground, plan, { ...asked, own: way(keys[0].secret), stranger: way(keys[1].secret) })
  } finally {
    for (const { id } of keys) await ground.database.transact((tx) => revokeKey(tx, ground.clock, id))
  }
  yield ok('keys', 'revoked')
}

type Sent = Path & { readonly card: Drawing }

interface Ways {
  readonly own: Way
  readonly stranger: Way
  readonly patienceMs: number
  readonly made: Asked['made']
}

async function* walk(ground: Ground, plan: Plan, { own, stranger, patienceMs, made }: Ways): AsyncGenerator<Check> {
  const held: Held[] = []
  for (const sending of plan.sendings) {
    const heard = await send(own, sending)
    if (heard.kind === 'verdict' && heard.verdict === 'held') held.push({ ...sending, scanId: heard.scanId })
    yield expected(`card ${sending.card.number}`, sending, heard, 'held')
  }
  for (const sending of plan.off)
    yield expected('switched off', sending, await send(own, sending), 'not_scanned', ' by rules.off, as configured')
  yield await cleared(ground, 'near miss', plan.nearMiss, await send(own, plan.nearMiss))
  yield await strangers(ground, plan, stranger)
  if (held.length === 0) return

  const { cases, files, check } = await findCases(ground, held)
  for (const { id } of cases) made(id)
  yield check
  if (check.standing === 'fail') return
  yield await checkEvidence(ground, held, cases, files)
  const report = await followReports(ground, cases, { ms: patienceMs })
  yield report
  if (report.standing !== 'fail') yield await followNotices(ground, cases, { ms: patienceMs })
}

/** While a window is open every key's cards count, so there is no key without the right to try it with. */
async function strangers(ground: Ground, { stranger }: Plan, way: Way): Promise<Check> {
  const name = 'without the scope'
  const window = await openWindowNow(ground.database.read, ground.clock)
  if (window !== undefined)
    return warn(
      name,
      `not tried: a window is open until ${moment(window.closesAt)}, and every card counts`,
      '`wardline selftest window close`, then this again.',
    )
  return cleared(ground, name, stranger, await send(way, stranger))
}

/** Clear, and nothing of it is kept. */
async function cleared(ground: Ground, name: string, path: Sent, heard: Heard): Promise<Check> {
  const check = expected(name, path, heard, 'clear', ', and nothing was kept')
  if (heard.kind !== 'verdict' || check.standing === 'fail') return check
  if ((await scanState(ground.database.read, heard.scanId)) === 'unknown') return check
  return fail(name, 'its answer was "clear", and yet it was kept', 'Please report this: it is a mistake in Wardline.')
}

function expected(name: string, { door, surface, card }: Sent, heard: Heard, verdict: string, more = ''): Check {
  const how = `${card.words}, by ${door} from ${surface}`
  if (heard.kind === 'trouble') return fail(name, `${how}: ${heard.words}`, heard.todo)
  if (heard.verdict === verdict) return ok(name, `${how}: ${verdict} in ${heard.ms} ms${more}`)
  return fail(
    name,
    `${how}: "${heard.verdict}" and should be "${verdict}"`,
    todos[verdict] ?? 'The server’s log may tell.',
  )
}

const todos: Readonly<Record<string, string>> = {
  held: 'Does the server run this very version, and say nothing of test cards in its log? A real one would be missed too.',
  clear: 'Something compares too loosely, or counts cards for everybody: what is harmless would be held.',
  not_scanned: 'The running server has another configuration than this command: start it again.',
}

function readCards(): TestCards | Check {
  try {
    const cards = readTestCards()
    for (const drawing of [...cards.cards, cards.nearMiss]) readDrawing(drawing)
    return cards
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return fail('test cards', error.message, 'No card counts until then; what is real is found all the same.')
  }
}

async function askServer(url: string): Promise<Check> {
  const name = 'server'
  const answer = await fetch(`${url}/healthz`, { redirect: 'error', signal: AbortSignal.timeout(10_000) }).catch(
    () => undefined,
  )
  if (answer?.ok) return ok(name, `answers at ${url}`)
  return fail(name, `does not answer at ${url}`, 'Start it with `wardline serve`, or say with --url where it is.')
}

function newKey({ database, clock }: Ground, scopes: readonly Scope[]) {
  const expiresAt = clock.now() + keyLivesMs
  return database.transact((tx) => createKey(tx, clock, { label: 'selftest', scopes, expiresAt }))
}
