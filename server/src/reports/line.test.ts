import type { FaultFacts } from '@wardline/cybertip'
import { describe, expect, it } from 'vitest'
import { readTrail } from '#audit'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, type VaultWorld } from '../vault/testing.ts'
import { hastenLine, noteOnLine, passLine, readLine } from './line.ts'
import { reportSettings } from './settings.ts'

const minute = 60_000
const given = { username: 'u', password: 'p', reporter: { email: 'a@b.example' } }
const own = reportSettings('sandbox', given)
const other = reportSettings('sandbox', { ...given, password: 'another' })

const refused: FaultFacts = { kind: 'fault', code: 'credentials', retry: 'ask_a_person', outcome: 'refused' }
const busy = (retryAfterMs?: number): FaultFacts => ({
  kind: 'fault',
  code: 'too_busy',
  retry: 'later',
  outcome: 'refused',
  ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
})
const fine = { kind: 'ok' } as const

const note = (world: VaultWorld, outcome: FaultFacts | typeof fine, settings = own) =>
  world.database.transact((tx) => noteOnLine(tx, world.clock, world.vault, { settings, outcome }))
const pass = (world: VaultWorld, settings = own) =>
  world.database.transact((tx) => passLine(tx, world.clock, world.vault, settings))
const later = (world: VaultWorld, ms: number) => world.clock.set(world.clock.now() + ms)

describe.each(emptyDatabases)('the line to the CyberTipline on %s', (_kind, empty) => {
  it('is stopped for all by one refusal of credentials, which is news once', async () => {
    await using world = await openVaultWorld(await empty())
    expect(await pass(world)).toEqual({ kind: 'pass' })
    expect(await note(world, refused)).toBe('stopped')
    const { sinceMs } = await readLine(world.database.read)
    later(world, minute)
    for (let i = 0; i < 5; i += 1) expect(await note(world, refused)).toBeUndefined()
    expect(await pass(world)).toMatchObject({ kind: 'closed', standing: 'stopped' })
    expect(await readLine(world.database.read)).toMatchObject({ standing: 'stopped', because: 'credentials', sinceMs })
    const stops = (await readTrail(world.database.read, { limit: 100 })).filter(({ act }) => act === 'stop_filing')
    expect(stops).toHaveLength(1)
  })

  it('is looked at by one at a time while it is stopped, and opens when a call goes well', async () => {
    await using world = await openVaultWorld(await empty())
    await note(world, refused)
    later(world, 15 * minute)
    const gates = await Promise.all([pass(world), pass(world), pass(world)])
    expect(gates.map(({ kind }) => kind).sort()).toEqual(['closed', 'closed', 'probe'])
    expect(await note(world, refused)).toBeUndefined()
    later(world, 15 * minute)
    expect(await pass(world)).toEqual({ kind: 'probe' })
    expect(await note(world, fine)).toBe('opened')
    expect(await pass(world)).toEqual({ kind: 'pass' })
  })

  it('opens at once for other credentials, and for a person who says that it is mended', async () => {
    await using world = await openVaultWorld(await empty())
    await note(world, refused)
    expect(await pass(world)).toMatchObject({ kind: 'closed' })
    expect(await pass(world, other)).toEqual({ kind: 'pass' })
    expect(await readLine(world.database.read)).toMatchObject({ standing: 'open' })
    expect(await note(world, refused, other)).toBe('stopped')
    expect(await world.database.transact((tx) => hastenLine(tx, world.clock, 'person:p'))).toBe(true)
    expect(await pass(world, other)).toEqual({ kind: 'probe' })
  })

  it('is not opened by a server that is merely busy, nor by what says nothing of it', async () => {
    await using world = await openVaultWorld(await empty())
    await note(world, refused)
    await note(world, busy(5_000))
    await note(world, { ...refused, code: 'timed_out', retry: 'later', outcome: 'unknown' })
    expect(await readLine(world.database.read)).toMatchObject({ standing: 'stopped' })
  })

  it('waits for all as long as Retry-After asks of one, whatever another one under way is told', async () => {
    await using world = await openVaultWorld(await empty())
    expect(await note(world, busy(90_000))).toBeUndefined()
    expect(await note(world, busy(10_000))).toBeUndefined()
    expect(await note(world, fine)).toBeUndefined()
    expect(await pass(world)).toMatchObject({
      kind: 'closed',
      standing: 'waiting',
      untilMs: world.clock.now() + 90_000,
    })
    later(world, 90_000)
    expect(await pass(world)).toEqual({ kind: 'pass' })
    expect(await note(world, fine)).toBeUndefined()
    expect(await readLine(world.database.read)).toMatchObject({ standing: 'open' })
  })

  it('waits longer each time in a row, up to five minutes, and never for longer than a day', async () => {
    await using world = await openVaultWorld(await empty())
    const waits: number[] = []
    for (let i = 0; i < 10; i += 1) {
      await note(world, busy())
      const { untilMs } = await readLine(world.database.read)
      waits.push((untilMs - world.clock.now()) / 1000)
      world.clock.set(untilMs)
    }
    expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 300, 300])
    await note(world, busy(7 * 24 * 60 * minute))
    expect((await readLine(world.database.read)).untilMs - world.clock.now()).toBe(24 * 60 * minute)
  })

  it('keeps no password, only that it is the same one', async () => {
    await using world = await openVaultWorld(await empty())
    await note(world, refused)
    const row = await world.database.read.selectFrom('filing_line').selectAll().executeTakeFirstOrThrow()
    expect(row.refused_keyed).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(row)).not.toContain('"p"')
  })
})
