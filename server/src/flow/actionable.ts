// What a report would say now, measured before it is made: one that would say too little waits for the platform to say more.
import { Fault } from '#base'
import { type CaseRecord, caseWaitsForFacts } from '#cases'
import type { Connection, Transaction } from '#db'
import { enqueue } from '#jobs'
import { draftOfCase, type Lack, lackOf, reportOfCase, type Score, score } from '#reports'
import type { Desk } from './river.ts'

type Measuring = Pick<Desk, 'clock' | 'vault' | 'reports'>

/** Of a case that has no report: what its report would say now. Undefined when none could be made of it as it is. */
export async function actionability(
  { clock, vault, reports }: Measuring,
  db: Connection,
  found: CaseRecord,
): Promise<Score | undefined> {
  try {
    const drafted = await draftOfCase(db, vault, found, reports, clock.now())
    return drafted.kind === 'drafted' ? score(drafted.draft) : undefined
  } catch (error) {
    // Of what a person must name first, or what is never reported, there is nothing to measure.
    if (error instanceof Fault && unmeasured.has(error.code)) return undefined
    throw error
  }
}

const unmeasured: ReadonlySet<string> = new Set(['never_reported', 'incident_type_missing'])

/** In words, for whoever looks at the case or can say more. */
export const lacksOf = ({ lacking }: Score): Lack[] => lacking.map(lackOf)

/**
 * True when the case, which is `reporting` and has no report, now waits: it says less than the operator's floor. It waits once: by a
 * person's word, by what came or by its hour it went on, and no lack of credentials takes that back. Test cards never wait.
 */
export async function waitsForFacts(desk: Desk, tx: Transaction, found: CaseRecord): Promise<boolean> {
  const { clock, rules } = desk
  const { floor, waitMs } = rules.actionability
  if (floor === 0 || found.isTest || found.factsDueAt !== null || (await reportOfCase(tx, found.id)) !== undefined)
    return false
  const measured = await actionability(desk, tx, found)
  if (measured === undefined || measured.points >= floor) return false
  const dueAt = clock.now() + waitMs
  await caseWaitsForFacts(tx, clock, found.id, dueAt)
  await enqueue(tx, clock, {
    kind: 'facts_due',
    subject: found.id,
    runAt: dueAt,
    uniqueKey: `facts_due ${found.id}`,
  })
  return true
}
