// For tests: a case whose report is finished, as the CyberTipline would have made it, without the calls.
import { addLaterWord, type CaseContext, type CaseRecord, caseReported, moveCase, readCase } from '#cases'
import { createReport } from '#reports'
import type { Ground } from '../cases/testing.ts'
import { fileable } from '../reports/testing.ts'

export interface Reported {
  readonly caseId: string
  readonly reportId: string
  readonly record: CaseRecord
}

export async function reported(
  ground: Ground,
  context: CaseContext,
  { isTest = false }: { readonly isTest?: boolean } = {},
): Promise<Reported> {
  const { clock, vault, transact } = ground
  const { caseId } = await ground.found({ context, isTest })
  return transact(async (tx) => {
    await moveCase(tx, clock, caseId, 'settled')
    const settings = { environment: 'sandbox', reporter: { email: 'trust@example.org' } } as const
    const before = fileable(await readCase(tx, vault, caseId))
    const { reportId } = await createReport(tx, clock, vault, { record: before, settings })
    await tx
      .updateTable('reports')
      .set({ state: 'finished', finished_at: clock.now() })
      .where('id', '=', reportId)
      .execute()
    await caseReported(tx, clock, vault, { caseId, event: 'report_finished', finishedAt: clock.now() })
    return { caseId, reportId, record: await readCase(tx, vault, caseId) }
  })
}

/** The platform says more of the account of this case, a moment later. */
export async function saidLater(
  { database, transact, clock, vault }: Ground,
  caseId: string,
  account: CaseContext['account'],
): Promise<void> {
  const [file] = (await readCase(database.read, vault, caseId)).files
  const word = { caseId, fileId: file?.id ?? '', scanId: file?.occurrences[0]?.scanId ?? '', apiKeyId: 'key_1' }
  clock.set(clock.now() + 1)
  await transact((tx) => addLaterWord(tx, clock, vault, { ...word, said: { surface: 'other', account } }))
}
