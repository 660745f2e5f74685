// What a decision over all cases of an entry will come to, told to the person who makes it.
import type { IncidentType } from '@wardline/api'
import { type CaseState, casesOfEntry, readCase } from '#cases'
import type { BulkSays } from '#lists'
import { canConfirm } from './decided.ts'
import type { Desk } from './river.ts'
import { bearingOn } from './set-aside.ts'

/** Numbers of open cases, as they are now. `left` are all that are not taken; one may be held by several. */
export interface Foresight {
  readonly taken: number
  readonly left: number
  /** By another entry that is set aside and of which nobody decided the same: by the id of that, most cases first. */
  readonly heldByAsides: readonly { readonly id: string; readonly cases: number }[]
  /** By an entry that nobody set aside, in whatever file of theirs. */
  readonly heldOtherwise: number
  /** A confirmation that no report can follow: by class, for want of an incident type, or outside production. */
  readonly refused: number
}

interface Asked {
  readonly key: string
  readonly says: BulkSays
  readonly states: readonly CaseState[]
  readonly incidentType: IncidentType | undefined
}

const page = 100

/** Reads every open case of the entry, outside any transaction. */
export async function foresee(desk: Desk, { key, says, states, incidentType }: Asked): Promise<Foresight> {
  const { database, vault } = desk
  const asides = new Map<string, number>()
  let [taken, left, heldOtherwise, refused] = [0, 0, 0, 0]
  for (let after = 0; ; ) {
    const cases = await casesOfEntry(database.read, { entryKey: key, states, after, limit: page })
    for (const { id } of cases) {
      const found = await readCase(database.read, vault, id)
      const bearing = await bearingOn(desk, database.read, found, { key, says })
      if (bearing.kind === 'held') {
        left += 1
        if (bearing.otherwise) heldOtherwise += 1
        for (const aside of bearing.asides) asides.set(aside, (asides.get(aside) ?? 0) + 1)
      } else if (says === 'confirm' && !canConfirm(desk, found, incidentType)) {
        left += 1
        refused += 1
      } else taken += 1
    }
    after = cases.at(-1)?.number ?? after
    if (cases.length < page) break
  }
  const heldByAsides = [...asides].map(([id, count]) => ({ id, cases: count })).sort((a, b) => b.cases - a.cases)
  return { taken, left, heldByAsides, heldOtherwise, refused }
}
