// The SQL of appeals and their words, and how what people write is sealed.
import { type Clock, Fault, newId } from '#base'
import { type Connection, readMeta, type Tables, type Transaction, writeMeta } from '#db'
import type { Vault } from '#vault'

export type AppealRow = Tables['appeals']
export type AppealState = AppealRow['state']
export type Door = Tables['appeal_words']['door']

export const openStates = ['waiting', 'assigned', 'second_look'] as const
type OpenState = (typeof openStates)[number]

export const isOpen = (state: AppealState): boolean => openStates.some((one) => one === state)

/** By a person who heard it: not by a repair that others' appeal began. */
export const isOverturned = ({ state, repair_id }: AppealRow): boolean =>
  !isOpen(state) && state !== 'upheld' && repair_id === null

// The table had another name when the first of them were sealed, and a seal is bound to its place.
const place = (wordsId: string) => `appeals.words_sealed:${wordsId}`
export const sealWords = (vault: Vault, wordsId: string, words: string) => vault.seal(place(wordsId), words)
export const readWords = (vault: Vault, wordsId: string, sealed: Uint8Array): string =>
  vault.unseal(place(wordsId), sealed).toString('utf8')

/** By its number (what people say) or its id. Fault `no_such_appeal`. */
export async function appealRow(db: Connection, ref: number | string): Promise<AppealRow> {
  const row = await db
    .selectFrom('appeals')
    .selectAll()
    .where(typeof ref === 'number' ? 'number' : 'id', '=', ref)
    .executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_appeal', 'there is no such appeal', { retry: 'never' })
  return row
}

export const appealOf = (db: Connection, noticeId: string): Promise<AppealRow | undefined> =>
  db.selectFrom('appeals').selectAll().where('notice_id', '=', noticeId).executeTakeFirst()

/** Of words that come when there is nothing left to hear: they are kept, and their appeal is answered as it begins. */
export type Ending = { readonly state: Exclude<AppealState, 'upheld' | OpenState>; readonly repairId: string | null }

export async function insertAppeal(
  tx: Transaction,
  clock: Clock,
  {
    caseId,
    noticeId,
    dueAt,
    ending,
  }: {
    readonly caseId: string
    readonly noticeId: string
    readonly dueAt: number
    readonly ending?: Ending | undefined
  },
): Promise<AppealRow> {
  // One row counts, so that two transactions that open an appeal at once conflict and one runs again.
  const number = Number((await readMeta(tx, 'appeals.last_number')) ?? '0') + 1
  await writeMeta(tx, 'appeals.last_number', String(number))
  const now = clock.now()
  return tx
    .insertInto('appeals')
    .values({
      id: newId('appeal', clock),
      number,
      case_id: caseId,
      notice_id: noticeId,
      state: ending?.state ?? 'waiting',
      opened_at: now,
      due_at: dueAt,
      ...(ending !== undefined && { decided_at: now, repair_id: ending.repairId }),
      changed_at: now,
    })
    .returningAll()
    .executeTakeFirstOrThrow()
}

/** Only out of this state; false when it has left it. */
export async function moveAppeal(
  tx: Transaction,
  clock: Clock,
  {
    id,
    from,
    to,
    repairId,
  }: { readonly id: string; readonly from: AppealState; readonly to: AppealState; readonly repairId?: string },
): Promise<boolean> {
  const now = clock.now()
  const { numUpdatedRows } = await tx
    .updateTable('appeals')
    .set({
      state: to,
      changed_at: now,
      ...(!isOpen(to) && { decided_at: now }),
      ...(repairId !== undefined && { repair_id: repairId }),
    })
    .where('id', '=', id)
    .where('state', '=', from)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

export async function countWords(db: Connection, appealId: string): Promise<number> {
  const row = await db
    .selectFrom('appeal_words')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('appeal_id', '=', appealId)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** Of a test card's case that goes away. */
export async function removeAppeals(tx: Transaction, caseId: string): Promise<void> {
  const ids = (await appealsOf(tx, caseId)).map(({ id }) => id)
  if (ids.length === 0) return
  await tx.deleteFrom('appeal_hearings').where('appeal_id', 'in', ids).execute()
  await tx.deleteFrom('appeal_words').where('appeal_id', 'in', ids).execute()
  await tx.deleteFrom('appeals').where('id', 'in', ids).execute()
}

export const appealsOf = (db: Connection, caseId: string): Promise<AppealRow[]> =>
  db.selectFrom('appeals').selectAll().where('case_id', '=', caseId).orderBy('number').execute()
