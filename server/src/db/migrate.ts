// Brings the tables up to date. One set of migrations for both databases; a migration that has shipped never changes.
import { sql } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { Fault } from '#base'
import { type Connection, type Database, retrying } from './database.ts'
import { river } from './migrations/2026-11-22-river.ts'
import { sealedLists } from './migrations/2026-11-22-sealed-lists.ts'
import { sync } from './migrations/2026-11-22-sync.ts'
import { policy } from './migrations/2026-11-23-policy.ts'
import { selftest } from './migrations/2026-11-23-selftest.ts'
import { removedCanaries } from './migrations/2026-11-24-removed-canaries.ts'
import { rememberedDecisions } from './migrations/2026-11-25-remembered-decisions.ts'
import { listGaps } from './migrations/2026-11-26-list-gaps.ts'
import { vaultKeys } from './migrations/2026-11-26-vault-keys.ts'
import { reportFacts } from './migrations/2026-11-27-report-facts.ts'
import { filing } from './migrations/2026-11-28-filing.ts'
import { incidents } from './migrations/2026-11-29-incidents.ts'
import { pauses } from './migrations/2026-11-30-pauses.ts'
import { hearings } from './migrations/2026-12-01-hearings.ts'
import { repairs } from './migrations/2026-12-02-repairs.ts'
import { notices } from './migrations/2026-12-03-notices.ts'
import { letters } from './migrations/2026-12-04-letters.ts'
import { webhooks } from './migrations/2026-12-05-webhooks.ts'
import { pauseReasons } from './migrations/2026-12-06-pause-reasons.ts'
import { repairReasons } from './migrations/2026-12-07-repair-reasons.ts'
import { correctionsOnce } from './migrations/2026-12-08-corrections-once.ts'
import { servedEvents } from './migrations/2026-12-09-served-events.ts'

const migrations = (kind: Database['kind']): Record<string, Migration> => ({
  '2026-11-22-river': river(kind),
  '2026-11-22-sealed-lists': sealedLists(kind),
  '2026-11-22-sync': sync(kind),
  '2026-11-23-policy': policy(kind),
  '2026-11-23-selftest': selftest,
  '2026-11-24-removed-canaries': removedCanaries,
  '2026-11-25-remembered-decisions': rememberedDecisions,
  '2026-11-26-list-gaps': listGaps,
  '2026-11-26-vault-keys': vaultKeys(kind),
  '2026-11-27-report-facts': reportFacts(kind),
  '2026-11-28-filing': filing(kind),
  '2026-11-29-incidents': incidents(kind),
  '2026-11-30-pauses': pauses,
  '2026-12-01-hearings': hearings(kind),
  '2026-12-02-repairs': repairs(kind),
  '2026-12-03-notices': notices(kind),
  '2026-12-04-letters': letters(kind),
  '2026-12-05-webhooks': webhooks(kind),
  '2026-12-06-pause-reasons': pauseReasons,
  '2026-12-07-repair-reasons': repairReasons(kind),
  '2026-12-08-corrections-once': correctionsOnce,
  '2026-12-09-served-events': servedEvents,
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

/** Up to the last of these and no further. Fault `newer_version` when one of them is not known here. */
export async function migrateTo(database: Database, names: readonly string[]): Promise<void> {
  const known = Object.keys(migrations(database.kind))
  const strange = names.find((name) => !known.includes(name))
  const last = names.at(-1)
  if (strange !== undefined || last === undefined)
    throw new Fault(
      'newer_version',
      `it was made by another version of Wardline than this one, which knows no "${strange ?? 'tables at all'}": install that version or a newer one`,
      { retry: 'never' },
    )
  const { error } = await migrator(database).migrateTo(last)
  if (error !== undefined)
    throw new Fault('migration_failed', 'the tables could not be made', { retry: 'never', cause: error })
}

/** In the order in which they were applied. */
export async function appliedMigrations(db: Connection): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(db)
  return rows.map(({ name }) => name)
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
