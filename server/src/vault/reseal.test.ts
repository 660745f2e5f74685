import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { sealedColumns } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { readSealed, sealedRows } from './store-sealed.ts'
import { openVaultWorld, resealed, type VaultWorld } from './testing.ts'
import { countSealed, listKeys, resealAll } from './vault.ts'

const now = { patienceMs: 0, withoutCopy: true }

describe.each(emptyDatabases)('sealing anew on %s', (_kind, empty) => {
  it('knows every column that the database has for bytes', async () => {
    await using world = await openVaultWorld(await empty())
    const tables = await world.database.read.introspection.getTables()
    const found = tables.flatMap(({ name, columns }) =>
      columns.filter(({ dataType }) => /^(blob|bytea)$/i.test(dataType)).map((column) => `${name}.${column.name}`),
    )
    const known = sealedColumns.map(({ table, column }) => `${table}.${column}`)
    expect([...new Set(found)].sort()).toEqual(known.sort())
  })

  it('takes every kind of value to the new key, in every column, over several pages', async () => {
    await using world = await openVaultWorld(await empty())
    const { database, vault } = world
    const old = vault.fingerprint
    const put: string[] = []
    for (const table of tables) put.push(...(await fill(world, table, table === 'list_blocks' ? 19 : 205)))
    await vault.rotate(now)
    expect(await left(world)).toBe(put.length)
    expect(await resealed(world)).toEqual({ resealed: put.length, broken: 0 })
    expect(await left(world)).toBe(0)
    expect((await listKeys(database.read)).find(({ fingerprint }) => fingerprint === old)?.state).toBe('empty')
    const named = await database.read.selectFrom('list_blocks').select('sealed_under').distinct().execute()
    expect(named).toEqual([{ sealed_under: vault.fingerprint }])
    const opened: string[] = []
    for (const at of sealedColumns)
      for await (const page of sealedRows(database.read, at))
        for (const { name, context } of page) {
          const sealed = (await readSealed(database.read, at, name)) ?? Buffer.alloc(0)
          if (at.table !== 'vault_digests') opened.push(vault.unseal(context, sealed).toString())
        }
    expect(opened.sort()).toEqual(put.sort())
  }, 120_000)

  it('opens values of before there were several keys, and leaves what opens with none for a person', async () => {
    await using world = await openVaultWorld(await empty())
    const { vault, database } = world
    await fill(world, 'appeal_words', 2)
    const [first] = await database.read.selectFrom('appeal_words').selectAll().orderBy('id').execute()
    // Version 1 is the same but for the key's name; and it opens in its own row only.
    const unnamed = Buffer.concat([Buffer.of(1), first?.words_sealed.subarray(9) ?? Buffer.alloc(0)])
    await database.read.updateTable('appeal_words').set({ words_sealed: unnamed }).execute()
    await vault.rotate(now)
    expect(await resealed(world)).toEqual({ resealed: 1, broken: 1 })
    expect(await left(world)).toBe(1)
    expect((await listKeys(database.read)).map(({ state }) => state).sort()).toEqual(['former', 'in_use'])
  })

  it('does not write over what somebody else wrote at the same moment', async () => {
    await using world = await openVaultWorld(await empty())
    const { vault, database } = world
    const slow = await world.reopen()
    await fill(world, 'appeal_words', 1)
    const { id } = await database.read.selectFrom('appeal_words').select('id').executeTakeFirstOrThrow()
    const context = `appeals.words_sealed:${id}`
    await vault.rotate(now)
    let written: Promise<unknown> | undefined
    const unseal: typeof vault.unseal = (place, sealed) => {
      if (place === context)
        written ??= database.transact((tx) =>
          tx
            .updateTable('appeal_words')
            .set({ words_sealed: slow.seal(context, 'second') })
            .execute(),
        )
      return vault.unseal(place, sealed)
    }
    const { seal, fingerprint } = vault
    const signal = new AbortController().signal
    // By the time the page is written, the other's words are.
    const transact: typeof database.transact = async (work) => {
      await written
      return database.transact(work)
    }
    const late = { ...database, transact }
    await resealAll({ database: late, vault: { seal, unseal, fingerprint }, signal, hold: async () => {} })
    const { words_sealed } = await database.read
      .selectFrom('appeal_words')
      .select('words_sealed')
      .executeTakeFirstOrThrow()
    expect(vault.unseal(context, words_sealed).toString()).toBe('second')
    await resealed(world)
    expect(await left(world)).toBe(0)
  })

  it('may be broken off after any page, and begun again', async () => {
    await using world = await openVaultWorld(await empty())
    const { vault, database } = world
    await fill(world, 'list_blocks', 40)
    await vault.rotate(now)
    const lefts: number[] = []
    for (let pages = 1; pages < 8; pages += 1) {
      let turn = 0
      const stop = new AbortController()
      const hold = async () => {
        turn += 1
        if (turn > pages) stop.abort()
      }
      await resealAll({ database, vault, signal: stop.signal, hold })
      lefts.push(await left(world))
    }
    expect(lefts).toEqual(lefts.toSorted((one, other) => other - one))
    expect(lefts.at(-1)).toBe(0)
    // While it ran, what was left was written down with each page.
    expect((await listKeys(database.read)).find(({ state }) => state === 'in_use')?.leftUnder).toBe(0)
  })
})

const tables = [...new Set(sealedColumns.map(({ table }) => table))].filter((table) => table !== 'vault_digests')

/** Rows that nobody but the seals has to make sense of; answers with what is sealed in them. */
async function fill({ database, vault }: VaultWorld, table: string, count: number): Promise<string[]> {
  // No row here has the others that it belongs to.
  if (database.kind === 'sqlite') await sql`pragma foreign_keys = off`.execute(database.read)
  else await sql`alter table ${sql.table(table)} disable trigger all`.execute(database.read)
  const columns = (await database.read.introspection.getTables()).find(({ name }) => name === table)?.columns ?? []
  const put: string[] = []
  for (let number = 0; number < count; number += 1) {
    const row: Record<string, unknown> = Object.fromEntries(
      columns.map(({ name, dataType }) => [name, /text/i.test(dataType) ? `${name}-${number}` : number]),
    )
    for (const at of sealedColumns.filter((one) => one.table === table)) {
      const words = `${at.table}.${at.column} ${number}`
      row[at.column] = vault.seal(
        `${at.sealedAs ?? `${at.table}.${at.column}`}:${at.place.map((one) => row[one]).join('/')}`,
        words,
      )
      put.push(words)
    }
    const names = Object.keys(row)
    await sql`insert into ${sql.table(table)} (${sql.join(names.map((name) => sql.ref(name)))})
      values (${sql.join(names.map((name) => row[name]))})`.execute(database.read)
  }
  return put
}

async function left({ database, vault }: VaultWorld): Promise<number> {
  const counts = await countSealed(database.read)
  return counts
    .flatMap(({ under }) => [...under])
    .reduce((sum, [key, count]) => sum + (key === vault.fingerprint ? 0 : count), 0)
}
