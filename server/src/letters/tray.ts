// The tray: letters that fit no case, as a person reads and decides them. Opening one leaves a line in the audit trail first.
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Connection, Transaction } from '#db'
import { caseOfNotice } from '#notices'
import type { Vault } from '#vault'
import { type LetterRow, readDecision, readFacts, sealDecision } from './store.ts'

export type LetterHead = ReturnType<typeof headOf>
export type LetterState = LetterRow['state']

export type Letter = LetterHead & {
  readonly from: string | null
  readonly subject: string | null
  /** A stranger's words: plain text, never markup. Null where they stand with the appeal. */
  readonly words: string | null
  readonly reason: string | null
}

/** Newest first; `before` is the last number of the page before. Never an address or a word. */
export async function listLetters(
  db: Connection,
  query: {
    readonly state?: LetterState | undefined
    readonly noticeId?: string | undefined
    readonly limit: number
    readonly before?: number | undefined
  },
): Promise<readonly LetterHead[]> {
  const { state, noticeId, limit, before } = query
  const rows = await db
    .selectFrom('letters')
    .selectAll()
    .$if(state !== undefined, (rows) => rows.where('state', '=', state ?? 'waiting'))
    .$if(noticeId !== undefined, (rows) => rows.where('notice_id', '=', noticeId ?? ''))
    .$if(before !== undefined, (rows) => rows.where('number', '<', before ?? 0))
    .orderBy('number', 'desc')
    .limit(limit)
    .execute()
  return rows.map(headOf)
}

/** Fault `no_such_letter`. */
export async function openLetter(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { number, by }: { readonly number: number; readonly by: Actor },
): Promise<Letter> {
  const row = await letterRow(tx, number)
  await record(tx, clock, { actor: by, act: 'open_letter', subject: row.id })
  const { decision_sealed: sealed } = row
  return { ...headOf(row), ...readFacts(vault, row), reason: sealed && readDecision(vault, row.id, sealed) }
}

/**
 * Its words, which the caller puts with the notice in the same transaction. Also a machine's answer may turn out to be a person's.
 * Faults `no_such_letter`, `no_such_notice`, `not_possible`.
 */
export async function attachLetter(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { number, noticeId, by }: { readonly number: number; readonly noticeId: string; readonly by: Actor },
): Promise<{ readonly letterId: string; readonly words: string }> {
  const row = await letterRow(tx, number)
  if ((await caseOfNotice(tx, noticeId)) === undefined)
    throw new Fault('no_such_notice', 'there is no such notice', { retry: 'never' })
  const { words } = readFacts(vault, row)
  if (words === null || words === '')
    throw new Fault('not_possible', 'this letter has no words that could be put with a notice', { retry: 'never' })
  await decide(tx, clock, row, { state: 'attached', notice_id: noticeId, decided_by: by })
  await record(tx, clock, { actor: by, act: 'attach_letter', subject: row.id, detail: { notice: noticeId } })
  return { letterId: row.id, words }
}

/** The appeal that its words became. */
export async function nameAppeal(tx: Transaction, letterId: string, appealId: string): Promise<void> {
  await tx.updateTable('letters').set({ appeal_id: appealId }).where('id', '=', letterId).execute()
}

/** Nothing is to be done about it. The reason is sealed. Faults `no_such_letter`, `not_possible`. */
export async function dismissLetter(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { number, reason, by }: { readonly number: number; readonly reason: string; readonly by: Actor },
): Promise<void> {
  const row = await letterRow(tx, number)
  const decision_sealed = sealDecision(vault, row.id, reason)
  await decide(tx, clock, row, { state: 'dismissed', decided_by: by, decision_sealed })
  await record(tx, clock, { actor: by, act: 'dismiss_letter', subject: row.id })
}

async function decide(
  tx: Transaction,
  clock: Clock,
  row: LetterRow,
  set: Partial<LetterRow> & { readonly state: LetterState },
): Promise<void> {
  const { numUpdatedRows } = await tx
    .updateTable('letters')
    .set({ ...set, decided_at: clock.now() })
    .where('id', '=', row.id)
    .where('state', 'in', ['waiting', 'noted'])
    .executeTakeFirst()
  if (numUpdatedRows > 0n) return
  throw new Fault('not_possible', `this letter is "${row.state}"; only one that waits, or was noted, can be decided`, {
    retry: 'never',
  })
}

async function letterRow(db: Connection, number: number): Promise<LetterRow> {
  const row = await db.selectFrom('letters').selectAll().where('number', '=', number).executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_letter', 'there is no such letter', { retry: 'never' })
  return row
}

/** Of a test card's case that goes away; before its notices do. */
export async function removeLetters(tx: Transaction, caseId: string): Promise<void> {
  const notices = tx.selectFrom('notices').select('id').where('case_id', '=', caseId).where('is_test', '=', 1)
  await tx.deleteFrom('letters').where('notice_id', 'in', notices).execute()
}

function headOf(row: LetterRow) {
  return {
    id: row.id,
    number: row.number,
    kind: row.kind,
    state: row.state,
    why: row.why,
    noticeId: row.notice_id,
    appealId: row.appeal_id,
    attachments: row.attachments,
    characters: row.characters,
    receivedAt: row.received_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
  }
}
