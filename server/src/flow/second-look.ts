// A case that is reported and in doubt: a person looks once more. It stands as it was, or is repaired like any other. Nothing is filed either way.
import { type Actor, record } from '#audit'
import { Fault } from '#base'
import { hasDecided, moveCase, readCase, recordDecider } from '#cases'
import type { Transaction } from '#db'
import { keepReason, undecidedRepair } from '#repairs'
import { tellStands } from './hear-outcome.ts'
import { beginRepair } from './repair.ts'
import type { Desk } from './river.ts'

type Look = { readonly ref: number | string; readonly by: Actor; readonly reason: string }

/** Its other ground holds: it is `reported` as before. Faults `not_possible`, `decided_before`, `not_a_person`, `reason_missing`. */
export async function letStand(desk: Desk, look: Look): Promise<void> {
  const { database, clock, vault } = desk
  await database.transact(async (tx) => {
    const { id } = await lookedAt(desk, tx, look)
    await moveCase(tx, clock, id, 'report_stands')
    await recordDecider(tx, id, look.by)
    await keepReason(tx, clock, vault, { repairId: null, caseId: id, says: 'stands', by: look.by, reason: look.reason })
    await record(tx, clock, { actor: look.by, act: 'let_case_stand', subject: id })
    await tellStands(desk, tx, id)
  })
  desk.wake()
}

/** It was an error as well: a repair of this case alone, which two other people approve. Faults as above. */
export async function repairAfterLook(desk: Desk, look: Look): Promise<{ readonly repairId: string }> {
  const { database, clock, vault } = desk
  const begun = await database.transact(async (tx) => {
    const { id } = await lookedAt(desk, tx, look)
    const { by, reason } = look
    await recordDecider(tx, id, by)
    await keepReason(tx, clock, vault, { repairId: null, caseId: id, says: 'error', by, reason })
    return beginRepair(desk, tx, { appealId: null, caseId: id, outcome: 'context', by, reason })
  })
  desk.wake()
  return begun
}

async function lookedAt({ vault }: Desk, tx: Transaction, { ref, by, reason }: Look) {
  if (!by.startsWith('person:'))
    throw new Fault('not_a_person', 'only a person decides about a case', { retry: 'never' })
  if (reason.trim() === '') throw new Fault('reason_missing', 'this needs a reason, in words', { retry: 'never' })
  const found = await readCase(tx, vault, ref)
  if (found.state !== 'reviewed_again')
    throw new Fault('not_possible', `this case is "${found.state}": nobody has to look at it again`, { retry: 'never' })
  // Two people are asked already whether it was an error: what one says meanwhile would be overruled by their answer, told or not.
  const undecided = await undecidedRepair(tx, found.id)
  if (undecided !== undefined)
    throw new Fault(
      'not_possible',
      `repair ${undecided} of this case is not decided yet, or not carried out: approve or refuse it first (\`wardline repair show ${undecided}\`)`,
      { retry: 'never' },
    )
  // Nobody overrules alone what was said of their own decision.
  if (await hasDecided(tx, found.id, by))
    throw new Fault('decided_before', 'you decided about this case before: this needs somebody else', {
      retry: 'never',
    })
  return found
}
