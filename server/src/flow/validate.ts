// A test card's report in production ends here, where a real one would be filed: validated, unsent, and the operator is told.
import { caseTested, readCase } from '#cases'
import { finish, type Handler, holdLease } from '#jobs'
import { planNotice } from '#notices'
import { validateReport } from '#reports'
import { journaled, type River } from './river.ts'
import { tellReported } from './tell-platform.ts'

/** Job `validate`, subject: a report. A kind of its own, so that no worker can take it for one to file. */
export const validate =
  (river: River): Handler =>
  async (job) => {
    const { database, clock, vault } = river
    const reportId = job.subject
    const kind = await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      const validated = await validateReport(tx, clock, vault, reportId)
      await finish(tx, job)
      if (validated.kind === 'over') return validated.kind
      const { caseId, at } = validated
      await caseTested(tx, clock, caseId)
      const record = await readCase(tx, vault, caseId)
      await tellReported(river, tx, record, { finishedAt: at, filed: 'not_sent' })
      const policy = river.notices
      await planNotice(tx, clock, vault, { reportId, record, finishedAt: at, policy })
      return validated.kind
    })
    journaled(river, `report ${kind}`, { report: reportId })
    river.wake()
    return { kind: 'done' }
  }
