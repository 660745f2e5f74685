// What a person says of each thing that may have gone out already: it did (then it is never sent again), or it did not, and goes on.
import type { IncidentType } from '@wardline/api'
import type { Actor } from '#audit'
import { type Clock, Fault } from '#base'
import { type CaseRecord, confirm, moveCase, readCase } from '#cases'
import type { Transaction } from '#db'
import { markSent, withholdNotice } from '#notices'
import { type Item, listItems, readItem, readPause, settleItem } from '#pause'
import { closeByHand, createReport, isFileable } from '#reports'
import { recallNotice } from './recall.ts'
import { reportedByHand } from './report.ts'
import type { Desk } from './river.ts'

/** `reported`: the report is at NCMEC already, under this id. `go_on`: it is not, and is made once the pause ends. */
export type ReportWord =
  /** reason: where the logbook says that it is finished, why it is made again all the same. */
  | { readonly says: 'go_on'; readonly reason?: string | undefined }
  | { readonly says: 'reported'; readonly remoteId: string; readonly reason: string }

/** incidentType: of a case that waited for a person to say what it is. */
export type CaseWord = ReportWord & { readonly incidentType?: IncidentType | undefined }

/** Faults: those of `settleItem`, `no_pause`, `told_finished`, `not_possible`, and of `closeByHand`. */
export async function decideCase(desk: Desk, caseRef: number | string, by: Actor, word: CaseWord): Promise<void> {
  const { database, clock, vault } = desk
  await database.transact(async (tx) => {
    const found = await readCase(tx, vault, caseRef)
    await settleWord(tx, clock, { kind: 'case', subject: found.id, by, word })
    if (word.says === 'reported') await closeAsReported(desk, tx, found, by, word)
  })
  desk.wake()
}

async function closeAsReported(
  desk: Desk,
  tx: Transaction,
  found: CaseRecord,
  by: Actor,
  { remoteId, reason, incidentType }: Extract<CaseWord, { says: 'reported' }>,
): Promise<void> {
  const { clock, vault } = desk
  // With the other cases of its batch.
  if (found.state === 'reported') return
  if (found.state === 'settling') await moveCase(tx, clock, found.id, 'settled')
  if (found.state === 'set_aside') await moveCase(tx, clock, found.id, 'entry_released')
  if (found.state === 'waiting_facts') await moveCase(tx, clock, found.id, 'facts_overdue')
  if (found.state === 'waiting_review') await confirm(tx, clock, vault, { caseId: found.id, by, reason, incidentType })
  const record = await readCase(tx, vault, found.id)
  if (!isFileable(record)) throw new Error('a test in production is nothing that a pause asks about')
  const { reportId } = await createReport(tx, clock, vault, { record, settings: desk.reports })
  const { caseIds } = await closeByHand(tx, clock, vault, { reportId, by, reason, remoteId, fromPause: true })
  for (const caseId of caseIds) await reportedByHand(desk, tx, { caseId, reportId })
}

/**
 * Of a report that takes an earlier one back: its case stays `repaired`, and nobody is told. Faults: those of `settleItem`, `no_pause`,
 * `told_finished`, and of `closeByHand`.
 */
export async function decideReport(desk: Desk, reportId: string, by: Actor, word: ReportWord): Promise<void> {
  const { database, clock, vault } = desk
  await database.transact(async (tx) => {
    await settleWord(tx, clock, { kind: 'report', subject: reportId, by, word })
    if (word.says === 'go_on') return
    const { remoteId, reason } = word
    await closeByHand(tx, clock, vault, { reportId, by, reason, remoteId, fromPause: true })
  })
  desk.wake()
}

/** What the logbook says is finished goes on only for a reason. */
async function settleWord(
  tx: Transaction,
  clock: Clock,
  {
    word,
    ...item
  }: { readonly kind: 'case' | 'report'; readonly subject: string; readonly by: Actor; readonly word: ReportWord },
): Promise<void> {
  const pauseId = await standing(tx)
  const goesOn = word.says === 'go_on'
  if (goesOn && !word.reason?.trim()) refuseFinished(await readItem(tx, pauseId, item.kind, item.subject))
  await settleItem(tx, clock, { ...item, pauseId, decision: goesOn ? 'go_on' : 'was_sent' })
}

/** `told`: the mail was sent before; it is not sent again. */
export async function decideNotice(desk: Desk, noticeId: string, by: Actor, says: 'go_on' | 'told'): Promise<void> {
  const { database, clock } = desk
  await database.transact(async (tx) => {
    const pauseId = await standing(tx)
    const decision = says === 'go_on' ? 'go_on' : 'was_sent'
    await settleItem(tx, clock, { pauseId, kind: 'notice', subject: noticeId, decision, by })
    if (says === 'go_on') return
    // The platform's webhook would tell it once more.
    await recallNotice(tx, clock, noticeId)
    const item = await readItem(tx, pauseId, 'notice', noticeId)
    // The logbook saw it go; else it is a person's word.
    if (item?.told?.includes('"notice_sent"')) await markSent(tx, clock, noticeId)
    else await withholdNotice(tx, clock, { noticeId, by, reason: 'told_before_restore' })
  })
  desk.wake()
}

/** A person has read that this went out and that this database will never know more of it. */
export async function noteUnknown(desk: Desk, subject: string, by: Actor): Promise<void> {
  const { database, clock } = desk
  await database.transact(async (tx) =>
    settleItem(tx, clock, { pauseId: await standing(tx), kind: 'unknown', subject, decision: 'noted', by }),
  )
}

/**
 * Of all cases, reports or notices that are left, that they did not go out; but not of those of which the logbook says that they did, nor
 * of a report whose finish was begun, which may be filed: each of them needs a word of its own. Gives how many there were of both.
 */
export async function decideAll(
  desk: Desk,
  kind: Item['kind'],
  by: Actor,
): Promise<{ readonly decided: number; readonly left: number }> {
  const { database, clock } = desk
  const decision = kind === 'unknown' ? 'noted' : 'go_on'
  let [decided, left] = [0, 0]
  for (let after = ''; ; ) {
    const page = await database.transact(async (tx) => {
      const pauseId = await standing(tx)
      const items = await listItems(tx, { pauseId, kind, open: true, after, limit: 100 })
      const open = kind === 'unknown' ? items : items.filter((item) => !mayBeOut(item))
      for (const { subject } of open) await settleItem(tx, clock, { pauseId, kind, subject, decision, by })
      return { items, decided: open.length }
    })
    decided += page.decided
    left += page.items.length - page.decided
    after = page.items.at(-1)?.subject ?? ''
    if (page.items.length < 100) return { decided, left }
  }
}

const wentOut = ({ told }: { readonly told: string | null }) => /"last":"(finished|notice_sent)"/.test(told ?? '')

/** The answer to its finish never came: it may be filed. */
const mayBeOut = (item: { readonly told: string | null }) =>
  wentOut(item) || (item.told?.includes('"last":"finish_begun"') ?? false)

function refuseFinished(item: { readonly told: string | null } | undefined): void {
  if (item === undefined || !wentOut(item)) return
  const words =
    'the logbook says that this report is finished: say --reported with its id (wardline pause show), or give ' +
    'a --reason why it is filed again all the same'
  throw new Fault('told_finished', words, { retry: 'never' })
}

async function standing(tx: Transaction): Promise<string> {
  const pause = await readPause(tx)
  if (pause === undefined) throw new Fault('no_pause', 'there is no pause', { retry: 'never' })
  return pause.id
}
