// Somebody is right to object in the eyes of one person, and nothing comes of it: the repair is refused, or something else holds the case.
// They were told that another would check it, and they hear again.
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { type AppealStory, appealStory, recordAppeal, type Verdict } from '#appeals'
import { decideOnAppeal, letStand, refuseRepair, wrongGrounds } from '#flow'
import { repairsOfAppeal, repairsOfCase } from '#repairs'
import { explainReport, reportOfCase } from '#reports'
import { account, approve, hear, openRepairing, repairOf, states, untilRepair } from './repairing.ts'
import { drawn, kinds, type World } from './world.ts'

const story = (world: World): Promise<AppealStory> => appealStory(world.database.read, world.wardline.ground.vault, 1)

/** Ann is reported, told, and objects; somebody hears her. The one who sits over it. */
async function objected(world: World): Promise<string> {
  const { river, ground } = world.wardline
  await world.upload(await drawn(1), { account: account('ann') })
  await world.pass(601_000)
  await world.until('she is told', () => world.mailbox.messages().length === 1)
  const { id: noticeId } = await world.database.read.selectFrom('notices').select('id').executeTakeFirstOrThrow()
  const said = { noticeId, words: 'No.', door: 'api', settings: river.hearings } as const
  await world.database.transact((tx) => recordAppeal(tx, ground.clock, ground.vault, said))
  river.wake()
  return seated(world)
}

async function seated(world: World): Promise<string> {
  await world.until('a hearer', async () => (await story(world)).assignedTo !== null)
  return (await story(world)).assignedTo ?? ''
}

const decide = (world: World, by: string, verdict: Pick<Verdict, 'outcome' | 'grounds'>) =>
  decideOnAppeal(world.wardline.river, { ref: 1, round: 1, by: `person:${by}`, reason: 'a beach', ...verdict })

/** What she was told after the first letter, in its order. */
async function letters(world: World) {
  const rows = await world.database.read.selectFrom('notices').selectAll().orderBy('id').execute()
  return rows.filter(({ kind }) => kind !== 'reported')
}

async function events(world: World, type: string) {
  const rows = await world.database.read.selectFrom('platform_events').select('type').where('type', '=', type).execute()
  return rows.length
}

