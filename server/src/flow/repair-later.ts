// Cases that came after a repair's list was frozen: they are in no list, and are gathered in a further round.
import { casesOfEntry } from '#cases'
import { entryKey } from '#lists'
import { isGathered, readRepair } from '#repairs'
import { standing } from './repair-gather.ts'
import type { Desk } from './river.ts'

const page = 100

/** How many rest on the entry that was found to be wrong. Of a match nobody can say before they are weighed: 0. */
export async function laterCases({ database, vault }: Desk, ref: number | string): Promise<number> {
  const repair = await readRepair(database.read, vault, ref)
  if (repair.outcome !== 'entry') return 0
  const later = new Set<string>()
  for (const entry of repair.facts.entries)
    for (let after = 0; ; ) {
      const asked = { entryKey: entryKey(vault, entry), states: standing, after, limit: page }
      const cases = await casesOfEntry(database.read, asked)
      for (const { id } of cases) if (!(await isGathered(database.read, repair.id, id))) later.add(id)
      after = cases.at(-1)?.number ?? after
      if (cases.length < page) break
    }
  return later.size
}
