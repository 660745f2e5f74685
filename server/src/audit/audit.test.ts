import { StillClock } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { type Database, type DatabaseSettings, migrate, openDatabase } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { openSequencer, readTrail, record, verifyTrail } from './audit.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

describe.each(emptyDatabases)('the audit trail on %s', (_kind, empty) => {
  it('chains every committed line once, in the order of their times', async () => {
    await using world = await open(await empty())
    await world.write(3)
    expect(await world.sequencer.sequence()).toBe(3)
    await world.write(2)
    expect(await world.sequencer.sequence()).toBe(2)
    expect(await world.sequencer.sequence()).toBe(0)
    const lines = await readTrail(world.database.read, { limit: 10 })
    expect(lines.map((line) => [line.subject, line.seq])).toEqual([
      ['thing_0', 1],
      ['thing_1', 2],
      ['thing_2', 3],
      ['thing_3', 4],
      ['thing_4', 5],
    ])
    expect(await verifyTrail(world.database.read)).toMatchObject({ ok: true, rows: 5, unchained: 0 })
  })

  it('chains more lines than one batch and verifies more than one page', async () => {
    await using world = await open(await empty())
    await world.write(1203)
    expect(await world.sequencer.sequence()).toBe(1203)
    expect(await verifyTrail(world.database.read)).toMatchObject({ ok: true, rows: 1203 })
  })

  it('says nothing of an act that was rolled back', async () => {
    await using world = await open(await empty())
    const failed = world.database.transact(async (tx) => {
      await record(tx, world.clock, { actor: 'wardline', act: 'open_case', subject: 'case_1' })
      throw new Error('stop')
    })
    await expect(failed).rejects.toThrow('stop')
    expect(await readTrail(world.database.read, { limit: 10 })).toEqual([])
  })

  it('is read by subject and in pages', async () => {
    await using world = await open(await empty())
    await world.write(4)
    const first = await readTrail(world.database.read, { limit: 3 })
    const rest = await readTrail(world.database.read, { limit: 3, after: first.at(-1)?.id })
    expect([...first, ...rest].map((line) => line.subject)).toEqual(['thing_0', 'thing_1', 'thing_2', 'thing_3'])
    const one = await readTrail(world.database.read, { limit: 3, subject: 'thing_2' })
    expect(one).toMatchObject([{ act: 'write_thing', detail: '{"count":2,"kind":"small"}' }])
  })

  it('counts lines that are not chained yet, and is sound without them', async () => {
    await using world = await open(await empty())
    await world.write(2)
    expect(await verifyTrail(world.database.read)).toEqual({ ok: true, rows: 0, head: '0'.repeat(64), unchained: 2 })
  })

  it.each([
    ['a line in the middle is deleted', { ok: false, rows: 2, seq: 3, words: 'there is a gap: line 3 is missing' }],
    ['a line is altered', { ok: false, rows: 1, seq: 2, words: 'line 2 was altered, or the line before it was' }],
    ['the tail is deleted', { ok: false, rows: 3, seq: 4, words: 'the tail was cut off: lines 4 to 5 are missing' }],
    ['everything is deleted', { ok: false, rows: 0, seq: 1, words: 'the tail was cut off: lines 1 to 5 are missing' }],
    ['the head is altered', { ok: false, rows: 5, seq: 5 }],
    ['the head is set back', { ok: false, rows: 5, seq: 5 }],
    ['the head is deleted', { ok: false, rows: 5, seq: 5, words: 'the head of the chain is missing' }],
    ['two lines change places', { ok: false, rows: 1, seq: 2 }],
  ] as const)('names the place when %s', async (what, verdict) => {
    await using world = await open(await empty())
    await world.write(5)
    await world.sequencer.sequence()
    await spoil[what](world.database)
    expect(await verifyTrail(world.database.read)).toMatchObject(verdict)
  })

  it('shows a chain that was rewritten from the start to whoever remembers its head', async () => {
    await using world = await open(await empty())
    await world.write(3)
    await world.sequencer.sequence()
    const before = await verifyTrail(world.database.read)
    if (!before.ok) throw new Error(before.words)
    await world.database.transact(async (tx) => {
      await tx.updateTable('audit_events').set({ actor: 'person:other', seq: null, hash: null }).execute()
      await tx.deleteFrom('audit_head').execute()
    })
    await world.sequencer.sequence()
    expect(await verifyTrail(world.database.read)).toMatchObject({ ok: true, rows: 3 })
    expect(await verifyTrail(world.database.read, before)).toMatchObject({ ok: false, seq: 3 })
  })

  it('stays one chain when two sequencers work at once while lines are written', async () => {
    const settings = await empty()
    await using one = await open(settings)
    await using other = openDatabase(settings)
    const second = openSequencer({ database: other, clock: one.clock, log: quiet })
    const writers = Array.from({ length: 12 }, () => one.write(10))
    const chained = await Promise.all([
      ...Array.from({ length: 4 }, () => one.sequencer.sequence()),
      ...Array.from({ length: 4 }, () => second.sequence()),
      ...writers.map((writing) => writing.then(() => second.sequence())),
    ])
    expect(chained.reduce((sum, count) => sum + count)).toBe(120)
    expect(await verifyTrail(other.read)).toMatchObject({ ok: true, rows: 120, unchained: 0 })
  })

  it('chains by itself when poked, and what is left when it stops', async () => {
    await using world = await open(await empty())
    world.sequencer.start()
    await world.write(1)
    world.sequencer.poke()
    await expect.poll(async () => (await verifyTrail(world.database.read)).rows).toBe(1)
    await world.write(1)
    await world.sequencer.stop()
    expect(await verifyTrail(world.database.read)).toMatchObject({ ok: true, rows: 2, unchained: 0 })
  })

  it.each([
    ['an MD5', { hash: 'd41d8cd98f00b204e9800998ecf8427e' }],
    ['a SHA-1 in capitals', { hash: 'DA39A3EE5E6B4B0D3255BFEF95601890AFD80709' }],
    ['a hash inside of words', { note: `match ${'ab'.repeat(32)}` }],
    ['an unkeyed digest with the right name and the wrong length', { fileKeyed: 'ab'.repeat(16) }],
    ['an address', { to: 'someone@example.org' }],
    ['a line break', { note: 'one\ntwo' }],
    ['an endless number', { count: Number.POSITIVE_INFINITY }],
  ])('refuses %s in a line, without repeating it', async (_what, detail) => {
    await using world = await open(await empty())
    const line = { actor: 'wardline', act: 'test', subject: 'thing_1', detail } as const
    const refused = await world.database.transact((tx) => record(tx, world.clock, line)).catch((error: Error) => error)
    expect(refused).toBeInstanceOf(Error)
    for (const value of Object.values(detail)) expect(String(refused)).not.toContain(String(value))
  })

  it('takes a keyed digest under a name that says so', async () => {
    await using world = await open(await empty())
    const detail = { accountKeyed: 'ab'.repeat(32), files: 2, duplicate: false, why: null }
    await world.database.transact((tx) =>
      record(tx, world.clock, { actor: 'key:key_1', act: 'a', subject: 's', detail }),
    )
    const [line] = await readTrail(world.database.read, { limit: 1 })
    expect(JSON.parse(line?.detail ?? '')).toEqual(detail)
  })
})