describe.each(kinds)('on %s, an appeal that was overturned', (database) => {
  it('is heard anew when its repair is refused, by somebody with no part in either, and answered', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot } = all
    const { river, ground } = world.wardline
    const first = await objected(world)
    await decide(world, first, { outcome: 'overturned_context' })
    await untilRepair(world, 1, 'gathered')
    const [refuser = '', another = ''] = [ada, bea, cy, dot].filter((id) => id !== first)
    await world.pass(3_600_000)
    const { dueAt } = await story(world)
    const reason = 'nothing around it speaks for that'
    // What a hearing began takes two people to refuse.
    expect(await refuseRepair(river, { ref: 1, by: refuser, reason })).toBe('first')
    expect(await story(world)).toMatchObject({ state: 'overturned_context' })
    expect(await refuseRepair(river, { ref: 1, by: another, reason })).toBe('refused')

    const second = await seated(world)
    expect([first, refuser, another]).not.toContain(second)
    // Whoever hears it now reads why.
    const { refusedRepairs } = await repairsOfAppeal(world.database.read, ground.vault, await story(world))
    expect(refusedRepairs).toEqual([
      {
        number: 1,
        refusals: [refuser, another].map((by) => ({ by: `person:${by}`, at: expect.any(Number), reason })),
      },
    ])
    expect(await story(world)).toMatchObject({ state: 'assigned', decidedAt: null })
    expect((await story(world)).dueAt).toBeGreaterThan(dueAt)
    await expect(decide(world, first, { outcome: 'upheld' })).rejects.toMatchObject({ code: 'decided_before' })
    for (const one of [refuser, another])
      await expect(decide(world, one, { outcome: 'upheld' })).rejects.toMatchObject({ code: 'decided_before' })
    await decide(world, second, { outcome: 'upheld' })
    await world.until('both letters', async () => (await letters(world)).every(({ state }) => state === 'sent'))
    expect((await letters(world)).map(({ kind }) => kind)).toEqual(['appeal_overturned', 'appeal_upheld'])
    expect([await events(world, 'appeal.opened'), await events(world, 'appeal.decided')]).toEqual([2, 2])
    const trail = world.database.read.selectFrom('audit_events').select('act').where('act', 'like', '%_appeal')
    expect((await trail.orderBy('id').execute()).map(({ act }) => act)).toEqual([
      ...['open_appeal', 'assign_appeal', 'decide_appeal'],
      ...['reopen_appeal', 'assign_appeal', 'decide_appeal'],
    ])
    const opened = world.database.read.selectFrom('operator_alerts').select('id').where('type', '=', 'appeal.opened')
    expect(await opened.execute()).toHaveLength(2)
  })

  it('leaves nobody untold when its repair is refused and it is upheld after all, also who did not object', async () => {
    await using all = await openRepairing(database, {}, { delayHours: 24, addressees: 'both' })
    const { world, ada, bea, cy, dot } = all
    const { river, ground } = world.wardline
    const organisation = { id: 'acme', contactEmail: 'trust@acme.example' }
    await world.upload(await drawn(1), { account: { ...account('ann'), organisation } })
    await world.pass(601_000)
    const notices = async () =>
      (await world.database.read.selectFrom('notices').selectAll().orderBy('id').execute()).filter(
        ({ kind }) => kind === 'reported',
      )
    await world.until('both are planned', async () => (await notices()).length === 2)
    const noticeId = (await notices()).find(({ addressee }) => addressee === 'organisation')?.id ?? ''
    const said = { noticeId, words: 'No.', door: 'api', settings: river.hearings } as const
    await world.database.transact((tx) => recordAppeal(tx, ground.clock, ground.vault, said))
    river.wake()
    const first = await seated(world)
    await decide(world, first, { outcome: 'overturned_context' })
    await untilRepair(world, 1, 'gathered')
    await world.pass(25 * 3_600_000)
    expect((await notices()).map(({ state }) => state)).toEqual(['waiting', 'waiting'])

    const [refuser = '', another = ''] = [ada, bea, cy, dot].filter((id) => id !== first)
    for (const by of [refuser, another]) await refuseRepair(river, { ref: 1, by, reason: 'nothing speaks for that' })
    await decide(world, await seated(world), { outcome: 'upheld' })
    await world.pass(3_600_000)
    await world.until('both are told', async () => (await notices()).every(({ state }) => state === 'sent'))
    expect((await letters(world)).map(({ kind, addressee }) => [kind, addressee])).toEqual([
      ['appeal_overturned', 'organisation'],
      ['appeal_upheld', 'organisation'],
    ])
  })

  it('is heard anew by neither of the two who refused, also where something else holds the case that was heard', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot, eve } = all
    const { river } = world.wardline
    await world.list([drawPicture(1)], { id: 'third' })
    const first = await objected(world)
    const fileId = (await story(world)).files[0]?.id ?? ''
    await decide(world, first, { outcome: 'overturned_entry', grounds: [{ fileId, index: 0 }] })
    await untilRepair(world, 1, 'gathered')
    expect(await repairOf(world)).toMatchObject({ toRepair: 0, toReview: 1 })
    const [refuser = '', another = '', ...others] = [ada, bea, cy, dot, eve].filter((id) => id !== first)
    for (const by of [refuser, another]) await refuseRepair(river, { ref: 1, by, reason: 'the entry is right' })
    expect(others).toContain(await seated(world))
    for (const one of [first, refuser, another])
      await expect(decide(world, one, { outcome: 'upheld' })).rejects.toMatchObject({ code: 'decided_before' })
  })

  it('is answered once more when a person lets its case stand for another ground', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot, eve } = all
    const { river } = world.wardline
    for (const id of ['third', 'fourth']) await world.list([drawPicture(1)], { id })
    const first = await objected(world)
    const fileId = (await story(world)).files[0]?.id ?? ''
    await decide(world, first, { outcome: 'overturned_entry', grounds: [{ fileId, index: 0 }] })
    await untilRepair(world, 1, 'gathered')
    const [one = '', two = '', looker = '', another = ''] = [ada, bea, cy, dot, eve].filter((id) => id !== first)
    await approve(world, 1, one, two)
    await world.until('a look', async () => (await states(world))[0] === 'reviewed_again')
    // Whoever looks is told where: the repair names the case, the case the repair and the ground, the report the case.
    const { caseId } = await story(world)
    const { read } = world.database
    expect(await repairOf(world)).toMatchObject({ toLookAt: [1] })
    expect(await wrongGrounds(river, read, caseId)).toEqual([{ fileId, index: 0, repair: 1 }])
    expect(await repairsOfCase(read, caseId)).toMatchObject([{ number: 1, does: 'review', stands: 'in_review' }])
    const reportId = (await reportOfCase(read, caseId))?.id ?? ''
    const { next } = await explainReport(read, world.wardline.ground.vault, { reportId, lateMs: 1 })
    expect(next[0]).toMatchObject({ command: 'wardline cases show 1' })
    expect((await letters(world)).map(({ kind }) => kind)).toEqual(['appeal_overturned'])

    await letStand(river, { ref: 1, by: `person:${looker}`, reason: 'the other entry is right' })
    expect(await repairOf(world)).toMatchObject({ toLookAt: [] })
    await world.until('both letters', async () => {
      const sent = (await letters(world)).filter(({ state }) => state === 'sent')
      return sent.length === 2
    })
    expect((await letters(world)).map(({ kind, about }) => [kind, about.replace(/_.*/, '')])).toEqual([
      ['appeal_overturned', 'appeal'],
      ['appeal_upheld', 'repair'],
    ])
    expect(await events(world, 'appeal.decided')).toBe(2)
    // Whoever answers that letter means the appeal, and opens no second one.
    const [, last] = await letters(world)
    const said = { noticeId: last?.id ?? '', words: 'And yet.', door: 'api', settings: river.hearings } as const
    const { ground } = world.wardline
    const again = await world.database.transact((tx) => recordAppeal(tx, ground.clock, ground.vault, said))
    expect(again).toMatchObject({ appealId: (await story(world)).id, isNew: false })

    // Long after, a repair that she did not ask for has it looked at again. It stands again, and she is not told so again.
    await world.pass(3_600_000)
    const later = await hear(world, 'entry', another, { index: 1 })
    await approve(world, later, one, two)
    await world.until('another look', async () => (await states(world))[0] === 'reviewed_again')
    await letStand(river, { ref: 1, by: `person:${one}`, reason: 'the last entry is right' })
    expect(await states(world)).toEqual(['reported'])
    expect((await letters(world)).map(({ kind }) => kind)).toEqual(['appeal_overturned', 'appeal_upheld'])
    expect(await events(world, 'appeal.decided')).toBe(2)
  })
})
