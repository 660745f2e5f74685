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

/** In pages, so that a large list lies in memory once, as entries. */
export async function* readRows(
  db: Connection,
  vault: Pick<Vault, 'unseal'>,
  listId: string,
): AsyncGenerator<readonly Entry[]> {
  for (let after = ''; ; ) {
    const page = await slice(db, listId, after).selectAll().execute()
    const last = page.at(-1)
    if (last === undefined) return
    yield page.map((row) => {
      const entry = {
        listId,
        source: row.source,
        entryId: row.entry_id,
        algorithm: oneOf(algorithms, row.algorithm),
        value: vault.unseal(`list_entries.value:${row.id}`, row.value_sealed).toString('latin1'),
        class: oneOf(listClasses, row.class),
      }
      return row.label === null ? entry : { ...entry, label: row.label }
    })
    after = last.id
    await setImmediate()
  }
}

/** False if the list has no rows any more. With the last list's rows the table and the note go. */
export async function dropRows(tx: Transaction, listId: string): Promise<boolean> {
  if (!(await hasRowsToMove(tx))) return false
  let after = ''
  // In slices: all of a large list in one statement takes longer than a statement may.
  for (;;) {
    const last = (await slice(tx, listId, after).select('id').execute()).at(-1)
    if (last === undefined) break
    const rows = tx.deleteFrom('list_entries').where('list_id', '=', listId)
    await rows.where('id', '>', after).where('id', '<=', last.id).execute()
    after = last.id
    await setImmediate()
  }
  const left = await tx.selectFrom('list_entries').select('id').limit(1).executeTakeFirst()
  if (left === undefined) {
    await tx.schema.dropTable('list_entries').execute()
    await tx.deleteFrom('meta').where('key', '=', NOTE).execute()
  }
  return after !== ''
}

const slice = (db: Connection, listId: string, after: string) =>
  db.selectFrom('list_entries').where('list_id', '=', listId).where('id', '>', after).orderBy('id').limit(ROWS_A_SLICE)
