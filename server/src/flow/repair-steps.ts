// What two people approved is carried out, case by case, and may begin anew anywhere.
import { casesOfEntry, readCase } from '#cases'
import type { Transaction } from '#db'
import { finish, type Handler, holdLease, type Job } from '#jobs'
import {
  applyChanges,
  DEFAULT_POLICY,
  declareCorrection,
  entryKey,
  NEVER_MATCH_LIST,
  openList,
  prepareFeedback,
  sealNeverMatch,
} from '#lists'
import { casesOfRepair, moveRepair, type RepairRecord, readRepair, toRestore } from '#repairs'
import { goOn } from './entry-cases.ts'
import { repairOne } from './repair-close.ts'
import { gather, heardFiles } from './repair-gather.ts'
import { countLater } from './repair-later.ts'
import { writeLetter } from './repair-letter.ts'
import { openNextRound } from './repair-round.ts'
import { tellRestored } from './repair-tell.ts'
import { metCodes } from './repair-weigh.ts'
import { say } from './report.ts'
import { journaled, type River } from './river.ts'

/** Cases of one transaction: few, for whatever else is going on at that moment it has to be run again (PostgreSQL, serializable). */
const slice = 8
/** A report under way is looked at again this often. */
const lookAgainMs = 5_000

/** Job `repair`, subject: a repair. */
export const repair =
  (river: River): Handler =>
  async (job, signal) => {
    const { database, vault, clock } = river
    const repair = await readRepair(database.read, vault, job.subject)
    switch (repair.state) {
      case 'gathering':
        if (!(await gather(river, job, signal, repair))) return again(river, 'the server is stopping')
        break
      case 'refused':
        await letGoOn(river, job, repair)
        break
      case 'approved': {
        if (repair.guarded_at === null) await guard(river, job, repair)
        const left = await repairAll(river, job, signal, repair)
        if (left === 'stopping') return again(river, 'the server is stopping')
        if (left > 0)
          return { kind: 'again', at: clock.now() + lookAgainMs, why: `${left} of its reports are still under way` }
        await close(river, job, repair)
        break
      }
      case 'gathered':
      case 'restoring':
      case 'done':
        await database.transact((tx) => finish(tx, job))
    }
    river.wake()
    return { kind: 'done' }
  }

const again = ({ clock }: River, why: string) => ({ kind: 'again' as const, at: clock.now(), why })

/** A match is silenced for this picture; of an entry its source may hear. Neither of a context. */
async function guard(river: River, job: Job, repair: RepairRecord): Promise<void> {
  const { database, clock, vault, environment, feedback } = river
  const { id: repairId, outcome, facts, first_by, second_by, approval_id } = repair
  if (first_by === null || second_by === null || approval_id === null)
    throw new Error('a repair is approved, and nobody approved it')
  const files = await heardFiles(river, database.read, repair)
  const named = new Set(facts.entries.map((one) => entryKey(vault, one)))
  const sealed = sealNeverMatch(
    vault,
    clock,
    files.map((file) => {
      const hashes = metCodes(file).map((code) => Buffer.from(code).toString('hex'))
      return { repairId, fileId: file.id, sha256: file.digests.sha256, hashes }
    }),
  )
  await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    if (outcome === 'match') {
      const policy = { ...DEFAULT_POLICY, leastQuality: 0 }
      await openList(tx, clock, { id: NEVER_MATCH_LIST, class: 'never_match', environment, policy })
      await applyChanges(tx, clock, sealed)
      for (const file of files)
        await declareCorrection(tx, clock, vault, {
          caseId: repair.case_id,
          file: {
            id: file.id,
            sha256: file.digests.sha256,
            pictures: file.pictures.map(({ index, commandLine, fullResolution }, place) => ({
              index: index ?? place,
              hashes: [commandLine.hash, fullResolution.hash],
            })),
            grounds: file.grounds,
          },
          by: first_by,
          approvedBy: second_by,
          approvalId: approval_id,
          reason: facts.reason,
        })
    }
    if (outcome === 'entry') {
      const met = files
        .flatMap(({ grounds }) => grounds)
        .filter((ground) => named.has(entryKey(vault, ground)) && feedback.has(ground.listId))
      await prepareFeedback(tx, clock, vault, { caseId: repair.case_id, says: 'negative', met })
    }
    await moveRepair(tx, clock, repairId, { guarded_at: clock.now() })
  })
  journaled(river, 'repair guarded', { repair: repairId })
}

