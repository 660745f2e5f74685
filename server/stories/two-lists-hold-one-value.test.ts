import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import type { Actor } from '#audit'
import { readCase } from '#cases'
import { decideEntry, releaseEntry } from '#flow'
import { listSetAsides } from '#lists'
import { drawn, kinds, World } from './world.ts'

const hour = 3_600_000
const rules = { breaker: { accounts: 2, hours: 24 }, settleSeconds: 600 }

/** One picture that two lists know, sent by three strangers: both entries are set aside, and three cases rest on both. */
async function flooded(database: (typeof kinds)[number]) {
  const world = await World.open({ database, config: { rules } })
  const { ground, river } = world.wardline
  const person = { name: 'Ada', email: 'ada@x.example', roles: ['reviewer'] as const }
  const by: Actor = `person:${(await ground.database.transact((tx) => addPerson(tx, ground.clock, person))).id}`
  await world.list([drawPicture(1)], { id: 'one' })
  await world.list([drawPicture(1)], { id: 'other' })
  for (let account = 0; account < 3; account += 1) await world.upload(await drawn(1))
  const asides = () => listSetAsides(ground.database.read, ground.clock)
  const idOf = async (list: string) => (await asides()).find(({ listId }) => listId === list)?.id ?? ''
  const [one, other] = [await idOf('one'), await idOf('other')]
  const decide = async (id: string, says: 'confirm' | 'dismiss', falseMatch?: true) => {
    const told = await decideEntry(river, { id, by, reason: 'a beach', says, falseMatch })
    await world.until('the decision', async () => (await asides()).every(({ deciding }) => !deciding))
    return told
  }
  const cases = async () =>
    (await world.database.read.selectFrom('cases').select(['state', 'decided_by']).orderBy('number').execute()).map(
      ({ state, decided_by }) => (decided_by === null ? 'open' : state),
    )
  return Object.assign(world, { by, one, other, decide, cases, asides })
}

describe.each(kinds)('on %s, cases that rest on the entries of two lists', (database) => {
  it('are dismissed once a person has decided so about both, and the numbers say when', async () => {
    await using world = await flooded(database)
    const { one, other, decide, cases, asides } = world
    const due = new Map((await asides()).map(({ id, reviewDueAt }) => [id, reviewDueAt]))
    await world.pass(hour)
    expect(await decide(one, 'dismiss')).toEqual({
      taken: 0,
      left: 3,
      heldByAsides: [{ id: other, cases: 3 }],
      heldOtherwise: 0,
      refused: 0,
    })
    expect(await cases()).toEqual(['open', 'open', 'open'])
    for (const { id, reviewDueAt } of await asides()) expect(reviewDueAt).toBe(due.get(id))
    expect(await decide(other, 'dismiss')).toEqual({
      taken: 3,
      left: 0,
      heldByAsides: [],
      heldOtherwise: 0,
      refused: 0,
    })
    expect(await cases()).toEqual(['dismissed', 'dismissed', 'dismissed'])
    expect((await asides()).find(({ id }) => id === other)?.reviewDueAt).toBeGreaterThan(due.get(other) ?? 0)
    for (const id of [one, other]) await releaseEntry(world.wardline.river, { id, by: world.by, reason: 'over' })
    await world.pass(hour)
    expect(await cases()).toEqual(['dismissed', 'dismissed', 'dismissed'])
    expect(world.cybertipline.inspect().reports).toEqual([])
  })

  it('are confirmed once a person has decided so about both', async () => {
    await using world = await flooded(database)
    const { one, other, decide, cases } = world
    expect(await decide(other, 'confirm')).toMatchObject({ taken: 0, left: 3 })
    expect(await cases()).toEqual(['open', 'open', 'open'])
    expect(await decide(one, 'confirm')).toMatchObject({ taken: 3, left: 0 })
    expect(await cases()).not.toContain('open')
    expect(await cases()).not.toContain('dismissed')
  })

  it('stay with a person when the two decisions contradict, and the later of one entry’s is what counts', async () => {
    await using world = await flooded(database)
    const { one, other, decide, cases } = world
    await decide(one, 'confirm')
    expect(await decide(other, 'dismiss')).toMatchObject({ taken: 0, heldByAsides: [{ id: one, cases: 3 }] })
    expect(await cases()).toEqual(['open', 'open', 'open'])
    expect(await decide(one, 'dismiss')).toMatchObject({ taken: 3, left: 0 })
    expect(await cases()).toEqual(['dismissed', 'dismissed', 'dismissed'])
  })

  it('stay with a person when the other entry was decided about and released since', async () => {
    await using world = await flooded(database)
    const { one, other, by, decide, cases } = world
    await decide(one, 'dismiss')
    await releaseEntry(world.wardline.river, { id: one, by, reason: 'it is right after all' })
    expect(await decide(other, 'dismiss')).toMatchObject({ taken: 0, heldByAsides: [], heldOtherwise: 3 })
    expect(await cases()).toEqual(['open', 'open', 'open'])
  })

  it.each([
    [true, true, true],
    [undefined, true, undefined],
    [true, undefined, undefined],
  ] as const)('are false matches only if both decisions said so (%s, %s)', async (first, second, isFalse) => {
    await using world = await flooded(database)
    await world.decide(world.one, 'dismiss', first)
    await world.decide(world.other, 'dismiss', second)
    const { ground } = world.wardline
    const { decision } = await readCase(ground.database.read, ground.vault, 1)
    expect(decision?.falseMatch).toBe(isFalse)
  })
})
