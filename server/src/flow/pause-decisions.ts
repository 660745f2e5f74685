// What a person says of each thing that may have gone out already: it did (then it is never sent again), or it did not, and goes on.
import type { Actor } from '#audit'
import { Fault } from '#base'
import { type CaseRecord, caseReported, confirm, moveCase, readCase } from '#cases'
import type { Transaction } from '#db'
import { markSent, withholdNotice } from '#notices'
import { listItems, readPause, settleItem } from '#pause'
import { closeByHand, createReport, isFileable } from '#reports'
import type { Desk } from './river.ts'

/** `reported`: the report is at NCMEC already, under this id. `go_on`: it is not, and is made once the pause ends. */
export type CaseWord =
  | { readonly says: 'go_on' }
  | { readonly says: 'reported'; readonly remoteId: string; readonly reason: string }

/** Faults: those of `settleItem`, `no_pause`, `not_possible`, and of `closeByHand`. */
export async function decideCase(desk: Desk, caseRef: number | string, by: Actor, word: CaseWord): Promise<void> {
  const { database, clock, vault } = desk
  await database.transact(async (tx) => {
    const found = await readCase(tx, vault, caseRef)
    const decision = word.says === 'go_on' ? 'go_on' : 'was_sent'
    const pauseId = await standing(tx)
    await settleItem(tx, clock, { pauseId, kind: 'case', subject: found.id, decision, by })
    if (word.says === 'reported') await closeAsReported(desk, tx, found, by, word)
  })
  desk.wake()
}

async function closeAsReported(
  desk: Desk,
  tx: Transaction,
  found: CaseRecord,
  by: Actor,
  { remoteId, reason }: Extract<CaseWord, { says: 'reported' }>,
): Promise<void> {
  const { clock, vault } = desk
  // With the other cases of its batch.
  if (found.state === 'reported') return
  if (found.state === 'settling') await moveCase(tx, clock, found.id, 'settled')
  if (found.state === 'set_aside') await moveCase(tx, clock, found.id, 'entry_released')
  if (found.state === 'waiting_facts') await moveCase(tx, clock, found.id, 'facts_overdue')
  if (found.state === 'waiting_review') await confirm(tx, clock, vault, { caseId: found.id, by, reason })
  const record = await readCase(tx, vault, found.id)
  if (!isFileable(record)) throw new Error('a test in production is nothing that a pause asks about')
  const { reportId } = await createReport(tx, clock, vault, { record, settings: desk.reports })
  const { caseIds } = await closeByHand(tx, clock, vault, { reportId, by, reason, remoteId, fromPause: true })
  for (const caseId of caseIds)
    await caseReported(tx, clock, vault, { caseId, event: 'filed_by_hand', finishedAt: clock.now() })
}

/** `told`: the mail was sent before; it is not sent again. */
export async function decideNotice(desk: Desk, noticeId: string, by: Actor, says: 'go_on' | 'told'): Promise<void> {
  const { database, clock } = desk
  await database.transact(async (tx) => {
    const pauseId = await standing(tx)
    const decision = says === 'go_on' ? 'go_on' : 'was_sent'
    await settleItem(tx, clock, { pauseId, kind: 'notice', subject: noticeId, decision, by })
    if (says === 'go_on') return
    const item = (await listItems(tx, { pauseId, kind: 'notice' })).find(({ subject }) => subject === noticeId)
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

/** Of all cases or notices that are left, that they did not go out. Gives how many there were. */
export async function decideAll(desk: Desk, kind: 'case' | 'notice' | 'unknown', by: Actor): Promise<number> {
  const { database, clock } = desk
  const decision = kind === 'unknown' ? 'noted' : 'go_on'
  for (let done = 0; ; ) {
    const some = await database.transact(async (tx) => {
      const pauseId = await standing(tx)
      const items = await listItems(tx, { pauseId, kind, open: true, limit: 100 })
      for (const { subject } of items) await settleItem(tx, clock, { pauseId, kind, subject, decision, by })
      return items.length
    })
    done += some
    if (some < 100) return done
  }
}

async function standing(tx: Transaction): Promise<string> {
  const pause = await readPause(tx)
  if (pause === undefined) throw new Fault('no_pause', 'there is no pause', { retry: 'never' })
  return pause.id
}