/** How many cases wait for their reports. */
async function repairAll(
  river: River,
  job: Job,
  signal: AbortSignal,
  repair: RepairRecord,
): Promise<number | 'stopping'> {
  const { database, clock, vault } = river
  const heard = await heardFiles(river, database.read, repair)
  let waiting = 0
  for (let after = 0; ; ) {
    if (signal.aborted) return 'stopping'
    const states = ['gathered', 'stopping'] as const
    const page = await casesOfRepair(database.read, vault, repair.id, { states, after, limit: slice })
    const waits = await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      let waits = 0
      for (const row of page) if ((await repairOne(river, tx, { repair, heard, row })) === 'waits') waits += 1
      return waits
    })
    if (page.length > 0) journaled(river, 'repair cases', { repair: repair.id, cases: page.length })
    river.wake()
    waiting += waits
    after = page.at(-1)?.case_number ?? after
    if (page.length < slice) return waiting
  }
}

/** Nothing is left but what the platform has to take, and the letter that a person sends. */
async function close(river: River, job: Job, repair: RepairRecord): Promise<void> {
  const { database, clock, log } = river
  // Who showed the very picture while nobody had approved waits, and would wait for ever.
  const later = repair.outcome === 'match' ? await countLater(river, repair) : 0
  await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    await writeLetter(river, tx, repair)
    if (later > 0) await openNextRound(river, tx, repair, { by: repair.begun_by, reason: repair.facts.reason })
    await moveRepair(tx, clock, repair.id, { state: 'restoring', closed_at: clock.now() })
    // Whose other cases went to a person after all.
    await tellRestored(river, tx, repair.id)
    await endIfRestored(river, tx, repair.id)
    await finish(tx, job)
  })
  if (later > 0) log.warn({ repair: repair.id, later }, 'ALERT: the same picture came again: a further round is begun')
  journaled(river, 'repair closed', { repair: repair.id })
}

/** Every case is where it was to come. */
export async function endIfRestored(
  { clock, vault }: Pick<River, 'clock' | 'vault'>,
  tx: Transaction,
  repairId: string,
): Promise<void> {
  const { state } = await readRepair(tx, vault, repairId)
  if (state !== 'restoring') return
  const left = await casesOfRepair(tx, vault, repairId, { states: toRestore, limit: 1 })
  if (left.length === 0) await moveRepair(tx, clock, repairId, { state: 'done', done_at: clock.now() })
}

/** It was refused: what waited for it, or for an entry that counts again, goes on. */
async function letGoOn(river: River, job: Job, repair: RepairRecord): Promise<void> {
  const { database, clock, vault } = river
  const waiting = new Set((await casesOfRepair(database.read, vault, repair.id)).map(({ case_id }) => case_id))
  if (repair.outcome !== 'context')
    for (const entry of repair.facts.entries)
      for (let after = 0; ; ) {
        const asked = { entryKey: entryKey(vault, entry), states: ['set_aside'] as const, after, limit: slice }
        const page = await casesOfEntry(database.read, asked)
        for (const { id } of page) waiting.add(id)
        after = page.at(-1)?.number ?? after
        if (page.length < slice) break
      }
  for (const id of waiting) {
    const end = await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      return (await readCase(tx, vault, id)).state === 'set_aside' ? goOn(river, tx, id) : undefined
    })
    say(river, end?.alert)
  }
  await database.transact((tx) => finish(tx, job))
  journaled(river, 'repair refused', { repair: repair.id })
}
