// What lists hold, as numbers that are true: what a fetch brought again is not counted again. Where no true number is to be had
// in a few seconds, none is shown.
import { Fault } from '@wardline/server/base'
import type { Database } from '@wardline/server/db'
import { countEntries, type ListSummary, summariseLists } from '@wardline/server/lists'
import type { Vault } from '@wardline/server/vault'

export interface CountedList extends Omit<ListSummary, 'entries' | 'counted'> {
  /** null: not counted. */
  readonly entries: number | null
}

/** Without a vault, only what the database knows by itself. */
export async function countedLists(
  { read }: Pick<Database, 'read'>,
  vault: Pick<Vault, 'unseal'> | undefined,
): Promise<CountedList[]> {
  const lists: CountedList[] = []
  for (const { counted, ...list } of await summariseLists(read))
    lists.push({ ...list, entries: counted ? list.entries : await countOf(read, vault, list.id) })
  return lists
}

async function countOf(read: Database['read'], vault: Pick<Vault, 'unseal'> | undefined, id: string) {
  if (vault === undefined) return null
  try {
    return (await countEntries(read, vault, id)) ?? null
  } catch (error) {
    // A block that does not open is told by the server and by the doctor; here it only costs the number.
    if (error instanceof Fault) return null
    throw error
  }
}

/** `1 entry`, `12,000 entries`, `entries that were not counted`. */
export function holding(entries: number | null): string {
  if (entries === null) return 'entries that were not counted'
  return `${entries.toLocaleString('en')} ${entries === 1 ? 'entry' : 'entries'}`
}
