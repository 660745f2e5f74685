// What became of one held scan, in the only words a platform may hear about it.
import { mostScans } from '@wardline/api'
import type { Connection, Transaction } from '#db'

export type ScanState = 'held' | 'released' | 'removed' | 'unknown'

/** `unknown` for a scan that held nothing, or never was. */
export async function scanState(db: Connection, scanId: string): Promise<ScanState> {
  const row = await db.selectFrom('scans').select('state').where('id', '=', scanId).executeTakeFirst()
  return row?.state ?? 'unknown'
}

/** The first of a case's scans, and how many more there are: the same bytes may come very often. */
export async function scansOfCase(
  db: Connection,
  caseId: string,
): Promise<{ readonly scans: string[]; readonly furtherScans: number }> {
  const ofCase = db.selectFrom('scans').where('case_id', '=', caseId)
  const rows = await ofCase.select('id').orderBy('id').limit(mostScans).execute()
  const scans = rows.map(({ id }) => id)
  if (scans.length < mostScans) return { scans, furtherScans: 0 }
  const { count } = await ofCase.select((eb) => eb.fn.countAll().as('count')).executeTakeFirstOrThrow()
  return { scans, furtherScans: Number(count) - scans.length }
}

/** Where a held scan went; undefined for one that held nothing, or never was. */
export async function fileOfScan(db: Connection, scanId: string) {
  const row = await db.selectFrom('scans').select(['case_id', 'file_id']).where('id', '=', scanId).executeTakeFirst()
  return row && { caseId: row.case_id, fileId: row.file_id }
}

export async function recordScan(
  tx: Transaction,
  scan: { id: string; caseId: string; fileId: string; apiKeyId: string; receivedAt: number },
): Promise<void> {
  await tx
    .insertInto('scans')
    .values({
      id: scan.id,
      case_id: scan.caseId,
      file_id: scan.fileId,
      state: 'held',
      api_key_id: scan.apiKeyId,
      received_at: scan.receivedAt,
    })
    .execute()
}

export async function setScans(tx: Transaction, caseId: string, state: 'released' | 'removed'): Promise<void> {
  await tx.updateTable('scans').set({ state }).where('case_id', '=', caseId).execute()
}
