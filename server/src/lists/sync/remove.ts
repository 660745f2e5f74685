// A list is taken away, by a person who said so: its blocks, how far its sync had come, its rejected rows. Evidence stays: a
// case names the list and the entry by itself, and never looked into the list for them.
import { setImmediate } from 'node:timers/promises'
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Database } from '#db'
import { findList } from '../store.ts'
import { dropBlocks, hideList, removedLists } from '../store-removed.ts'
import { deleteSync, isLeased } from './store.ts'

/**
 * For everybody it is gone at once; its blocks go in slices then, so that nobody waits for it. Whoever dies over that leaves the rest
 * to `finishRemovals`. entries: how many it held, where somebody has counted. Faults `list_unknown`, `sync_running`.
 */
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
    await hideList(tx, clock.now(), id)
    // The number beside the list is exact only while nothing came since it was counted.
    const counted = found.uncounted === 0 ? found.entries : entries
    const detail = { class: found.class, ...(counted == null ? {} : { entries: counted }) }
    await record(tx, clock, { actor, act: 'remove_list', subject: id, detail })
  })
  await finishRemovals(database)
}

/** What removals that were broken off have left. Answers the names of the lists that are wholly gone now. */
export async function finishRemovals(database: Database): Promise<readonly string[]> {
  const left = await removedLists(database.read)
  for (const id of left)
    while (!(await database.transact((tx) => dropBlocks(tx, id, BLOCKS_A_SLICE))))
      // SQLite answers without ever letting go of the event loop.
      await setImmediate()
  return left
}

/** Some 20 ms on SQLite, which writes zeros over what it deletes. */
const BLOCKS_A_SLICE = 8
