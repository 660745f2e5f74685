import { StillClock } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { readTrail } from '#audit'
import { type DatabaseSettings, migrate, openDatabase } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import * as access from './access.ts'

const hourMs = 60 * 60 * 1000
const what = { act: 'destroy_evidence', subject: 'evidence_1' }

describe.each(emptyDatabases)('an approval on %s', (_kind, empty) => {
  it('is asked for by one person, given by another, used once, and each leaves a line', async () => {
    await using world = await open(await empty())
    const { id } = await world.ask()
    await world.decide(id, world.other)
    expect(await world.use()).toMatchObject({ id, state: 'used', requestedBy: world.one, decidedBy: world.other })
    await expect(world.use()).rejects.toMatchObject({ code: 'not_approved' })
    const lines = await readTrail(world.database.read, { subject: id, limit: 10 })
    expect(lines.map((line) => [line.actor, line.act])).toEqual([
      [`person:${world.one}`, 'request_approval'],
      [`person:${world.other}`, 'give_approval'],
      [`person:${world.one}`, 'use_approval'],
    ])
    expect(JSON.stringify(lines)).not.toContain('because')
    expect(await access.listApprovals(world.database.read)).toMatchObject([
      { state: 'used', reason: 'because it is old', decisionReason: 'because it is' },
    ])
    expect(await access.listApprovals(world.database.read, { state: 'open' })).toEqual([])
  })

  it('cannot be given by the person who asked', async () => {
    await using world = await open(await empty())
    const { id } = await world.ask()
    await expect(world.decide(id, world.one)).rejects.toMatchObject({ code: 'same_person' })
    await expect(world.use()).rejects.toMatchObject({ code: 'not_approved' })
  })

  it('is decided once', async () => {
    await using world = await open(await empty())
    const { id } = await world.ask()
    await world.decide(id, world.other, false)
    await expect(world.decide(id, world.other)).rejects.toMatchObject({ code: 'already_decided' })
    await expect(world.use()).rejects.toMatchObject({ code: 'not_approved' })
  })

  it('is worth nothing once it has expired, decided or not', async () => {
    await using world = await open(await empty())
    const decided = await world.ask()
    const late = await world.ask()
    await world.decide(decided.id, world.other)
    world.clock.set(world.clock.now() + hourMs)
    await expect(world.decide(late.id, world.other)).rejects.toMatchObject({ code: 'expired' })
    await expect(world.use()).rejects.toMatchObject({ code: 'not_approved' })
  })

  it('counts for its own act and subject only', async () => {
    await using world = await open(await empty())
    const { id } = await world.ask()
    await world.decide(id, world.other)
    await expect(world.use({ ...what, subject: 'evidence_2' })).rejects.toMatchObject({ code: 'not_approved' })
    await expect(world.use({ ...what, act: 'other_act' })).rejects.toMatchObject({ code: 'not_approved' })
    await world.use()
  })

  it('is not used up by an act that failed', async () => {
    await using world = await open(await empty())
    const { id } = await world.ask()
    await world.decide(id, world.other)
    const failing = world.database.transact(async (tx) => {
      await access.useApproval(tx, world.clock, what)
      throw new Error('stop')
    })
    await expect(failing).rejects.toThrow('stop')
    expect(await world.use()).toMatchObject({ id })
  })

  it('is used by one of many who try at the same moment', async () => {
    const settings = await empty()
    await using world = await open(settings)
    await using second = openDatabase(settings)
    const { id } = await world.ask()
    await world.decide(id, world.other)
    const tries = Array.from({ length: 10 }, (_, i) =>
      (i % 2 ? world.database : second).transact((tx) => access.useApproval(tx, world.clock, what)),
    )
    const ended = await Promise.allSettled(tries)
    expect(ended.filter((one) => one.status === 'fulfilled')).toHaveLength(1)
    for (const one of ended) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'not_approved' })
  })

  it('needs a reason on both sides, a day to come, and people who are there', async () => {
    await using world = await open(await empty())
    const { id } = await world.ask()
    const ask = (change: object) =>
      world.database.transact((tx) =>
        access.requestApproval(tx, world.clock, {
          ...what,
          by: world.one,
          reason: 'because it is old',
          expiresAt: world.clock.now() + hourMs,
          ...change,
        }),
      )
    await expect(ask({ reason: ' ' })).rejects.toMatchObject({ code: 'reason_missing' })
    await expect(ask({ expiresAt: world.clock.now() })).rejects.toMatchObject({ code: 'expired' })
    await expect(ask({ by: 'person_none' })).rejects.toMatchObject({ code: 'person_unknown' })
    await expect(world.decide('approval_none', world.other)).rejects.toMatchObject({ code: 'approval_unknown' })
    await expect(world.decide(id, world.other, true, '')).rejects.toMatchObject({ code: 'reason_missing' })
    await world.database.transact((tx) => access.disablePerson(tx, world.clock, world.other))
    await expect(world.decide(id, world.other)).rejects.toMatchObject({ code: 'person_disabled' })
  })
})

async function open(settings: DatabaseSettings) {
  const database = openDatabase(settings)
  await migrate(database)
  const clock = new StillClock()
  const person = async (name: string) => {
    const wanted = { name, email: `${name}@example.org`, roles: ['counsel'] } as const
    return (await database.transact((tx) => access.addPerson(tx, clock, wanted))).id
  }
  const one = await person('one')
  const other = await person('other')
  return {
    database,
    clock,
    one,
    other,
    ask: () => {
      const request = { ...what, by: one, reason: 'because it is old', expiresAt: clock.now() + hourMs }
      return database.transact((tx) => access.requestApproval(tx, clock, request))
    },
    decide: (id: string, by: string, approve = true, reason = 'because it is') =>
      database.transact((tx) => access.decideApproval(tx, clock, { id, by, approve, reason })),
    use: (wanted = what) => database.transact((tx) => access.useApproval(tx, clock, wanted)),
    [Symbol.asyncDispose]: () => database.close(),
  }
}
