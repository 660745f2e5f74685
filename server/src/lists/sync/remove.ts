// A list is taken away, by a person who said so: its blocks, how far its sync had come, its rejected rows. Evidence stays: a
// case names the list and the entry by itself, and never looked into the list for them.
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Database } from '#db'
import { findList } from '../store.ts'
import { deleteList, deleteSync, isLeased } from './store.ts'

/** entries: how many it held, where somebody has counted. Faults `list_unknown`, `sync_running`. */
export async function removeList(
  database: Database,
  clock: Clock,
  { id, actor, entries }: { readonly id: string; readonly actor: Actor; readonly entries?: number | null | undefined },
): Promise<void> {
  await database.transact(async (tx) => {
    const found = await findList(tx, id)
    if (found === undefined) throw new Fault('list_unknown', 'there is no list of this name', { retry: 'never' })
    if (await isLeased(tx, id))
      throw new Fault('sync_running', 'this list is being fetched right now; stop that first, or wait for its end', {
        retry: 'later',
      })
    await deleteSync(tx, id)
    await deleteList(tx, id)
    // The number beside the list is exact only while nothing came since it was counted.
    const counted = found.uncounted === 0 ? found.entries : entries
    const detail = { class: found.class, ...(counted == null ? {} : { entries: counted }) }
    await record(tx, clock, { actor, act: 'remove_list', subject: id, detail })
  })
}
