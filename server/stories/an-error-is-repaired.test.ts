import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { readCase } from '#cases'
import { approveRepair, beginRepair, confirmCase, markRestored } from '#flow'
import { showRepair } from '#repairs'
import { drawn, kinds, World } from './world.ts'

const account = (id: string) => ({ id, email: `${id}@users.example`, emailVerified: true })

async function people(world: World) {
  const { clock } = world
  const add = async (name: string) => {
    const person = { name, email: `${name}@x.example`, roles: ['reviewer'] as const }
    return (await world.database.transact((tx) => addPerson(tx, clock, person))).id
  }
  return { ada: await add('ada'), bea: await add('bea'), cy: await add('cy'), dot: await add('dot') }
}

const states = async ({ database }: World) =>
  (await database.read.selectFrom('cases').select('state').orderBy('number').execute()).map(({ state }) => state)

const repairOf = (world: World, number = 1) => showRepair(world.database.read, world.wardline.ground.vault, number)

describe.each(kinds)('on %s, an entry that a hearing found to be wrong', (database) => {
  it('meets nothing any more, and whoever it alone accused is given back in every state', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 600 } } })
    const { ada, bea, cy, dot } = await people(world)
    await world.list([drawPicture(1)])
    await world.list([drawPicture(2)], { id: 'other' })
    const { river } = world.wardline
    for (const id of ['u1', 'u2']) await world.upload(await drawn(1), { account: account(id) })
    await world.upload(await drawn(1), { account: account('u3') })
    await world.upload(await drawn(2), { account: account('u3') })
    await world.pass(700_000)
    await world.until('all are reported', async () => (await states(world)).every((one) => one === 'reported'))
    await world.upload(await drawn(1), { account: account('u4') })
    expect(await states(world)).toEqual(['reported', 'reported', 'reported', 'settling'])

    const { files } = await readCase(world.database.read, river.vault, 1)
    const caseId = (await readCase(world.database.read, river.vault, 1)).id
    await world.database.transact((tx) =>
      beginRepair(river, tx, {
        appealId: null,
        caseId,
        outcome: 'entry',
        by: `person:${ada}`,
        reason: 'a beach',
        grounds: [{ fileId: files[0]?.id ?? '', index: 0 }],
      }),
    )
    await world.until('gathered', async () => (await repairOf(world)).state === 'gathered')
    expect(await repairOf(world)).toMatchObject({ toRepair: 3, toReview: 1, pictures: [{ picture: 1 }] })
    // A running server sees it within a second.
    await river.guards.refresh()
    expect((await world.upload(await drawn(1), { account: account('u5') })).body.verdict).toBe('clear')
    // Nothing is filed while two people have not approved.
    await world.pass(700_000)
    expect((await states(world))[3]).toBe('set_aside')

    expect(await approveRepair(river, { ref: 1, by: bea, reason: 'yes' })).toBe('first')
    await expect(approveRepair(river, { ref: 1, by: bea, reason: 'yes' })).rejects.toMatchObject({
      code: 'same_person',
    })
    expect(await approveRepair(river, { ref: 1, by: cy, reason: 'yes' })).toBe('approved')
    await world.until('closed', async () => (await repairOf(world)).state === 'restoring')
    expect(await states(world)).toEqual(['repaired', 'repaired', 'reviewed_again', 'dismissed'])
    for (const caseNumber of [1, 2, 4]) await markRestored(river, { ref: 1, caseNumber, by: `person:${dot}` })
    expect(await repairOf(world)).toMatchObject({ state: 'done', letter: { reports: 2, sentAt: null } })
    expect(confirmCase).toBeDefined()
  })
})
