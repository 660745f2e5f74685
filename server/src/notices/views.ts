// Notices as they are read: state, what they wait for, and times; never the address or the text.
import type { Clock } from '#base'
import type { Connection } from '#db'
import type { Undecided } from './covered.ts'
import { keptBack } from './hold.ts'
import { type NoticeState, noticeRow, type Row, triesOf } from './store.ts'

export type NoticeView = ReturnType<typeof viewOf>

/**
 * delay: its time has not come. release: a person must let it go. legal_hold: nobody may be told until then at least. repair: a case
 * that it speaks for may turn out to be an error, and two people have not decided, or nobody has looked at it again. try: it goes at once, or is tried again. platform: it has it, and has not said yet that it delivered it.
 */
export type Waits =
  | { readonly for: 'delay' | 'legal_hold'; readonly until: number }
  | { readonly for: 'release' | 'repair' | 'try' | 'platform'; readonly until: null }

/** Newest first. `before` is the last id of the page before. */
export async function listNotices(
  db: Connection,
  query: {
    readonly state?: NoticeState | undefined
    /** Only those that a person must release. */
    readonly unreleased?: boolean | undefined
    readonly limit: number
    readonly before?: string | undefined
  },
): Promise<readonly NoticeView[]> {
  const { state, unreleased, limit, before } = query
  const rows = await db
    .selectFrom('notices')
    .selectAll()
    .$if(state !== undefined, (rows) => rows.where('state', '=', state ?? 'waiting'))
    .$if(unreleased === true, (rows) => rows.where('release', 'is not', null))
    .$if(before !== undefined, (rows) => rows.where('id', '<', before ?? ''))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map(viewOf)
}

export async function noticesOfCase(db: Connection, caseId: string): Promise<readonly NoticeView[]> {
  const rows = await db.selectFrom('notices').selectAll().where('case_id', '=', caseId).orderBy('id').execute()
  return rows.map(viewOf)
}

/** What each of these waits for, by id; those that wait for nothing are left out. Says of legal instruments, which not everybody may know. */
export async function waitsOf(
  db: Connection,
  clock: Clock,
  notices: readonly NoticeView[],
  undecided?: Undecided,
): Promise<ReadonlyMap<string, Waits>> {
  const waiting = notices.filter(({ state }) => state === 'waiting' || state === 'sending')
  const rows = waiting.map(({ reportId, caseId, ...one }) => ({ ...one, report_id: reportId, case_id: caseId }))
  const { held, open } = await keptBack(db, clock, rows, undecided)
  const now = clock.now()
  return new Map(
    waiting.map((one) => [one.id, waitOf(one, { now, heldUntil: held.get(one.id), isUndecided: open.has(one.id) })]),
  )
}

function waitOf(
  { state, release, dueAt, channel }: NoticeView,
  {
    now,
    heldUntil,
    isUndecided,
  }: { readonly now: number; readonly heldUntil: number | undefined; readonly isUndecided: boolean },
): Waits {
  if (heldUntil !== undefined) return { for: 'legal_hold', until: heldUntil }
  if (isUndecided) return { for: 'repair', until: null }
  if (release !== null) return { for: 'release', until: null }
  if (state === 'sending') return { for: channel === 'smtp' ? 'try' : 'platform', until: null }
  return dueAt > now ? { for: 'delay', until: dueAt } : { for: 'try', until: null }
}

/** One with all its tries. Fault `no_such_notice`. */
export async function showNotice(db: Connection, clock: Clock, noticeId: string, undecided?: Undecided) {
  const row = await noticeRow(db, noticeId)
  const tries = await triesOf(db, noticeId)
  const view = viewOf(row)
  const waits = await waitsOf(db, clock, [view], undecided)
  return {
    ...view,
    waits: waits.get(noticeId) ?? null,
    tries: tries.map(({ number, begun_at, ended_at, outcome, why }) => ({
      number,
      begunAt: begun_at,
      endedAt: ended_at,
      outcome,
      why,
    })),
  }
}

export type NoticeFigures = {
  readonly byState: Readonly<Record<NoticeState, number>>
  readonly unreleased: number
  /** Due for longer than an hour, and neither held, nor to be released, nor with the platform, nor in a repair that is not decided. */
  readonly overdue: number
}

/** Of all but tests. */
export async function noticeFigures(db: Connection, clock: Clock, undecided?: Undecided): Promise<NoticeFigures> {
  const real = db.selectFrom('notices').where('is_test', '=', 0)
  const states = await real
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute()
  const byState = { waiting: 0, sending: 0, sent: 0, not_sent: 0, dead: 0 }
  for (const { state, count } of states) byState[state] = Number(count)
  const waiting = real.where('state', '=', 'waiting')
  const unreleased = await waiting
    .where('release', 'is not', null)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  const late = await waiting
    .where('release', 'is', null)
    .where('due_at', '<', clock.now() - hourMs)
    .selectAll()
    .limit(mostLooked)
    .execute()
  const { held, open } = await keptBack(db, clock, late, undecided)
  const overdue = late.filter(({ id }) => !held.has(id) && !open.has(id)).length
  return { byState, unreleased: Number(unreleased.count), overdue }
}

const hourMs = 3_600_000
/** Of more than these the operator knows by the ones they have. */
const mostLooked = 500

/** Which case a notice is about; undefined: there is no such notice. */
export async function caseOfNotice(db: Connection, noticeId: string): Promise<string | undefined> {
  const row = await db.selectFrom('notices').select('case_id').where('id', '=', noticeId).executeTakeFirst()
  return row?.case_id
}

function viewOf(row: Row) {
  return {
    id: row.id,
    kind: row.kind,
    reportId: row.report_id,
    caseId: row.case_id,
    told: row.told,
    addressee: row.addressee,
    channel: row.channel,
    isTest: row.is_test === 1,
    state: row.state,
    reason: row.reason,
    rule: row.rule,
    release: row.release,
    releasedAt: row.released_at,
    dueAt: row.due_at,
    attempts: row.attempts,
    sentAt: row.sent_at,
    appealBy: row.appeal_by,
    createdAt: row.created_at,
    changedAt: row.changed_at,
  }
}
