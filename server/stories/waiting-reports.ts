// A deployment in which so many reports wait to be filed, each of a case of its own with one file of random bytes.
import { randomBytes } from 'node:crypto'
import { systemClock } from '#base'
import { moveCase, openOrJoin, readCase } from '#cases'
import { type ConfigOverrides, loadConfig } from '#config'
import { enqueueNow } from '#jobs'
import { createReport, reportSettings } from '#reports'
import { aFind } from '../src/cases/testing.ts'
import { openGround } from '../src/ground.ts'
import { fileable } from '../src/reports/testing.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

export async function waitingReports(
  overrides: ConfigOverrides,
  folder: string,
  { reports, fileBytes }: { readonly reports: number; readonly fileBytes: number },
): Promise<void> {
  const config = loadConfig({ env: {}, overrides, folder })
  await using ground = await openGround(config, { clock: systemClock, log: quiet }, { createKey: true })
  const { database, vault, clock } = ground
  const settings = reportSettings(config.environment, config.cybertip)
  for (let at = 0; at < reports; at += 1) {
    const bytes = noise(fileBytes)
    const preserved = await vault.preserve(bytes)
    await database.transact(async (tx) => {
      await vault.record(tx, preserved)
      const context = { surface: 'upload' as const, account: { id: `account-${at}` } }
      const find = { ...aFind(clock, bytes), vaultId: preserved.id, context, settleMs: 0 }
      const { caseId } = await openOrJoin(tx, clock, vault, find)
      await moveCase(tx, clock, caseId, 'settled')
      const record = fileable(await readCase(tx, vault, caseId))
      const { reportId } = await createReport(tx, clock, vault, { record, settings })
      await enqueueNow(tx, clock, { kind: 'file', subject: reportId, uniqueKey: `file ${reportId}` })
    })
  }
}

/** Random but for its repetition: nobody needs two billion random bytes. */
function noise(bytes: number): Buffer {
  return Buffer.alloc(bytes, randomBytes(Math.min(bytes, 1_000_003)))
}
