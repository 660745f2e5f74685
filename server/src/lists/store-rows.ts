// The table of a deployment of before, a sealed row for each value: read once, moved into blocks, dropped.
import { setImmediate } from 'node:timers/promises'
import { type Connection, readMeta, type Transaction } from '#db'
import type { Vault } from '#vault'
import { algorithms, type Entry, listClasses } from './entry.ts'
import { oneOf } from './store.ts'

const NOTE = 'lists.rows_to_move'
const ROWS_A_SLICE = 500

/** The lists that still have rows; the migration left a note if there were any. */
export async function rowsToMove(db: Connection): Promise<readonly string[]> {
  if (!(await hasRowsToMove(db))) return []
  const rows = await db.selectFrom('list_entries').select('list_id').distinct().orderBy('list_id').execute()
  return rows.map(({ list_id }) => list_id)
}

export async function hasRowsToMove(db: Connection): Promise<boolean> {
  return (await readMeta(db, NOTE)) !== undefined
}

export async function readRows(db: Connection, vault: Pick<Vault, 'unseal'>, listId: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let after = ''; ; ) {
    const page = await db
      .selectFrom('list_entries')
      .selectAll()
      .where('list_id', '=', listId)
      .where('id', '>', after)
      .orderBy('id')
      .limit(ROWS_A_SLICE)
      .execute()
    for (const row of page) {
      const entry = {
        listId,
        source: row.source,
        entryId: row.entry_id,
        algorithm: oneOf(algorithms, row.algorithm),
        value: vault.unseal(`list_entries.value:${row.id}`, row.value_sealed).toString('latin1'),
        class: oneOf(listClasses, row.class),
      }
      entries.push(row.label === null ? entry : { ...entry, label: row.label })
    }
    const last = page.at(-1)
    if (last === undefined) return entries
    after = last.id
    await setImmediate()
  }
}

/** False if the list has no rows any more. With the last list's rows the table and the note go. */
export async function dropRows(tx: Transaction, listId: string): Promise<boolean> {
  if (!(await hasRowsToMove(tx))) return false
  const gone = await tx.deleteFrom('list_entries').where('list_id', '=', listId).executeTakeFirst()
  const left = await tx.selectFrom('list_entries').select('id').limit(1).executeTakeFirst()
  if (left === undefined) {
    await tx.schema.dropTable('list_entries').execute()
    await tx.deleteFrom('meta').where('key', '=', NOTE).execute()
  }
  return gone.numDeletedRows > 0n
}
