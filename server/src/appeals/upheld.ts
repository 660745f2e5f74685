// Whether a hearing has said of a case, since some moment, that it stays as it is.
import type { Connection } from '#db'
import { appealsAbout } from './store-about.ts'

/** since: epoch ms, inclusive. Also where another person looks once more before that counts; not where it was overturned after all. */
export async function upheldSince(db: Connection, caseId: string, since: number): Promise<boolean> {
  const ids = (await appealsAbout(db, caseId))
    .filter(({ state }) => state === 'upheld' || state === 'second_look')
    .map(({ id }) => id)
  // PostgreSQL knows no empty list of values.
  if (ids.length === 0) return false
  const row = await db
    .selectFrom('appeal_hearings')
    .select('id')
    .where('appeal_id', 'in', ids)
    .where('outcome', '=', 'upheld')
    .where('ended_at', '>=', since)
    .executeTakeFirst()
  return row !== undefined
}
