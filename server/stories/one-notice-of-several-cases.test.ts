// One report, two cases of one account, one notice: what is said to it is heard about both, and both are undone.
import { describe, expect, it } from 'vitest'
import { appealStory, recordAppeal } from '#appeals'
import { decideOnAppeal } from '#flow'
import { account, approve, openRepairing, states, untilRepair } from './repairing.ts'
import { drawn, kinds } from './world.ts'

describe.each(kinds)('on %s, the appeal to a notice that speaks for two cases', (database) => {
  it('shows both, and what is overturned begins a repair of each', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot } = all
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
    const story = () => appealStory(db.read, vault, 1)
    await world.until('a hearer', async () => (await story()).assignedTo !== null)
    const { assignedTo, cases } = await story()
    expect(cases.map(({ number, state }) => [number, state])).toEqual([
      [1, 'reported'],
      [2, 'reported'],
    ])
    const by = `person:${assignedTo}` as const
    await decideOnAppeal(river, { ref: 1, round: 1, outcome: 'overturned_context', reason: 'art', by })
    const two = [ada, bea, cy, dot].filter((id) => id !== assignedTo).slice(0, 2)
    for (const number of [1, 2]) {
      await untilRepair(world, number, 'gathered')
      await approve(world, number, ...two)
    }
    await world.until('both are undone', async () => (await states(world)).every((state) => state === 'repaired'))
    expect(await story()).toMatchObject({ state: 'overturned_context', decidedAt: expect.any(Number) })
  })
})
