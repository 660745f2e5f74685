// Two people object to one wrong entry. One is heard; the repair that follows answers the other, and nobody has to hear it again.
import { describe, expect, it } from 'vitest'
import { appealStory, recordAppeal } from '#appeals'
import { decideOnAppeal } from '#flow'
import { account, approve, openRepairing, states, untilRepair } from './repairing.ts'
import { drawn, kinds } from './world.ts'

describe.each(kinds)('on %s, an appeal about a case that a repair undoes', (database) => {
  it('is overturned by it: its hearer need not decide, and no letter says that anybody has read the words', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot } = all
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
    const story = (number: number) => appealStory(db.read, vault, number)
    await world.until(
      'hearers',
      async () => (await story(1)).assignedTo !== null && (await story(2)).assignedTo !== null,
    )

    const { assignedTo, files } = await story(1)
    const by = `person:${assignedTo}` as const
    const grounds = [{ fileId: files[0]?.id ?? '', index: 0 }]
    const verdict = { ref: 1, round: 1, outcome: 'overturned_entry', reason: 'a beach', grounds } as const
    await decideOnAppeal(river, { ...verdict, by })
    await untilRepair(world, 1, 'gathered')
    await approve(world, 1, ...[ada, bea, cy, dot].filter((id) => id !== assignedTo).slice(0, 2))
    await world.until('the repair', async () => (await states(world)).every((state) => state === 'repaired'))

    expect(await story(1)).toMatchObject({ state: 'overturned_entry', repairId: null })
    expect(await story(2)).toMatchObject({
      state: 'overturned_entry',
      repairId: expect.stringMatching(/^repair_/),
      assignedTo: null,
      waits: null,
      hearings: [{ ending: 'settled', outcome: null }],
    })
    const letters = () => db.read.selectFrom('notices').selectAll().where('kind', '!=', 'reported').execute()
    await world.until('what follows', async () => {
      const sent = (await letters()).filter(({ state }) => state === 'sent')
      return sent.length === 3
    })
    const heard = (await story(1)).caseId
    const of = async (isHeard: boolean) =>
      (await letters()).flatMap(({ kind, case_id }) => ((case_id === heard) === isHeard ? [kind] : [])).sort()
    expect(await of(true)).toEqual(['appeal_overturned', 'restored'])
    expect(await of(false)).toEqual(['restored'])
    const decided = db.read.selectFrom('platform_events').select('id').where('type', '=', 'appeal.decided')
    expect(await decided.execute()).toHaveLength(2)
  })
})
