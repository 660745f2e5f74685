// What people said of a repair, and of a case that it sent to them, in their words: kept sealed, and the trail has a line without them.
import { z } from 'zod'
import type { Actor } from '#audit'
import { type Clock, newId } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'

type Row = Tables['repair_reasons']
const kept = z.strictObject({ reason: z.string() })
const place = (id: string) => `repair_reasons.reason_sealed:${id}`

export type Reason = {
  /** Null: of the repair that sent this case to a person last, if one did. */
  readonly repairId: string | null
  readonly caseId: string | null
  readonly says: Row['says']
  readonly by: Actor
  readonly reason: string
}

/** In the transaction of what was decided, which writes the line. */
export async function keepReason(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  { repairId, caseId, says, by, reason }: Reason,
): Promise<void> {
  const id = newId('repair_reason', clock)
  const repair_id = repairId ?? (caseId === null ? null : await sentBy(tx, caseId))
  const reason_sealed = vault.sealJson(place(id), { reason: reason.trim() })
  await tx
    .insertInto('repair_reasons')
    .values({ id, repair_id, case_id: caseId, says, by, at: clock.now(), reason_sealed })
    .execute()
}

async function sentBy(db: Connection, caseId: string): Promise<string | null> {
  const row = await db
    .selectFrom('repair_cases')
    .select('repair_id')
    .where('case_id', '=', caseId)
    .where('state', '=', 'in_review')
    .orderBy('changed_at', 'desc')
    .executeTakeFirst()
  return row?.repair_id ?? null
}

export type GivenReason = Pick<Row, 'says' | 'by' | 'at'> & {
  /** Number of the case it is about; null: the repair. */
  readonly caseNumber: number | null
  readonly reason: string
}

/** Oldest first. */
export async function reasonsOf(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  repairId: string,
): Promise<readonly GivenReason[]> {
  const rows = await db
    .selectFrom('repair_reasons')
    .leftJoin('cases', 'cases.id', 'repair_reasons.case_id')
    .selectAll('repair_reasons')
    .select('cases.number')
    .where('repair_reasons.repair_id', '=', repairId)
    .orderBy('repair_reasons.id')
    .execute()
  return rows.map(({ id, says, by, at, number, reason_sealed }) => ({
    says,
    by,
    at,
    caseNumber: number,
    reason: kept.parse(vault.unsealJson(place(id), reason_sealed)).reason,
  }))
}

export type RefusedRepair = {
  readonly number: number
  /** Oldest first; none of a repair that was refused before reasons were kept. */
  readonly refusals: readonly Pick<GivenReason, 'by' | 'at' | 'reason'>[]
}

export type RepairsOfAppeal = {
  /** Of the repair that answered it. */
  readonly repairNumber: number | null
  /** What its hearing began before and two people refused: for that it is heard anew. */
  readonly refusedRepairs: readonly RefusedRepair[]
}

/** What an appeal does not say itself of the repairs around it. */
export async function repairsOfAppeal(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  { id, repairId }: { readonly id: string; readonly repairId: string | null },
): Promise<RepairsOfAppeal> {
  const row = await db
    .selectFrom('repairs')
    .select('number')
    .where('id', '=', repairId ?? '')
    .executeTakeFirst()
  return { repairNumber: row?.number ?? null, refusedRepairs: await refusedRepairs(db, vault, id) }
}

/** In their order. */
async function refusedRepairs(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  appealId: string,
): Promise<readonly RefusedRepair[]> {
  const rows = await db
    .selectFrom('repairs')
    .select(['id', 'number'])
    .where('appeal_id', '=', appealId)
    .where('state', '=', 'refused')
    .where('former_id', 'is', null)
    .orderBy('number')
    .execute()
  const refused: RefusedRepair[] = []
  for (const { id, number } of rows) {
    const refusals = (await reasonsOf(db, vault, id)).filter(({ says }) => says === 'refuse')
    refused.push({ number, refusals: refusals.map(({ by, at, reason }) => ({ by, at, reason })) })
  }
  return refused
}
