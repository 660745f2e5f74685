// Cases that came after a repair's list was frozen: they are in no list, and are gathered in a further round.
import { caseState, orUnreadable, readCase } from '#cases'
import { isGathered, type RepairRecord, readRepair } from '#repairs'
import { candidates, heardFiles, standing } from './repair-gather.ts'
import { weigh } from './repair-weigh.ts'
import type { Desk } from './river.ts'

/** How many there are that rest on what was found to be wrong, or, of a match, that show that very picture. */
export async function laterCases(desk: Desk, ref: number | string): Promise<number> {
  return countLater(desk, await readRepair(desk.database.read, desk.vault, ref))
}

export async function countLater(desk: Desk, repair: RepairRecord): Promise<number> {
  const { database, vault } = desk
  // Of one that was refused no further round can be begun: nothing was wrong.
  if (repair.outcome === 'context' || repair.state === 'refused') return 0
  const later = new Set<string>()
  const heard = await heardFiles(desk, database.read, repair)
  for await (const ids of candidates(desk, repair))
    for (const id of ids) {
      if (later.has(id) || (await isGathered(database.read, repair.id, id))) continue
      const state = await caseState(database.read, id)
      if (!standing.some((one) => one === state)) continue
      const found = await orUnreadable(readCase(database.read, vault, id))
      if (found === undefined || found.isTest) continue
      if ((await weigh(desk, database.read, found, { repair, heard })).kind !== 'none') later.add(id)
    }
  return later.size
}
