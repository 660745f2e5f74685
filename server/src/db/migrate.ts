// Brings the tables up to date. One set of migrations for both databases; a migration that has shipped never changes.
import { type Migration, Migrator } from 'kysely/migration'
import { Fault } from '#base'
import { type Database, retrying } from './database.ts'
import { river } from './migrations/2026-11-22-river.ts'
import { sealedLists } from './migrations/2026-11-22-sealed-lists.ts'
import { sync } from './migrations/2026-11-22-sync.ts'
import { policy } from './migrations/2026-11-23-policy.ts'
import { selftest } from './migrations/2026-11-23-selftest.ts'
import { removedCanaries } from './migrations/2026-11-24-removed-canaries.ts'
import { rememberedDecisions } from './migrations/2026-11-25-remembered-decisions.ts'
import { reportFacts } from './migrations/2026-11-27-report-facts.ts'

const migrations = (kind: Database['kind']): Record<string, Migration> => ({
  '2026-11-22-river': river(kind),
  '2026-11-22-sealed-lists': sealedLists(kind),
  '2026-11-22-sync': sync(kind),
  '2026-11-23-policy': policy(kind),
  '2026-11-23-selftest': selftest,
  '2026-11-24-removed-canaries': removedCanaries,
  '2026-11-25-remembered-decisions': rememberedDecisions,
  '2026-11-27-report-facts': reportFacts(kind),
})

export async function migrate(database: Database): Promise<void> {
  try {
    await retrying(async () => {
      // Kysely answers with its error instead of throwing it.
      const { error } = await migrator(database).migrateToLatest()
      if (error !== undefined) throw error
    })
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('migration_failed', 'the database could not be brought up to date', { retry: 'never', cause })
  }
}

/** Names of migrations that this database has not seen. */
export async function pendingMigrations(database: Database): Promise<readonly string[]> {
  const all = await migrator(database).getMigrations()
  return all.filter((one) => one.executedAt === undefined).map((one) => one.name)
}

function migrator(database: Database): Migrator {
  return new Migrator({
    db: database.read,
    provider: { getMigrations: async () => migrations(database.kind) },
  })
}
