// The receipts, taken out of the vault's seal into files: the CyberTipline's finish answers, byte for byte.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { record } from '@wardline/server/audit'
import type { Ground } from '@wardline/server/main'
import { listReports, readReceipt } from '@wardline/server/reports'

/** The paths of the files, in the order of the reports. */
export async function writeReceipts({ database, vault, clock }: Ground, folder: string): Promise<string[]> {
  const written: string[] = []
  for (const { id, remoteId } of (await listReports(database.read, { limit: 100 })).toReversed()) {
    const receipt = await readReceipt(database.read, vault, id)
    if (receipt === undefined) continue
    await database.transact((tx) => record(tx, clock, { actor: 'wardline', act: 'export_receipt', subject: id }))
    const file = join(folder, `receipt-${remoteId}.xml`)
    await writeFile(file, receipt.bytes, { mode: 0o600 })
    written.push(file)
  }
  return written
}
