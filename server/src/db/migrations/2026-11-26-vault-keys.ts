// More than one master key: which there are, what each is still needed for, and who is running and can open what.
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'
import type { Database } from '../database.ts'

export function vaultKeys(kind: Database['kind']): Migration {
  const blob = kind === 'sqlite' ? sql`blob` : sql`bytea`
  return {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('vault_keys')
        .addColumn('fingerprint', 'text', (c) => c.primaryKey().notNull())
        .addColumn('made_at', 'bigint', (c) => c.notNull())
        .addColumn('in_use_at', 'bigint')
        .addColumn('left_under', 'bigint')
        .addColumn('emptied_at', 'bigint')
        .addColumn('retired_at', 'bigint')
        .addColumn('copied_at', 'bigint')
        .execute()
      await db.schema
        .createTable('vault_digests')
        .addColumn('one', 'integer', (c) => c.primaryKey().notNull())
        .addColumn('sealed', blob, (c) => c.notNull())
        .execute()
      await db.schema
        .createTable('vault_holders')
        .addColumn('id', 'text', (c) => c.primaryKey().notNull())
        .addColumn('opens', 'text', (c) => c.notNull())
        .addColumn('seals_under', 'text', (c) => c.notNull())
        .addColumn('held_until', 'bigint', (c) => c.notNull())
        .execute()
      // The one key of a deployment of before; when it was made, nobody noted.
      await sql`insert into vault_keys (fingerprint, made_at, in_use_at, copied_at)
        select value, 0, 0, (select cast(copy.value as bigint) from meta copy where copy.key = 'vault.key_copy_confirmed_at')
        from meta where key = 'vault.fingerprint'`.execute(db)
    },
  }
}
