// Cases that came after a repair's list was frozen are gathered in a further round, to be approved like the first.
import type { Actor } from '#audit'
import { Fault } from '#base'
import type { Transaction } from '#db'
import { enqueueNow } from '#jobs'
import { openRepair, type RepairRecord, readRepair } from '#repairs'
import { type Answering, repairJob } from './repair.ts'
import { laterCases } from './repair-later.ts'
import type { Desk } from './river.ts'

/** Its number. Faults `not_possible`, `no_such_repair`. */
export async function gatherAgain(desk: Desk, { ref, by, reason }: Answering): Promise<{ readonly number: number }> {
  const { database, vault } = desk
  // Of a match nobody can say before they are weighed.
  const { outcome, state } = await readRepair(database.read, vault, ref)
  if (outcome === 'entry' && state !== 'refused' && (await laterCases(desk, ref)) === 0)
    throw new Fault('not_possible', 'nothing came since its list was frozen: there is nothing further to gather', {
      retry: 'never',
    })
  const number = await database.transact(async (tx) => {
    const former = await readRepair(tx, vault, ref)
    if (former.outcome === 'context' || former.state === 'refused')
      throw new Fault(
        'not_possible',
        'of a context, or of a repair that was refused, there is nothing further to gather',
        { retry: 'never' },
      )
    return openNextRound(desk, tx, former, { by: `person:${by}`, reason })
  })
  desk.wake()
  return { number }
}

export async function openNextRound(
  { clock, vault }: Pick<Desk, 'clock' | 'vault'>,
  tx: Transaction,
  former: RepairRecord,
  { by, reason }: { readonly by: Actor; readonly reason: string },
): Promise<number> {
  const { outcome, case_id: caseId, appeal_id: appealId, facts } = former
  const { entries, files } = facts
  const asked = { outcome, caseId, appealId, by, reason, entries, files, former }
  const opened = await openRepair(tx, clock, vault, asked)
  await enqueueNow(tx, clock, repairJob(opened.repairId))
  return opened.number
}
