// More is said of a scan, or the hour is there until which a case waited for it: it goes on.
import type { ScanContext } from '@wardline/api'
import { addLaterWord, type CaseRecord, fileOfScan, moveCase, readCase, scanState } from '#cases'
import type { Transaction } from '#db'
import { finish, type Handler } from '#jobs'
import { isReportable } from '#lists'
import { draftMore, type Lack, reportOfCase } from '#reports'
import { actionability, lacksOf } from './actionable.ts'
import { beginLooking } from './look-up-wait.ts'
import { type Alert, say, sendOff } from './report.ts'
import { type Desk, journaled, type River } from './river.ts'

/** Job `facts_due`, subject: a case whose time to wait for facts is over. It is filed as it is. */
export const factsDue =
  (river: River): Handler =>
  async (job) => {
    const { database, clock, vault } = river
    const alert = await database.transact(async (tx) => {
      const found = await readCase(tx, vault, job.subject)
      await finish(tx, job)
      if (found.state !== 'waiting_facts') return
      await moveCase(tx, clock, found.id, 'facts_overdue')
      return sendOff(river, tx, await readCase(tx, vault, found.id), { asItIs: true })
    })
    say(river, alert)
    journaled(river, 'facts due', { case: job.subject })
    river.wake()
    return { kind: 'done' }
  }

/** More is known: a case that waited for it goes on, once it says enough. */
export async function lookAgain(desk: Desk, tx: Transaction, caseId: string): Promise<Alert> {
  const { clock, vault, rules } = desk
  const found = await readCase(tx, vault, caseId)
  if (found.state !== 'waiting_facts') return undefined
  const measured = await actionability(desk, tx, found)
  const isDue = found.factsDueAt !== null && clock.now() >= found.factsDueAt
  if (measured !== undefined && measured.points < rules.actionability.floor && !isDue) return undefined
  await moveCase(tx, clock, caseId, isDue ? 'facts_overdue' : 'facts_came')
  return sendOff(desk, tx, await readCase(tx, vault, caseId), { asItIs: true })
}

export type ContextTaken = {
  readonly state: Awaited<ReturnType<typeof scanState>>
  /** for_report: the report will say it. kept: its report was begun already, and it stays with the case. */
  readonly taken: 'for_report' | 'kept' | 'not_kept'
  /** What the report would still lack; of one that is begun, what it lacked as it was written. Null: not known, or there can be none. */
  readonly lacking: Lack[] | null
}

const isDraftedAnew = ({ clock, vault, reports }: Desk, tx: Transaction, reportId: string) =>
  draftMore(tx, clock, vault, { reportId, settings: reports })

/** Whose a case is may be said only now: then the platform's own system is asked what it would have been asked at the match. */
async function askAbout(desk: Desk, tx: Transaction, { id, isTest, context, files }: CaseRecord): Promise<void> {
  if (isTest || context.account === undefined) return
  if (files.some(({ grounds }) => grounds.some((ground) => isReportable(ground.class))))
    await beginLooking(desk, tx, id)
}

/** The platform says more about a scan of its own. Of a scan that held nothing, or whose case is over, nothing is kept. */
export async function addContext(
  desk: Desk,
  word: { readonly scanId: string; readonly said: ScanContext; readonly apiKeyId: string },
): Promise<ContextTaken> {
  const { database, clock, vault } = desk
  const { answer, alert } = await database.transact(async (tx) => {
    const state = await scanState(tx, word.scanId)
    const place = await fileOfScan(tx, word.scanId)
    if (place === undefined || state === 'released')
      return { answer: { state, taken: 'not_kept' as const, lacking: null }, alert: undefined }
    const report = await reportOfCase(tx, place.caseId)
    const added = await addLaterWord(tx, clock, vault, { ...word, ...place })
    const isWritten = report !== undefined && !(added === 'added' && (await isDraftedAnew(desk, tx, report.id)))
    const found = await readCase(tx, vault, place.caseId)
    const measured = isWritten ? undefined : await actionability(desk, tx, found)
    if (report === undefined && added === 'added') await askAbout(desk, tx, found)
    const alert = added === 'added' ? await lookAgain(desk, tx, place.caseId) : undefined
    const taken = added === 'not_kept' ? added : isWritten ? ('kept' as const) : ('for_report' as const)
    return {
      answer: { state, taken, lacking: isWritten ? report.lacking : measured ? lacksOf(measured) : null },
      alert,
    }
  })
  say(desk, alert)
  desk.wake()
  return answer
}
