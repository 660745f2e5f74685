// Facts about the deployment itself, the environment first of all.
import { type Environment, Fault } from '#base'
import type { Connection, Database, Transaction } from './database.ts'

export async function readMeta(db: Connection, key: string): Promise<string | undefined> {
  const row = await db.selectFrom('meta').select('value').where('key', '=', key).executeTakeFirst()
  return row?.value
}

export async function writeMeta(tx: Transaction, key: string, value: string): Promise<void> {
  await tx
    .insertInto('meta')
    .values({ key, value })
    .onConflict((conflict) => conflict.column('key').doUpdateSet({ value }))
    .execute()
}

/** Writes the environment at first start; ever after, another one is refused. */
export async function stampEnvironment(database: Database, environment: Environment): Promise<void> {
  await database.transact(async (tx) => {
    const stamped = await readMeta(tx, 'environment')
    if (stamped === undefined) return writeMeta(tx, 'environment', environment)
    if (stamped !== environment)
      throw new Fault(
        'environment_mixed',
        `this database belongs to the environment "${stamped}" and the configuration says "${environment}"; ` +
          'use another data folder or database for another environment',
        { retry: 'never' },
      )
  })
}
