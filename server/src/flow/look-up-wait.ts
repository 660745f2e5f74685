// Asking about an account is asked for with its case, and a report waits for the answer no longer than it may.
import { beginLookUp, type CaseRecord, type LookUpEnd } from '#cases'
import type { Transaction } from '#db'
import { enqueue } from '#jobs'
import { noteLookUp } from '#reports'
import type { River } from './river.ts'

/** In the transaction that opened the case; nothing where no look-up is configured. */
export async function beginLooking(
  { clock, lookUp }: Pick<River, 'clock' | 'lookUp'>,
  tx: Transaction,
  caseId: string,
): Promise<void> {
  if (lookUp === undefined) return
  if (await beginLookUp(tx, clock, { caseId, waitMs: lookUp.waitMs }))
    await enqueue(tx, clock, jobOf(caseId, clock.now()))
}

const jobOf = (caseId: string, runAt: number) => ({
  kind: 'look_up',
  subject: caseId,
  runAt,
  uniqueKey: `look_up ${caseId}`,
})

/** For the journal of a report. */
export const outcomes = {
  answered: 'answered',
  unknown: 'answered: the platform knows no such account',
  given_up: 'no answer: filed with what is known',
} as const satisfies Record<LookUpEnd['state'], string>

/** Before a report is queued: until when it waits for the answer, and a line in its journal that says so. Undefined: not at all. */
export async function waitForLookUp(
  { clock }: Pick<River, 'clock'>,
  tx: Transaction,
  { lookUp }: CaseRecord,
  reportId: string,
): Promise<number | undefined> {
  if (lookUp === null) return undefined
  const waits = lookUp.state === 'waiting' && clock.now() < lookUp.waitUntil
  const until = new Date(lookUp.waitUntil).toISOString()
  await noteLookUp(tx, clock, {
    reportId,
    phase: waits ? 'intent' : 'result',
    outcome: waits
      ? `waits for the answer until ${until}`
      : outcomes[lookUp.state === 'waiting' ? 'given_up' : lookUp.state],
  })
  return waits ? lookUp.waitUntil : undefined
}
