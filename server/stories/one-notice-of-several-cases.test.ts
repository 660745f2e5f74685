// One report, two cases of one account, one notice: what is said to it is heard about both, and both are undone.
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { type AppealStory, appealStory, recordAppeal } from '#appeals'
import { decideOnAppeal, letStand, repairAfterLook } from '#flow'
import { account, approve, caseOf, openRepairing, repairOf, states, untilRepair } from './repairing.ts'
import { drawn, kinds, type World } from './world.ts'

const story = ({ wardline: { ground } }: World): Promise<AppealStory> =>
  appealStory(ground.database.read, ground.vault, 1)

/** Ann is told once of two cases, and objects. Whoever sits over it. */
async function objected(world: World): Promise<string> {
  const { river, ground } = world.wardline
  const { database: db, vault, clock } = ground
  for (const drawing of [1, 2]) {
    await world.upload(await drawn(drawing), { account: account('ann') })
    await world.pass(601_000)
    await world.until('she is told', () => world.mailbox.messages().length === drawing)
  }
  // As a batch leaves them: in one report, of which she was told once.
  const { id: noticeId, report_id } = await db.read
    .selectFrom('notices')
    .select(['id', 'report_id'])
    .orderBy('id')
    .executeTakeFirstOrThrow()
  const together = { report_id: report_id ?? '' }
  await db.read.updateTable('report_cases').set(together).execute()

  const said = { noticeId, words: 'No.', door: 'api', settings: river.hearings } as const
  await db.transact((tx) => recordAppeal(tx, clock, vault, said))
  river.wake()
  await world.until('a hearer', async () => (await story(world)).assignedTo !== null)
  return (await story(world)).assignedTo ?? ''
}

describe.each(kinds)('on %s, the appeal to a notice that speaks for two cases', (database) => {
  it('shows both, and what is overturned begins a repair of each', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot } = all
    const { river } = world.wardline
    const hearer = await objected(world)
    expect((await story(world)).cases.map(({ number, state }) => [number, state])).toEqual([
      [1, 'reported'],
      [2, 'reported'],
    ])
    const by = `person:${hearer}` as const
    await decideOnAppeal(river, { ref: 1, round: 1, outcome: 'overturned_context', reason: 'art', by })
    const two = [ada, bea, cy, dot].filter((id) => id !== hearer).slice(0, 2)
    for (const number of [1, 2]) {
      await untilRepair(world, number, 'gathered')
      await approve(world, number, ...two)
    }
    await world.until('both are undone', async () => (await states(world)).every((state) => state === 'repaired'))
    expect(await story(world)).toMatchObject({ state: 'overturned_context', decidedAt: expect.any(Number) })
  })

  it('is not answered that it stays, when one of them was undone and the other stands', async () => {
    await using all = await openRepairing(database)
    const { world } = all
    const { river } = world.wardline
    const { two, look } = await bothLookedAt(all)
    await letStand(river, look(1))
    expect(await letters(world), 'of the other nobody has said').toEqual(['appeal_overturned'])
    const { number } = await repairOf(world, (await repairAfterLook(river, look(2))).repairId)
    await untilRepair(world, number, 'gathered')
    await approve(world, number, ...two)
    await untilRepair(world, number, 'done')
    expect(await states(world)).toEqual(['reported', 'repaired'])
    expect(await letters(world)).toEqual(['appeal_overturned', 'restored'])
  })

  it('is answered that it stays once, when both stand', async () => {
    await using all = await openRepairing(database)
    const { world } = all
    const { look } = await bothLookedAt(all)
    for (const number of [1, 2]) await letStand(world.wardline.river, look(number))
    expect(await states(world)).toEqual(['reported', 'reported'])
    expect(await letters(world)).toEqual(['appeal_overturned', 'appeal_upheld'])
  })
})

/** Each rests on another entry as well: the hearing says that one of each is wrong, two approve, and a person is to look at both. */
async function bothLookedAt({ world, ada, bea, cy, dot, eve }: Awaited<ReturnType<typeof openRepairing>>) {
  await world.list([drawPicture(1)], { id: 'third' })
  await world.list([drawPicture(2)], { id: 'fourth' })
  const hearer = await objected(world)
  const ground = async (number: number) => ({ fileId: (await caseOf(world, number)).files[0]?.id ?? '', index: 0 })
  await decideOnAppeal(world.wardline.river, {
    ref: 1,
    round: 1,
    outcome: 'overturned_entry',
    reason: 'a beach',
    by: `person:${hearer}`,
    grounds: [await ground(1), await ground(2)],
  })
  const [one = '', two = '', looker = ''] = [ada, bea, cy, dot, eve].filter((id) => id !== hearer)
  for (const number of [1, 2]) {
    await untilRepair(world, number, 'gathered')
    await approve(world, number, one, two)
  }
  await world.until('both wait for a look', async () =>
    (await states(world)).every((state) => state === 'reviewed_again'),
  )
  return { two: [one, two], look: (ref: number) => ({ ref, by: `person:${looker}`, reason: 'I looked' }) as const }
}

/** What she was told after the first letter, in its order. */
async function letters({ database }: World): Promise<readonly string[]> {
  const rows = await database.read
    .selectFrom('notices')
    .select('kind')
    .where('kind', '!=', 'reported')
    .orderBy('id')
    .execute()
  return rows.map(({ kind }) => kind)
}
