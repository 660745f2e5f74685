// A hearing found an error: what it is about stops counting at once, its cases are gathered, and two people approve before it is undone.
import type { Actor } from '#audit'
import { Fault } from '#base'
import { type CaseRecord, readCase } from '#cases'
import type { Transaction } from '#db'
import { enqueueNow } from '#jobs'
import { disableEntries, type EntryName, enableEntries, nameText } from '#lists'
import {
  approveRepair as approve,
  keepReason,
  type Outcome,
  openRepair,
  readRepair,
  refuseRepair as refuse,
} from '#repairs'
import { reopenAppeal } from './hear-outcome.ts'
import type { Desk } from './river.ts'

export type Beginning = {
  /** Null: a second look said it, see second-look.ts. */
  readonly appealId: string | null
  readonly caseId: string
  readonly outcome: Outcome
  readonly by: Actor
  readonly reason: string
  /** Of `entry`: which grounds are wrong, as `cases show` counts a file's matches, from 0. */
  readonly grounds?: readonly { readonly fileId: string; readonly index: number }[] | undefined
  /** Of `match`: which files; without it all of the case. */
  readonly files?: readonly string[] | undefined
}

/**
 * In the deciding transaction. entry: the entries are disabled here from its commit on, and all cases that rest on them are gathered.
 * match: only cases of that very picture, and no entry is disabled. context: only this case. Faults `grounds_missing`, `no_such_ground`,
 * `no_such_file`, `match_exact`, `nothing_to_repair`, and those of `openRepair`.
 */
export async function beginRepair(
  desk: Pick<Desk, 'clock' | 'vault'>,
  tx: Transaction,
  beginning: Beginning,
): Promise<{ readonly repairId: string }> {
  const { clock, vault } = desk
  const { outcome, by, reason, appealId } = beginning
  const found = await readCase(tx, vault, beginning.caseId)
  if (found.isTest)
    throw refusal(
      'nothing_to_repair',
      'a test card made this case: nobody was reported, and there is nothing to repair',
    )
  const wrong = wrongOf(found, beginning)
  const { repairId } = await openRepair(tx, clock, vault, { outcome, caseId: found.id, appealId, by, reason, ...wrong })
  if (outcome === 'entry') await disableEntries(tx, clock, vault, { entries: wrong.entries, repairId, by })
  await enqueueNow(tx, clock, repairJob(repairId))
  return { repairId }
}

export const repairJob = (id: string) => ({ kind: 'repair', subject: id, uniqueKey: `repair ${id}` })

type Wrong = { readonly entries: readonly EntryName[]; readonly files: readonly string[] }

function wrongOf(found: CaseRecord, { outcome, grounds = [], files }: Beginning): Wrong {
  switch (outcome) {
    case 'context':
      return { entries: [], files: found.files.map(({ id }) => id) }
    case 'entry': {
      if (grounds.length === 0)
        throw refusal(
          'grounds_missing',
          'name which grounds are wrong: file and number, as `wardline cases show` has them',
        )
      const named = grounds.map(({ fileId, index }) => {
        const ground = found.files.find(({ id }) => id === fileId)?.grounds[index]
        if (ground === undefined) throw refusal('no_such_ground', 'this case has no such ground')
        return ground
      })
      return { entries: distinct(named), files: [...new Set(grounds.map(({ fileId }) => fileId))] }
    }
    case 'match': {
      const chosen = found.files.filter(({ id }) => files === undefined || files.includes(id))
      if (chosen.length === 0 || (files ?? []).some((id) => found.files.every((file) => file.id !== id)))
        throw refusal('no_such_file', 'this case has no such file')
      const met = chosen.flatMap((file) => file.grounds)
      // Equal bytes are no likeness: then either the entry is wrong, or nothing is. (An MD5 can be forged.)
      if (met.some(({ algorithm }) => algorithm === 'sha1' || algorithm === 'sha256'))
        throw refusal(
          'match_exact',
          'one of these files is, byte for byte, the one that a list names: if it is harmless, the entry is wrong (overturned_entry)',
        )
      return { entries: distinct(met), files: chosen.map(({ id }) => id) }
    }
  }
}

function distinct(entries: readonly EntryName[]): readonly EntryName[] {
  const named = entries.map(({ listId, source, entryId }) => ({ listId, source, entryId }))
  return [...new Map(named.map((one) => [nameText(one), one])).values()]
}

export type Answering = {
  readonly ref: number | string
  /** A person's id. */
  readonly by: string
  readonly reason: string
}

/** Faults of `approveRepair` (#repairs). */
export async function approveRepair(desk: Desk, { ref, by, reason }: Answering): Promise<'first' | 'approved'> {
  const { database, clock, vault } = desk
  const outcome = await database.transact(async (tx) => {
    const repair = await readRepair(tx, vault, ref)
    const outcome = await approve(tx, clock, { repair, by, reason })
    if (outcome === 'approved') await enqueueNow(tx, clock, repairJob(repair.id))
    return outcome
  })
  desk.wake()
  return outcome
}

/** Refused, the entries count again, and what waited goes on. Faults of `refuseRepair` (#repairs). */
export async function refuseRepair(desk: Desk, { ref, by, reason }: Answering): Promise<'first' | 'refused'> {
  const { database, clock, vault } = desk
  const outcome = await database.transact(async (tx) => {
    const repair = await readRepair(tx, vault, ref)
    const outcome = await refuse(tx, clock, { repair, by, reason })
    await keepReason(tx, clock, vault, {
      repairId: repair.id,
      caseId: null,
      says: 'refuse',
      by: `person:${by}`,
      reason,
    })
    if (outcome === 'first') return outcome
    await enableEntries(tx, clock, { repairId: repair.id, by: `person:${by}` })
    const appealId = repair.former_id === null ? repair.appeal_id : null
    await reopenAppeal(desk, tx, { appealId, by: `person:${by}`, repairId: repair.id })
    await enqueueNow(tx, clock, repairJob(repair.id))
    return outcome
  })
  desk.wake()
  return outcome
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
