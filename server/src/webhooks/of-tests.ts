// Events that test cards made, which go away with their cases.
import type { Transaction } from '#db'

/** Ids of those that are about one of these: a case, a notice, an appeal. */
export async function testEventsAbout(tx: Transaction, subjects: readonly string[]): Promise<readonly string[]> {
  const about = new Set(subjects)
  const rows = await tx.selectFrom('platform_events').select(['id', 'once_key']).where('is_test', '=', 1).execute()
  // A key is the type and ids of ours.
  return rows.flatMap(({ id, once_key: key }) => (key.split(' ').some((part) => about.has(part)) ? [id] : []))
}

export async function removeTestEvents(tx: Transaction, ids: readonly string[]): Promise<void> {
  // PostgreSQL knows no empty list of values.
  if (ids.length === 0) return
  await tx.deleteFrom('platform_events').where('id', 'in', ids).where('is_test', '=', 1).execute()
}
