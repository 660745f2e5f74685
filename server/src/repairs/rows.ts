// The cases of a repair: gathered, frozen, and each one's way from there.
import { z } from 'zod'
import type { Clock } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import { algorithms, listClasses } from '#lists'
import type { Vault } from '#vault'

type Row = Tables['repair_cases']
export type Does = Row['does']
export type State = Row['state']

/**
 * another_ground: something holds it that is not wrong. viewed: who confirmed it had viewed the file. account: another case of the account
 * stands. batched: its report, not yet finished, is of others as well. decided_since: a person decided about it after it was gathered.
 * over: it was dismissed or repaired already. report_unknown: nobody knows whether its report is finished.
 */
export type Why = 'another_ground' | 'viewed' | 'account' | 'batched' | 'decided_since' | 'over' | 'report_unknown'
export type Left = Extract<Why, 'over' | 'decided_since'>

const shown = z.strictObject({
  fileId: z.string(),
  class: z.enum(listClasses),
  algorithm: z.enum(algorithms),
  /** Of 256. */
  distanceBits: z.int(),
})
/** What people who approve see of a case: never a hash, never which entry. */
export type Shown = z.infer<typeof shown>

export type RepairCase = Omit<Row, 'shown_sealed' | 'why'> & { readonly why: Why | null; readonly shown: Shown }

const place = ({ repair_id, case_id }: Pick<Row, 'repair_id' | 'case_id'>) =>
  `repair_cases.shown_sealed:${repair_id}/${case_id}`

export type Gathered = {
  readonly repairId: string
  readonly caseId: string
  readonly caseNumber: number
  readonly stateThen: string
  readonly does: Does
  readonly why: Why | null
  readonly shown: Shown
}

/** Once for each case; what was gathered before stays as it was. */
export async function addGathered(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  one: Gathered,
): Promise<void> {
  const named = { repair_id: one.repairId, case_id: one.caseId }
  await tx
    .insertInto('repair_cases')
    .values({
      ...named,
      case_number: one.caseNumber,
      picture: 0,
      does: one.does,
      why: one.why,
      state_then: one.stateThen,
      state: 'gathered',
      changed_at: clock.now(),
      shown_sealed: vault.sealJson(place(named), shown.parse(one.shown)),
    })
    .onConflict((on) => on.columns(['repair_id', 'case_id']).doNothing())
    .execute()
}

/** In this repair, or in another one that was not refused and has it to repair. */
export async function isGathered(db: Connection, repairId: string, caseId: string): Promise<boolean> {
  const rows = await db
    .selectFrom('repair_cases')
    .innerJoin('repairs', 'repairs.id', 'repair_cases.repair_id')
    .select(['repair_cases.repair_id', 'repair_cases.does', 'repairs.state'])
    .where('repair_cases.case_id', '=', caseId)
    .execute()
  return rows.some((row) => row.repair_id === repairId || (row.does === 'repair' && row.state !== 'refused'))
}

/** By number. `after` is the last number of the page before. */
export async function casesOfRepair(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  repairId: string,
  {
    states,
    does,
    after = 0,
    limit = 1_000_000,
  }: {
    readonly states?: readonly State[] | undefined
    readonly does?: Does | undefined
    readonly after?: number
    readonly limit?: number
  } = {},
): Promise<readonly RepairCase[]> {
  const rows = await db
    .selectFrom('repair_cases')
    .selectAll()
    .where('repair_id', '=', repairId)
    .where('case_number', '>', after)
    .$if(states !== undefined, (query) => query.where('state', 'in', states ?? []))
    .$if(does !== undefined, (query) => query.where('does', '=', does ?? 'repair'))
    .orderBy('case_number')
    .limit(limit)
    .execute()
  return rows.map((row) => read(vault, row))
}

function read(vault: Pick<Vault, 'unsealJson'>, row: Row): RepairCase {
  const { shown_sealed, why, ...rest } = row
  return { ...rest, why: whyOf(why), shown: shown.parse(vault.unsealJson(place(row), shown_sealed)) }
}

const whys: readonly Why[] = [
  'another_ground',
  'viewed',
  'account',
  'batched',
  'decided_since',
  'over',
  'report_unknown',
]
function whyOf(text: string | null): Why | null {
  if (text === null) return null
  const why = whys.find((one) => one === text)
  if (why === undefined) throw new Error('the table holds a reason of a repair that nobody knows')
  return why
}

export async function repairCaseOfEvent(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  eventId: string,
): Promise<RepairCase | undefined> {
  const row = await db.selectFrom('repair_cases').selectAll().where('event_id', '=', eventId).executeTakeFirst()
  return row && read(vault, row)
}

type Change = Partial<
  Pick<Row, 'state' | 'why' | 'report_id' | 'event_id' | 'restored_at' | 'restored_by' | 'notice_id'>
>

export async function moveRepairCase(
  tx: Transaction,
  clock: Clock,
  { repair_id, case_id }: Pick<Row, 'repair_id' | 'case_id'>,
  change: Change,
): Promise<void> {
  await tx
    .updateTable('repair_cases')
    .set({ ...change, changed_at: clock.now() })
    .where('repair_id', '=', repair_id)
    .where('case_id', '=', case_id)
    .execute()
  await tx.updateTable('repairs').set({ changed_at: clock.now() }).where('id', '=', repair_id).execute()
}

/** It is not repaired after all: a person looks at it. */
export async function sendToReview(tx: Transaction, repairId: string, caseIds: readonly string[], why: Why) {
  for (const caseId of caseIds)
    await tx
      .updateTable('repair_cases')
      .set({ does: 'review', why })
      .where('repair_id', '=', repairId)
      .where('case_id', '=', caseId)
      .execute()
}

/** The list is complete: what is in it, and in which group, changes no more. */
export async function freeze(
  tx: Transaction,
  clock: Clock,
  repairId: string,
  pictures: ReadonlyMap<string, number>,
): Promise<void> {
  for (const [caseId, picture] of pictures)
    await tx
      .updateTable('repair_cases')
      .set({ picture })
      .where('repair_id', '=', repairId)
      .where('case_id', '=', caseId)
      .execute()
  await moveRepair(tx, clock, repairId, { state: 'gathered', gathered_at: clock.now() })
}

type Moved = Partial<
  Pick<
    Tables['repairs'],
    | 'state'
    | 'gathered_at'
    | 'guarded_at'
    | 'closed_at'
    | 'done_at'
    | 'approval_id'
    | 'first_by'
    | 'first_at'
    | 'second_by'
    | 'second_at'
  >
>

export async function moveRepair(tx: Transaction, clock: Clock, repairId: string, change: Moved): Promise<void> {
  await tx
    .updateTable('repairs')
    .set({ ...change, changed_at: clock.now() })
    .where('id', '=', repairId)
    .execute()
}
