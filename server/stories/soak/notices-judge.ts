// What must be true after it: for every addressee one notice that was sent, waits, or is recorded as not sent, each with its reason and date.
import type { Tables } from '#db'
import { needsJob, oddEnd } from './notices-fates.ts'
import type { Simulated } from './notices-model.ts'
import { givenAway } from './notices-scanner.ts'
import type { Made, Soak, Told } from './notices-world.ts'

export interface Judged {
  readonly finished: number
  readonly addressees: number
  readonly sent: number
  /** By what they wait for. */
  readonly waiting: Readonly<Record<string, number>>
  /** By reason. */
  readonly notSent: Readonly<Record<string, number>>
  readonly dead: Readonly<Record<string, number>>
  /** Words about what is not as it must be; empty. */
  readonly wrong: readonly string[]
  readonly beforeReceipt: number
  readonly forbidden: number
  readonly scanned: number
  /** Of the texts that were read. */
  readonly languages: number
  /** Seconds on the still clock from the moment it might go to the first try. */
  readonly lag: { readonly median: number; readonly p99: number; readonly most: number }
  /** Mails that came a second time, by the same id and in the same words: their sender died before it knew. */
  readonly twice: number
}

type Row = Tables['notices']
type Span = { readonly from: number; readonly until: number }

export async function judge(run: {
  readonly soak: Soak
  readonly all: readonly Simulated[]
  readonly made: readonly Made[]
  readonly start: number
  readonly pulled: readonly Told[]
  readonly pauses: readonly Span[]
}): Promise<Judged> {
  const { soak, all, made, start, pulled, pauses } = run
  const { database, clock, mailbox, platform } = soak
  const db = database.read
  const now = clock.now()
  const rows = await db.selectFrom('notices').selectAll().execute()
  const byReport = Map.groupBy(rows, ({ report_id }) => report_id)
  const reports = new Map((await db.selectFrom('reports').selectAll().execute()).map((one) => [one.id, one]))
  const accounts = new Map(
    (await db.selectFrom('cases').select(['id', 'account_hmac']).execute()).map((one) => [one.id, one.account_hmac]),
  )
  const holds = await db.selectFrom('notice_holds').selectAll().execute()
  const tries = Map.groupBy(
    await db.selectFrom('notice_tries').selectAll().orderBy('number').execute(),
    (one) => one.notice_id,
  )
  const mails: Told[] = mailbox.messages().map((mail) => ({
    noticeId: /^<(notice_[0-9a-z]+)@/.exec(mail.messageId)?.[1] ?? 'none',
    at: mail.receivedAt,
    words: [mail.subject, mail.text, mail.html].join('\n'),
  }))
  const told = Map.groupBy([...mails, ...platform.told, ...pulled], ({ noticeId }) => noticeId)

  const live = await db
    .selectFrom('jobs')
    .select('subject')
    .where('kind', '=', 'notify')
    .where('state', '!=', 'dead')
    .execute()
  const worked = new Set(live.map(({ subject }) => subject))

  const wrong: string[] = []
  const [waiting, notSent, dead]: Record<string, number>[] = [{}, {}, {}]
  const count = (into: Record<string, number> | undefined, name: string) => {
    if (into) into[name] = (into[name] ?? 0) + 1
  }
  let [finished, addressees, sent, beforeReceipt, forbidden, scanned, twice] = [0, 0, 0, 0, 0, 0, 0]
  const lags: number[] = []
  const texts = new Set<string>()

  for (const [place, one] of all.entries()) {
    const its = made[place]
    const report = its && reports.get(its.reportId)
    if (its === undefined || report === undefined) throw new Error('a report is gone')
    if (report.state !== 'finished' || report.finished_at === null) {
      wrong.push(`report ${place} is not finished`)
      continue
    }
    finished += 1
    const notices = byReport.get(report.id) ?? []
    if (notices.length !== one.expected.length) wrong.push(`report ${place} has ${notices.length} notices`)
    for (const { addressee, reason } of one.expected) {
      addressees += 1
      const [notice, ...more] = notices.filter((each) => each.addressee === addressee)
      if (notice === undefined || more.length > 0) {
        wrong.push(`report ${place}: ${more.length} notices too many to the ${addressee}`)
        continue
      }
      const spans = holds
        .filter(
          ({ scope, target }) =>
            target === { report: report.id, case: its.caseId, account: accounts.get(its.caseId) }[scope],
        )
        .map((hold) => ({ from: hold.added_at, until: Math.min(hold.expires_at, hold.ended_at ?? hold.expires_at) }))
      const standing = standingOf(notice, spans, now)
      if (reason !== null && (notice.state !== 'not_sent' || notice.reason !== reason))
        wrong.push(`report ${place}: "${notice.state}" (${notice.reason}) and should be ${reason ?? 'told'}`)
      const { repaired, isBatch } = one
      // From when on its report was an error in whole.
      const isUndone = repaired !== null && (repaired.what === 'all' || !isBatch)
      const undoneAt = isUndone ? start + repaired.atMs : Number.POSITIVE_INFINITY
      const waits = standing.startsWith('for ') && standing !== 'for nothing'
      const odd = reason === null ? oddEnd(notice, one, { waits, undoneAt, now }) : undefined
      if (odd !== undefined) wrong.push(`report ${place}: ${odd}`)
      for (const { begun_at: begun } of tries.get(notice.id) ?? []) {
        // The moment itself belongs to whichever came first.
        if ([...spans, ...pauses].some(({ from, until }) => begun > from && begun < until))
          wrong.push(`report ${place}: begun under a hold or a pause, by ${notice.channel}`)
        if (begun > undoneAt) wrong.push(`report ${place}: begun after it was found to be an error`)
      }
      if (notice.state === 'sent' && notice.sent_at === null) wrong.push(`report ${place}: sent without a date`)
      if (standing === 'sent') sent += 1
      else if (standing === 'not_sent') count(notSent, notice.reason ?? 'NONE')
      else if (standing === 'dead') count(dead, shortened(notice.reason))
      else count(waiting, standing)
      if (needsJob(notice) && !worked.has(notice.id))
        wrong.push(`report ${place}: "${notice.state}", and no job of it lives`)
      if (standing === 'for nothing') wrong.push(`report ${place}: waits for nothing since ${now - notice.due_at} ms`)
      if (
        (notice.state === 'not_sent' || notice.state === 'dead') &&
        (!notice.reason || notice.changed_at < report.finished_at)
      )
        wrong.push(`report ${place}: no reason or date`)
      const deliveries = told.get(notice.id) ?? []
      if (notice.state === 'sent' && deliveries.length === 0) wrong.push(`report ${place}: sent, and nobody heard`)
      if (notice.state === 'not_sent' && deliveries.length > 0) wrong.push(`report ${place}: not sent, and told`)
      if (new Set(deliveries.map(({ words }) => words.replaceAll(/\s+/g, ' '))).size > 1)
        wrong.push(`report ${place}: told in different words`)
      if (deliveries.length > 1) twice += deliveries.length - 1
      for (const { at, words } of deliveries) {
        scanned += 1
        texts.add(/lang="?([\w-]+)/.exec(words)?.[1] ?? 'none')
        if (at < report.finished_at) beforeReceipt += 1
        if (at < notice.due_at) wrong.push(`report ${place}: told before its time`)
        if (notice.release !== null || (notice.released_at !== null && at < notice.released_at))
          wrong.push(`report ${place}: told before a person released it`)
        if (one.needsRelease && notice.released_at === null) wrong.push(`report ${place}: told without a release`)
        if (at > undoneAt) wrong.push(`report ${place}: accused of an error`)
        if ([...spans, ...pauses].some(({ from, until }) => at > from && at < until))
          wrong.push(`report ${place}: told under a hold or a pause`)
        const given = givenAway(words, its.secrets)
        if (given.length > 0) {
          forbidden += 1
          wrong.push(`report ${place}: says ${given.join(', ')}`)
        }
      }
      const [first] = tries.get(notice.id) ?? []
      if (first) {
        const lag = (first.begun_at - freeAt(notice, [...spans, ...pauses])) / 1000
        if (lag < 0) wrong.push(`report ${place}: begun ${-lag} s before it might go`)
        lags.push(lag)
      }
    }
  }
  const unknown = [...told.keys()].filter((id) => !rows.some((row) => row.id === id))
  if (unknown.length > 0) wrong.push(`${unknown.length} told of nothing that is known`)
  const events = await db.selectFrom('jobs').select('id').where('state', '=', 'dead').execute()
  if (events.length > 0) wrong.push(`${events.length} dead jobs`)
  lags.sort((a, b) => a - b)
  const at = (share: number) => lags[Math.min(lags.length - 1, Math.floor(lags.length * share))] ?? 0
  const lag = { median: at(0.5), p99: at(0.99), most: at(1) }
  const languages = texts.size
  const sums = { finished, addressees, sent, waiting: waiting ?? {}, notSent: notSent ?? {}, dead: dead ?? {} }
  return { ...sums, wrong, beforeReceipt, forbidden, scanned, languages, lag, twice }
}

function standingOf(notice: Row, spans: readonly Span[], now: number): string {
  const { state, channel, release, due_at } = notice
  if (state !== 'waiting' && state !== 'sending') return state
  if (release !== null) return 'for a release'
  if (spans.some(({ until, from }) => from <= now && until > now)) return 'for a legal hold'
  if (state === 'sending' && channel !== 'smtp') return 'for the platform'
  if (due_at > now) return 'for its delay'
  return notice.attempts > 0 ? 'for the next try' : 'for nothing'
}

/** From when on nothing kept it back. */
function freeAt(notice: Row, spans: readonly Span[]): number {
  let at = Math.max(notice.due_at, notice.released_at ?? 0)
  for (;;) {
    const span = spans.find(({ from, until }) => from <= at && at < until)
    if (span === undefined) return at
    at = span.until
  }
}

const shortened = (reason: string | null) =>
  (reason ?? 'NONE').replace(/no success in \d+ days.*/, 'no success for days')
