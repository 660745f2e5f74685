// What the databases do when they are in trouble, and what is heard of it.
import { DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import { type RawBuilder, sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#base'
import { type Database, migrate, openDatabase, readMeta, type Transaction, writeMeta } from './db.ts'
import { emptyDatabase, emptyDatabases } from './testing.ts'

describe('PostgreSQL', () => {
  it.each(['between two queries', 'during a query'])(
    'that ends a connection %s leaves the process alive and is a Fault that may pass',
    async (when) => {
      await using database = await open('postgres')
      const pid = Promise.withResolvers<number>()
      const ended = Promise.withResolvers<void>()
      const work = database.transact(async (tx) => {
        pid.resolve(await only<number>(tx, sql`select pg_backend_pid() as it`))
        if (when === 'during a query') return only(tx, sql`select pg_sleep(30) as it`)
        await ended.promise
        return only(tx, sql`select 1 as it`)
      })
      work.catch(() => {})
      const victim = await pid.promise
      await only(database.read, sql`select pg_terminate_backend(${victim}) as it`)
      await expect
        .poll(() => only(database.read, sql`select count(*) as it from pg_stat_activity where pid = ${victim}`))
        .toBe(0)
      ended.resolve()
      await expect(work).rejects.toMatchObject({ code: 'database_unreachable', retry: 'later' })
      await database.ping()
    },
  )

  it('that ends every idle connection is not noticed by who reads next', async () => {
    await using database = await open('postgres')
    await using other = openDatabase(await emptyDatabase('postgres'))
    const name = await only<string>(database.read, sql`select current_database() as it`)
    await only(
      other.read,
      sql`select count(pg_terminate_backend(pid)) as it from pg_stat_activity where datname = ${name}`,
    )
    await expect
      .poll(() => only(other.read, sql`select count(*) as it from pg_stat_activity where datname = ${name}`))
      .toBe(0)
    // Its last words have come by now; Node reads them before the next turn, but perhaps after the answer that said 0.
    await turn()
    await database.ping()
  })

  it('that stops a long statement is a Fault that may pass, when reading too', async () => {
    await using database = await open('postgres')
    const slow = { code: 'database_slow', retry: 'later' }
    await expect(
      database.transact(async (tx) => {
        await sql`set local statement_timeout = 20`.execute(tx)
        await only(tx, sql`select pg_sleep(30) as it`)
      }),
    ).rejects.toMatchObject(slow)
    const pid = Promise.withResolvers<number>()
    const reading = database.read.connection().execute(async (one) => {
      pid.resolve(await only<number>(one, sql`select pg_backend_pid() as it`))
      await only(one, sql`select pg_sleep(30) as it`)
    })
    reading.catch(() => {})
    const victim = await pid.promise
    await expect.poll(() => only(database.read, sql`select pg_cancel_backend(${victim}) as it`)).toBe(true)
    await expect(reading).rejects.toMatchObject(slow)
  })

  it('is asked again when a lock was not to be had in time', async () => {
    await using database = await open('postgres')
    await database.transact((tx) => writeMeta(tx, 'row', 'first'))
    const release = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const first = database.transact(async (tx) => {
      await writeMeta(tx, 'row', 'second')
      held.resolve()
      await release.promise
    })
    await held.promise
    let times = 0
    await database.transact(async (tx) => {
      times += 1
      if (times === 3) {
        release.resolve()
        await first
      }
      await sql`set local lock_timeout = 20`.execute(tx)
      await writeMeta(tx, 'row', 'third')
    })
    expect(times).toBeGreaterThanOrEqual(3)
    expect(await readMeta(database.read, 'row')).toBe('third')
  })

  it('lets a long transaction through that short ones would overtake for ever', async () => {
    await using database = await open('postgres')
    await database.transact((tx) => writeMeta(tx, 'count', '0'))
    const add = async (tx: Transaction, add: number) =>
      writeMeta(tx, 'count', String(Number(await readMeta(tx, 'count')) + add))
    let [isThrough, short, times] = [false, 0, 0]
    const shortOnes = Array.from({ length: 4 }, async () => {
      while (!isThrough) {
        await database.transact((tx) => add(tx, 1))
        short += 1
      }
    })
    await database.transact(async (tx) => {
      times += 1
      await readMeta(tx, 'count')
      await sql`select pg_sleep(0.1)`.execute(tx)
      await add(tx, 1_000_000)
    })
    isThrough = true
    await Promise.all(shortOnes)
    expect(times).toBeLessThanOrEqual(4)
    expect(await readMeta(database.read, 'count')).toBe(String(1_000_000 + short))
  })

  it('takes a row from a replica that stands still in a transaction, and gives it to the next', async () => {
    const settings = await emptyDatabase('postgres')
    await using still = openDatabase(settings)
    await using other = openDatabase(settings)
    await migrate(still)
    await still.transact((tx) => writeMeta(tx, 'row', 'first'))
    const release = Promise.withResolvers<void>()
    const held = Promise.withResolvers<void>()
    const first = still.transact(async (tx) => {
      await writeMeta(tx, 'row', 'still')
      held.resolve()
      await release.promise
    })
    await held.promise
    await other.transact((tx) => writeMeta(tx, 'row', 'other'))
    release.resolve()
    await expect(first).rejects.toMatchObject({ code: 'database_unreachable', retry: 'later' })
    expect(await readMeta(still.read, 'row')).toBe('other')
  })
})

describe('SQLite', () => {
  it('that is full says so, though it has ended the transaction by itself', async () => {
    await using database = await open('sqlite')
    const pages = await only<number>(database.read, sql`select page_count as it from pragma_page_count()`)
    await sql`pragma max_page_count = ${sql.lit(pages + 4)}`.execute(database.read)
    const full = database.transact((tx) => writeMeta(tx, 'large', 'x'.repeat(1_000_000)))
    await expect(full).rejects.toMatchObject({ code: 'database_full' })
    await database.transact((tx) => writeMeta(tx, 'small', 'x'))
    expect(await readMeta(database.read, 'small')).toBe('x')
  })

  it('is brought up to date although another writer is in the way at first', async () => {
    const settings = await emptyDatabase('sqlite')
    if (settings.kind !== 'sqlite') throw new Error('not SQLite')
    await using database = openDatabase(settings)
    await database.ping()
    const writer = new DatabaseSync(settings.file)
    writer.exec('begin immediate')
    const migrating = migrate(database)
    await systemClock.wait(100)
    writer.exec('commit')
    writer.close()
    await migrating
  })
})

it.each(emptyDatabases)(
  'on %s, a migration that fails at its end leaves nothing behind, and can be begun again',
  async (_kind, empty) => {
    await using database = openDatabase(await empty())
    await sql`create table appeals (id text)`.execute(database.read)
    await expect(migrate(database)).rejects.toMatchObject({ code: 'migration_failed', retry: 'never' })
    await sql`drop table appeals`.execute(database.read)
    await migrate(database)
  },
)

async function open(kind: Database['kind']): Promise<Database> {
  const database = openDatabase(await emptyDatabase(kind))
  await migrate(database)
  return database
}

/** The column `it` of the only row. */
async function only<T>(db: Database['read'] | Transaction, query: RawBuilder<unknown>): Promise<T> {
  const { rows } = await query.execute(db)
  const [row] = rows as { it: T }[]
  if (row === undefined) throw new Error('no row')
  return row.it
}
