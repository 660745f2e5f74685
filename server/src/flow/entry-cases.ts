// What was decided about an entry that was set aside is carried out on all the cases that rest on it.
import { Fault } from '#base'
import { type CaseState, caseState, casesOfEntry, moveCase, readCase } from '#cases'
import type { Transaction } from '#db'
import { enqueueNow, finish, type Handler, holdLease, type Job } from '#jobs'
import { endBulk, readBulk, releasedWithCases } from '#lists'
import { type Bulk, bulk, jobOf, open, saysOf } from './decide-entry.ts'
import { confirmIn, dismissIn, passable } from './decided.ts'
import { waitForRepair } from './repair-hold.ts'
import { type Alert, say, sendOff } from './report.ts'
import { journaled, type River } from './river.ts'
import { bearingOn, waitsForEntry } from './set-aside.ts'

/** Cases of one transaction: a flood of thousands must not hold the database for as long as it takes. */
const slice = 25

/**
 * Once an hour: a case that began to wait in the very moment in which its entry was released is not seen by the release's own
 * job, and must not wait for ever.
 */
export async function resumeReleased({ database, clock }: River): Promise<void> {
  const left = await releasedWithCases(database.read)
  if (left.length === 0) return
  await database.transact(async (tx) => {
    for (const id of left) await enqueueNow(tx, clock, jobOf(id))
  })
}

/** Job `entry_cases`, subject: an entry that was set aside. Carries out what was decided about it; may begin anew anywhere. */
export const entryCases =
  (river: River): Handler =>
  async (job, signal) => {
    const { database, vault } = river
    const { entryKey, released, decision } = await readBulk(database.read, vault, job.subject)
    let passed = 0
    if (decision !== undefined) {
      const asked = bulk.parse(decision)
      const left = await eachCase(river, job, signal, { entryKey, states: open }, (tx, id) =>
        carryOut(river, tx, { id, entryKey, asked }),
      )
      if (left.kind === 'stopping') return again(river)
      passed = left.passed
      river.log.info({ entry: job.subject, decided: left.done, left: left.passed }, 'an entry’s cases were decided')
    }
    if (released) {
      const left = await eachCase(river, job, signal, { entryKey, states: ['set_aside'] }, (tx, id) =>
        goOn(river, tx, id),
      )
      if (left.kind === 'stopping') return again(river)
    }
    const isOver = await database.transact(async (tx) => {
      await holdLease(tx, river.clock, job)
      // What was asked for meanwhile has found this job running, and is its own to do.
      const now = await readBulk(tx, vault, job.subject)
      if (decision !== undefined) await endBulk(tx, river.clock, { id: job.subject, left: passed })
      if (now.released !== released || (now.decision !== undefined && decision === undefined)) return false
      await finish(tx, job)
      return true
    })
    if (!isOver) return again(river, 'more was decided meanwhile')
    journaled(river, 'entry decided', { entry: job.subject })
    river.wake()
    return { kind: 'done' }
  }

const again = ({ clock }: River, why = 'the server is stopping') => ({ kind: 'again' as const, at: clock.now(), why })

type Done = { readonly done: boolean; readonly alert?: Alert }

async function eachCase(
  river: River,
  job: Job,
  signal: AbortSignal,
  { entryKey, states }: { readonly entryKey: string; readonly states: readonly CaseState[] },
  work: (tx: Transaction, caseId: string) => Promise<Done>,
) {
  const { database, clock } = river
  let after = 0
  let done = 0
  let passed = 0
  while (!signal.aborted) {
    const page = await casesOfEntry(database.read, { entryKey, states, after, limit: slice })
    const ends = await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      const ends: Done[] = []
      for (const { id } of page) ends.push(await work(tx, id))
      return ends
    })
    for (const { alert } of ends) say(river, alert)
    done += ends.filter((end) => end.done).length
    passed += ends.filter((end) => !end.done).length
    river.wake()
    after = page.at(-1)?.number ?? after
    if (page.length < slice) return { kind: 'over' as const, done, passed }
  }
  return { kind: 'stopping' as const }
}

/**
 * A case that cannot take the decision is left to a person, with all others going on. One that an earlier decision left because of
 * this entry is looked at here: it rests on both.
 */
async function carryOut(
  river: River,
  tx: Transaction,
  { id, entryKey, asked }: { readonly id: string; readonly entryKey: string; readonly asked: Bulk },
): Promise<Done> {
  const { vault, clock } = river
  const found = await readCase(tx, vault, id)
  const { by, reason, incidentType } = asked
  const bearing = await bearingOn(river, tx, found, { key: entryKey, says: saysOf(asked) })
  if (bearing.kind === 'held') return { done: false }
  if (asked.says === 'dismiss') {
    await dismissIn(river, tx, id, { by, reason, falseMatch: bearing.falseMatch || undefined })
    return { done: true }
  }
  try {
    if ((await caseState(tx, id)) === 'settling') await moveCase(tx, clock, id, 'entry_set_aside')
    return { done: true, alert: await confirmIn(river, tx, id, { by, reason, incidentType }) }
  } catch (error) {
    if (error instanceof Fault && passable.has(error.code)) return { done: false }
    throw error
  }
}

/** Unless another entry, or a repair that nobody has decided yet, holds it back. */
export async function goOn(river: River, tx: Transaction, caseId: string): Promise<Done> {
  const found = await readCase(tx, river.vault, caseId)
  if (found.state !== 'set_aside' || (await waitsForEntry(river, tx, found))) return { done: false }
  if (await waitForRepair(river, tx, [caseId])) return { done: false }
  await moveCase(tx, river.clock, caseId, 'entry_released')
  return { done: true, alert: await sendOff(river, tx, await readCase(tx, river.vault, caseId)) }
}
