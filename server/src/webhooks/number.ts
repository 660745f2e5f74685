// Gives each committed event its place. Many transactions write events at once and cannot know their order, and ids may be
// committed out of order; so one numberer at a time decides it afterwards, and no event ever appears behind one that was fetched.
import { sql } from 'kysely'
import type { Database, Transaction } from '#db'

/** Events a transaction: it holds the write lock for a few milliseconds. */
const batchRows = 200

/** Everything that is committed by now has a number. */
export async function numberEvents(database: Database): Promise<void> {
  for (;;) {
    // Looked for outside: most times there is nothing, and no lock is taken.
    const rows = await database.read
      .selectFrom('platform_events')
      .select('id')
      .where('number', 'is', null)
      .orderBy('id')
      .limit(batchRows)
      .execute()
    if (rows.length === 0) return
    await database.transact((tx) => numberThese(tx, database.kind, rows))
    if (rows.length < batchRows) return
  }
}

async function numberThese(tx: Transaction, kind: Database['kind'], rows: readonly { readonly id: string }[]) {
  // "events" in ASCII: any number will do that nothing else in this database locks.
  if (kind === 'postgres') await sql`select pg_advisory_xact_lock(111520709837939)`.execute(tx)
  const head = await tx.selectFrom('platform_event_head').select('number').where('one', '=', 1).executeTakeFirst()
  let number = head?.number ?? 0
  for (const { id } of rows) {
    // Another server may have numbered it meanwhile.
    const { numUpdatedRows } = await tx
      .updateTable('platform_events')
      .set({ number: number + 1 })
      .where('id', '=', id)
      .where('number', 'is', null)
      .executeTakeFirst()
    number += Number(numUpdatedRows)
  }
  await tx
    .insertInto('platform_event_head')
    .values({ one: 1, number })
    .onConflict((on) => on.column('one').doUpdateSet({ number }))
    .execute()
}
