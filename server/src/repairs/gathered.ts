// Whose to repair a case is: of this repair, of another round of it, or of another one.
import type { Connection } from '#db'

/** In this repair or another round of it; or in any other one that was not refused and has it to repair. */
export async function isGathered(db: Connection, repairId: string, caseId: string): Promise<boolean> {
  const rows = await db
    .selectFrom('repair_cases')
    .innerJoin('repairs', 'repairs.id', 'repair_cases.repair_id')
    .select(['repair_cases.repair_id', 'repair_cases.does', 'repairs.state'])
    .where('repair_cases.case_id', '=', caseId)
    .where('repairs.state', '!=', 'refused')
    .execute()
  if (rows.some((row) => row.does === 'repair' || row.repair_id === repairId)) return true
  if (rows.length === 0) return false
  const rounds = await roundsOf(db, repairId)
  return rows.some((row) => rounds.has(row.repair_id))
}

/** All rounds of a repair, before and after. */
async function roundsOf(db: Connection, repairId: string): Promise<ReadonlySet<string>> {
  const all = await db.selectFrom('repairs').select(['id', 'former_id']).execute()
  const rounds = new Set([repairId])
  for (let size = 0; size < rounds.size; ) {
    size = rounds.size
    for (const { id, former_id } of all)
      if (former_id !== null && (rounds.has(id) || rounds.has(former_id))) rounds.add(id).add(former_id)
  }
  return rounds
}

/** Whether all of these are this repair's to repair. Nothing is unsealed. */
export async function areToRepair(db: Connection, repairId: string, caseIds: readonly string[]): Promise<boolean> {
  if (caseIds.length === 0) return true
  const rows = await db
    .selectFrom('repair_cases')
    .select('case_id')
    .where('repair_id', '=', repairId)
    .where('does', '=', 'repair')
    .where('case_id', 'in', caseIds)
    .execute()
  return rows.length === new Set(caseIds).size
}
