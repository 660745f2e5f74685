// A list is taken away, by a person who said so: its blocks, how far its sync had come, its rejected rows. Evidence stays: a
// case names the list and the entry by itself, and never looked into the list for them.
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Database } from '#db'
import { findList } from '../store.ts'
import { deleteList, deleteSync, isLeased } from './store.ts'

/** How many entries went. Faults `list_unknown`, `sync_running`. */
export async function removeList(
  database: Database,
  clock: Clock,
  { id, actor }: { readonly id: string; readonly actor: Actor },
): Promise<{ readonly entries: number }> {
  return database.transact(async (tx) => {
    const found = await findList(tx, id)
    if (found === undefined) throw new Fault('list_unknown', 'there is no list of this name', { retry: 'never' })
    if (await isLeased(tx, id))
      throw new Fault('sync_running', 'this list is being fetched right now; stop that first, or wait for its end', {
        retry: 'later',
      })
    await deleteSync(tx, id)
    await deleteList(tx, id)
    const { entries, class: named } = found
    await record(tx, clock, { actor, act: 'remove_list', subject: id, detail: { class: named, entries } })
    return { entries }
  })
}