const spoil = {
  'a line in the middle is deleted': ({ read }) => read.deleteFrom('audit_events').where('seq', '=', 3).execute(),
  'a line is altered': ({ read }) =>
    read.updateTable('audit_events').set({ actor: 'person:other' }).where('seq', '=', 2).execute(),
  'the tail is deleted': ({ read }) => read.deleteFrom('audit_events').where('seq', '>', 3).execute(),
  'everything is deleted': ({ read }) => read.deleteFrom('audit_events').execute(),
  'the head is altered': ({ read }) =>
    read
      .updateTable('audit_head')
      .set({ hash: 'ab'.repeat(32) })
      .execute(),
  'the head is set back': ({ read }) => read.updateTable('audit_head').set({ seq: 4 }).execute(),
  'the head is deleted': ({ read }) => read.deleteFrom('audit_head').execute(),
  'two lines change places': async ({ read }) => {
    for (const [from, to] of [
      [2, 99],
      [3, 2],
      [99, 3],
    ] as const)
      await read.updateTable('audit_events').set({ seq: to }).where('seq', '=', from).execute()
  },
} satisfies Record<string, (database: Database) => Promise<unknown>>

async function open(settings: DatabaseSettings) {
  const database = openDatabase(settings)
  await migrate(database)
  const clock = new StillClock()
  const sequencer = openSequencer({ database, clock, log: quiet })
  let written = 0
  const write = (count: number) =>
    database.transact(async (tx) => {
      const from = written
      for (let i = from; i < from + count; i += 1) {
        clock.set(clock.now() + 1)
        const detail = { kind: 'small', count: i }
        await record(tx, clock, { actor: 'wardline', act: 'write_thing', subject: `thing_${i}`, detail })
      }
      written = from + count
    })
  return {
    database,
    clock,
    sequencer,
    write,
    [Symbol.asyncDispose]: async () => {
      await sequencer.stop()
      await database.close()
    },
  }
}
