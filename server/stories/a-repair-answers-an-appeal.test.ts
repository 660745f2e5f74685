// Two people object to one wrong entry. One is heard; the repair that follows answers the other, and nobody has to hear it again: unless
// somebody has heard it by then, and said that it stays.
import { describe, expect, it } from 'vitest'
import { type AppealStory, appealStory, recordAppeal, type Verdict } from '#appeals'
import { decideOnAppeal } from '#flow'
import { repairsOfAppeal } from '#repairs'
import { account, approve, openRepairing, repairOf, states, untilRepair } from './repairing.ts'
import { drawn, kinds, type World } from './world.ts'

const story = ({ wardline: { ground } }: World, number: number): Promise<AppealStory> =>
  appealStory(ground.database.read, ground.vault, number)

/** Ann and Bob are reported, told, and object; chance has seated somebody over each appeal. */
async function bothObjected(world: World): Promise<void> {
  const { river, ground } = world.wardline
  const { database: db, vault, clock } = ground
  for (const id of ['ann', 'bob']) await world.upload(await drawn(1), { account: account(id) })
  await world.pass(601_000)
  await world.until('both are told', () => world.mailbox.messages().length === 2)
  const notices = await db.read.selectFrom('notices').select('id').orderBy('id').execute()
  for (const { id: noticeId } of notices)
    await db.transact((tx) =>
      recordAppeal(tx, clock, vault, { noticeId, words: 'No.', door: 'api', settings: river.hearings }),
    )
  river.wake()
  const isSeated = async (number: number) => (await story(world, number)).assignedTo !== null
  await world.until('hearers', async () => (await isSeated(1)) && (await isSeated(2)))
}

/** By whoever sits over it; answers who that is. */
async function decide(world: World, ref: number, verdict: Pick<Verdict, 'outcome'>): Promise<string> {
  const { assignedTo, files } = await story(world, ref)
  const grounds = verdict.outcome === 'upheld' ? {} : { grounds: [{ fileId: files[0]?.id ?? '', index: 0 }] }
  const by = `person:${assignedTo}` as const
  await decideOnAppeal(world.wardline.river, { ref, round: 1, by, reason: 'a beach', ...verdict, ...grounds })
  return assignedTo ?? ''
}

/** Of the letters after the first, those about an appeal's case. */
async function lettersTo(world: World, number: number) {
  const { caseId } = await story(world, number)
  const rows = await world.database.read.selectFrom('notices').selectAll().where('kind', '!=', 'reported').execute()
  return rows.filter(({ case_id }) => case_id === caseId)
}
const kindsOf = (letters: readonly { readonly kind: string }[]) => letters.map(({ kind }) => kind).sort()

describe.each(kinds)('on %s, an appeal about a case that a repair undoes', (database) => {
  it('is overturned by it: its hearer need not decide, and no letter says that anybody has read the words', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot } = all
    const db = world.database.read
    await bothObjected(world)
    const hearer = await decide(world, 1, { outcome: 'overturned_entry' })
    await untilRepair(world, 1, 'gathered')
    await approve(world, 1, ...[ada, bea, cy, dot].filter((id) => id !== hearer).slice(0, 2))
    await world.until('the repair', async () => (await states(world)).every((state) => state === 'repaired'))

    expect(await story(world, 1)).toMatchObject({
      state: 'overturned_entry',
      repairId: null,
    })
    expect(await story(world, 2)).toMatchObject({
      state: 'overturned_entry',
      repairId: expect.stringMatching(/^repair_/),
      assignedTo: null,
      waits: null,
      hearings: [{ ending: 'settled', outcome: null }],
    })
    const { vault } = world.wardline.ground
    expect(await repairsOfAppeal(db, vault, await story(world, 2))).toEqual({ repairNumber: 1, refusedRepairs: [] })
    await world.until('what follows', async () => {
      const all = [...(await lettersTo(world, 1)), ...(await lettersTo(world, 2))]
      return all.filter(({ state }) => state === 'sent').length === 3
    })
    expect(kindsOf(await lettersTo(world, 1))).toEqual(['appeal_overturned', 'restored'])
    expect(kindsOf(await lettersTo(world, 2))).toEqual(['restored'])
    const decided = db.selectFrom('platform_events').select('id').where('type', '=', 'appeal.decided')
    expect(await decided.execute()).toHaveLength(2)
  })

  it('and that was heard and upheld since it was begun, sends it to a person instead: nothing is undone unseen', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot, eve } = all
    await bothObjected(world)
    const one = await decide(world, 1, { outcome: 'overturned_entry' })
    await untilRepair(world, 1, 'gathered')
    expect(await repairOf(world)).toMatchObject({ toRepair: 2, toReview: 0 })
    await world.pass(60_000)
    const two = await decide(world, 2, { outcome: 'upheld' })
    await approve(world, 1, ...[ada, bea, cy, dot, eve].filter((id) => id !== one && id !== two).slice(0, 2))
    await untilRepair(world, 1, 'done')

    expect((await states(world)).sort()).toEqual(['repaired', 'reviewed_again'])
    const rows = (await repairOf(world)).pictures.flatMap(({ cases }) => cases)
    const { caseId } = await story(world, 2)
    expect(rows.find(({ case_id }) => case_id === caseId)).toMatchObject({
      does: 'review',
      why: 'decided_since',
      state: 'in_review',
    })
    expect((await story(world, 2)).state).toBe('upheld')
    await world.until('each is told', async () => {
      const all = [...(await lettersTo(world, 1)), ...(await lettersTo(world, 2))]
      return all.length === 3 && all.every(({ state }) => state === 'sent')
    })
    expect(kindsOf(await lettersTo(world, 1))).toEqual(['appeal_overturned', 'restored'])
    expect(kindsOf(await lettersTo(world, 2))).toEqual(['appeal_upheld'])
  })
})
