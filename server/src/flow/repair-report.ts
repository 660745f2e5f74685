// A person chooses that NCMEC gets new reports, each of which takes one of a repair's finished reports back: instead of the letter, or beside it.
import { Fault } from '#base'
import { readCase } from '#cases'
import { enqueueNow } from '#jobs'
import { becauseOf, casesOfRepair, keepReason, readRepair } from '#repairs'
import { createCorrection, missingCredentials } from '#reports'
import { refuseRealOutsideProduction } from './not-production.ts'
import type { Answering } from './repair.ts'
import type { Desk } from './river.ts'

export type Reported = {
  readonly made: number
  /** Chosen before. */
  readonly there: number
  /** Of several accounts, and right about others: only words can say which. */
  readonly left: number
}

/** All or none of them. Faults `no_such_repair`, `not_possible`, `cannot_report`, and those of `createCorrection`. */
export async function reportAnew(desk: Desk, { ref, by, reason }: Answering): Promise<Reported> {
  const { database, clock, vault, reports: settings } = desk
  const actor = `person:${by}` as const
  if (reason.trim() === '') throw new Fault('reason_missing', 'a reason must be given, in words', { retry: 'never' })
  const missing = missingCredentials(settings)
  if (missing.length > 0)
    throw notPossible(
      `there are no working CyberTipline credentials (missing: ${missing.join(', ')}); nothing was made`,
    )
  const reported = await database.transact(async (tx) => {
    const repair = await readRepair(tx, vault, ref)
    if (repair.state === 'refused')
      throw notPossible(`repair ${repair.number} was refused: its reports stand, and there is nothing to take back`)
    if (repair.state !== 'restoring' && repair.state !== 'done')
      throw notPossible(`repair ${repair.number} is "${repair.state}": its cases are not all closed yet`)
    const rows = await casesOfRepair(tx, vault, repair.id, { does: 'repair' })
    const finished = new Map(rows.flatMap((row) => (row.report_id === null ? [] : [[row.report_id, row.case_id]])))
    if (finished.size === 0) throw notPossible('none of its reports is finished: there is nothing to take back')
    let [made, there, left] = [0, 0, 0]
    for (const [reportId, caseId] of finished) {
      refuseRealOutsideProduction(desk, await readCase(tx, vault, caseId))
      const wanted = { reportId, repairId: repair.id, because: becauseOf(repair), by: actor, settings }
      const id = await createCorrection(tx, clock, vault, wanted).catch(whenPartlyRight)
      if (id === 'partly_right') left += 1
      else if (id === undefined) there += 1
      else {
        made += 1
        await enqueueNow(tx, clock, { kind: 'file', subject: id, uniqueKey: `file ${id}` })
      }
    }
    if (made > 0)
      await keepReason(tx, clock, vault, { repairId: repair.id, caseId: null, says: 'report', by: actor, reason })
    return { made, there, left }
  })
  desk.wake()
  return reported
}

function whenPartlyRight(error: unknown): 'partly_right' {
  if (error instanceof Fault && error.code === 'partly_right') return 'partly_right'
  throw error
}

const notPossible = (words: string) => new Fault('not_possible', words, { retry: 'never' })
