// The line to the CyberTipline, one for all reports: what refuses one report's credentials, or is too busy for it, is so for all.
import { type FaultCode, type FaultFacts, type QueueStopping, stopsQueue } from '@wardline/cybertip'
import { type Actor, record } from '#audit'
import type { Clock } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import type { ReportSettings } from './settings.ts'

export type Line = {
  /** waiting: nothing is sent before `untilMs`. stopped: an operator must act; at `untilMs` it is looked at again. */
  readonly standing: Tables['filing_line']['standing']
  readonly because: string | null
  readonly sinceMs: number
  readonly untilMs: number
}

export type Gate =
  | { readonly kind: 'pass' }
  | {
      readonly kind: 'closed'
      readonly standing: 'waiting' | 'stopped'
      readonly untilMs: number
      readonly why: string
    }
  /** The line is stopped and it is time to look again: this caller asks /status, and nobody else does meanwhile. */
  | { readonly kind: 'probe' }

/** Looked at again this often while it is stopped. */
const probeMs = 15 * 60_000
const firstWaitMs = 2_000
const longestWaitMs = 5 * 60_000
/** Nobody may hold up the whole line for longer, whatever Retry-After says. */
const mostAskedMs = 24 * 3_600_000

/** As it stands; an open one when nothing was ever in its way. */
export async function readLine(db: Connection): Promise<Line> {
  const { standing, because, since, until } = await lineRow(db)
  return { standing, because, sinceMs: since, untilMs: until }
}

/** Before a step begins. Other credentials than those that were refused open the line at once. */
export async function passLine(tx: Transaction, clock: Clock, vault: Vault, settings: ReportSettings): Promise<Gate> {
  const row = await lineRow(tx)
  const now = clock.now()
  const closed = { standing: row.standing, untilMs: row.until, why: whyOf(row) }
  switch (row.standing) {
    case 'open':
      return { kind: 'pass' }
    case 'waiting':
      return now < row.until ? { ...closed, kind: 'closed', standing: row.standing } : { kind: 'pass' }
    case 'stopped':
      if (row.refused_keyed !== credentialsKey(vault, settings)) {
        await openLine(tx, clock, 'other credentials')
        return { kind: 'pass' }
      }
      if (now < row.until) return { ...closed, kind: 'closed', standing: row.standing }
      await write(tx, { ...row, until: now + probeMs })
      return { kind: 'probe' }
  }
}

/** What is new of the line, for the caller to act upon in the same transaction. */
export type LineNews = 'stopped' | 'opened' | undefined

/** After every call, and after a look at /status: what its outcome says of the line. */
export async function noteOnLine(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { settings, outcome }: { readonly settings: ReportSettings; readonly outcome: FaultFacts | { readonly kind: 'ok' } },
): Promise<LineNews> {
  const row = await lineRow(tx)
  const now = clock.now()
  const bearing = outcome.kind === 'ok' ? 'fine' : bearingOf(outcome.code)
  if (outcome.kind === 'fault' && bearing === 'stops') {
    const isNews = row.standing !== 'stopped'
    await write(tx, {
      ...row,
      standing: 'stopped',
      because: outcome.code,
      refused_keyed: credentialsKey(vault, settings),
      since: isNews ? now : row.since,
      until: now + probeMs,
      tries: 0,
    })
    if (!isNews) return undefined
    const detail = { because: outcome.code }
    await record(tx, clock, { actor: 'wardline', act: 'stop_filing', subject: 'filing', detail })
    return 'stopped'
  }
  if (outcome.kind === 'fault' && bearing === 'delays') {
    // Who was refused for rights is not helped by a server that is busy as well.
    if (row.standing === 'stopped') return undefined
    const isWaiting = row.standing === 'waiting' && now < row.until
    // Of several that failed together one counts: they all met the same trouble.
    const tries = isWaiting ? row.tries : row.tries + 1
    const ownMs = isWaiting ? 0 : Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(tries - 1, 20))
    const waitMs = Math.max(ownMs, Math.min(outcome.retryAfterMs ?? 0, mostAskedMs))
    const until = Math.max(isWaiting ? row.until : 0, now + waitMs)
    const since = row.standing === 'waiting' ? row.since : now
    await write(tx, { ...row, standing: 'waiting', because: outcome.code, since, until, tries })
    return undefined
  }
  // One that was under way says nothing against a Retry-After that another was given meanwhile.
  if (bearing === 'nothing' || row.standing === 'open' || (row.standing === 'waiting' && now < row.until))
    return undefined
  const was = row.standing
  await openLine(tx, clock, 'a call that went well')
  return was === 'stopped' ? 'opened' : undefined
}

/** A person, or a start of the server, wants it looked at now and not at the next turn. True when there was something to look at. */
export async function hastenLine(tx: Transaction, clock: Clock, by: Actor): Promise<boolean> {
  const row = await lineRow(tx)
  if (row.standing === 'open') return false
  await write(tx, { ...row, until: clock.now() })
  if (by !== 'wardline') await record(tx, clock, { actor: by, act: 'resume_filing', subject: 'filing' })
  return true
}

const bearingOf = (code: FaultCode) => (stopsQueue(code) ? 'stops' : bearings[code])

/** A refusal of one report is fine for the line: credentials and server are well. */
const bearings: { readonly [C in Exclude<FaultCode, QueueStopping>]: 'delays' | 'fine' | 'nothing' } = {
  too_busy: 'delays',
  temporarily_refused: 'delays',
  server_failed: 'delays',
  unreachable: 'delays',
  timed_out: 'nothing',
  broken_off: 'nothing',
  file_unreadable: 'nothing',
  unreadable_answer: 'nothing',
  contradictory_answer: 'nothing',
  not_accepted: 'fine',
  unknown_code: 'fine',
  report_gone: 'fine',
  file_gone: 'fine',
  already_retracted: 'fine',
  already_finished: 'fine',
}

type Row = Omit<Tables['filing_line'], 'one'>

async function lineRow(db: Connection): Promise<Row> {
  const row = await db.selectFrom('filing_line').selectAll().where('one', '=', 1).executeTakeFirst()
  return row ?? { standing: 'open', because: null, refused_keyed: null, since: 0, until: 0, tries: 0 }
}

async function openLine(tx: Transaction, clock: Clock, how: string): Promise<void> {
  const { standing } = await lineRow(tx)
  const now = clock.now()
  await write(tx, { standing: 'open', because: null, refused_keyed: null, since: now, until: now, tries: 0 })
  if (standing === 'stopped')
    await record(tx, clock, { actor: 'wardline', act: 'open_filing', subject: 'filing', detail: { how } })
}

async function write(tx: Transaction, row: Row): Promise<void> {
  await tx
    .insertInto('filing_line')
    .values({ one: 1, ...row })
    .onConflict((on) => on.column('one').doUpdateSet(row))
    .execute()
}

const whyOf = ({ standing, because }: Row) =>
  standing === 'stopped'
    ? `filing is stopped for all reports: ${because}`
    : `the CyberTipline asks all to wait: ${because}`

/** Nobody can tell the password by it; only that it is the same one. */
const credentialsKey = (vault: Vault, { environment, baseUrl, credentials }: ReportSettings) =>
  vault.keyed(
    'cybertip credentials',
    JSON.stringify([environment, baseUrl, credentials?.username, credentials?.password]),
  )
