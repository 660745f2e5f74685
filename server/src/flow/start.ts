// What a start owes to the time before it: cases that waited for credentials, answers that are too old, files nobody knows.
import { listCases } from '#cases'
import { forgetExpiredAnswers } from '#intake'
import { resumeUnreported } from './report.ts'
import type { River } from './river.ts'

/** Once at start, then every hour. */
export async function tidy(river: River): Promise<void> {
  await river.database.transact((tx) => forgetExpiredAnswers(tx, river.clock))
  await river.vault.sweep()
}

/** Every case that could not be reported, looked at again; all pages of them. */
export async function resume(river: River): Promise<void> {
  for (let before: number | undefined; ; ) {
    const page = await listCases(river.database.read, { state: 'cannot_report', limit: 100, before })
    await resumeUnreported(
      river,
      page.map((one) => one.id),
    )
    before = page.at(-1)?.number
    if (page.length < 100) return
  }
}
