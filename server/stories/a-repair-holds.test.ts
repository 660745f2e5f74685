// What a repair is about goes nowhere while it is not decided, and nobody settles it with their own earlier word.
import { describe, expect, it } from 'vitest'
import { appealStory, recordAppeal } from '#appeals'
import { moveCase } from '#cases'
import { approveRepair, batchCases, beginRepair, confirmCase, decideOnAppeal, laterCases, refuseRepair } from '#flow'
import {
  account,
  approve,
  caseOf,
  hear,
  likeTheFirst,
  openRepairing,
  repairOf,
  states,
  untilRepair,
} from './repairing.ts'
import { drawn, kinds, type World } from './world.ts'

const rowsOf = async (world: World, repair: number) =>
  (await repairOf(world, repair)).pictures.flatMap(({ cases }) => cases)

const doubt = async (world: World, ...numbers: readonly number[]) => {
  for (const number of numbers) {
    const { id } = await caseOf(world, number)
    await world.database.transact((tx) => moveCase(tx, world.clock, id, 'doubted'))
  }
}

describe.each(kinds)('on %s, while a repair waits', (database) => {
  it('one report of several cases, of which one is in doubt, is filed for none of them; each is then looked at by itself', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot, eve } = all
    const { river } = world.wardline
    await world.upload(await drawn(1), { account: account('u1') })
    await likeTheFirst(world, ['u2', 'u3'])
    await doubt(world, 1, 2, 3)
    const fileId = (await caseOf(world, 1)).files[0]?.id ?? ''
    world.cybertipline.faults.always('submit', { kind: 'unavailable' })
    const batch = { of: { fileId }, cases: [2, 3], viral: true, potentialMeme: false, reason: 'viral' } as const
    const { reportId } = await batchCases(river, { ...batch, by: `person:${dot}` })
    // Another entry accuses one of its accounts as well.
    await world.upload(await drawn(2), { account: account('u3') })
    await world.clock.advance(1_000)
    const number = await hear(world, 'entry', ada)
    await approve(world, number, bea, cy)
    world.cybertipline.faults.always('submit', null)
    await world.pass(120_000)
    await untilRepair(world, number, 'done')
    expect(world.finishedReports().length).toBe(0)
    const report = world.database.read.selectFrom('reports').select('state').where('id', '=', reportId)
    expect(await report.execute()).toEqual([{ state: 'withdrawn' }])
    expect(await states(world)).toEqual(['dismissed', 'waiting_review', 'waiting_review', 'settling'])
    expect((await rowsOf(world, number)).map(({ why }) => why)).toEqual([null, 'batched', 'account'])
    // Confirmed all the same it has a report of its own, which does not say that the wrong entry found it.
    await confirmCase(river, 2, `person:${eve}`)
    await world.until('it is reported', () => world.finishedReports().length === 1)
    const [told] = world.finishedReports()
    expect(told?.files.map(({ fileDetailsXml }) => fileDetailsXml).join()).toMatch(/withdrawn: the list entry/)
    expect(told?.files.map(({ fileDetailsXml }) => fileDetailsXml).join()).not.toMatch(/Found by hash matching/)
  }, 120_000)

  it('the same picture that comes meanwhile is not reported, and goes into a further round by itself', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot, eve } = all
    const { river } = world.wardline
    await world.upload(await drawn(1), { account: account('u1') })
    const number = await hear(world, 'match', ada)
    await world.upload(await drawn(1), { account: account('late') })
    await world.pass(601_000)
    await world.until('it waits', async () => (await states(world))[1] === 'set_aside')
    expect(await laterCases(river, number)).toBe(1)
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'done')
    await untilRepair(world, 2, 'gathered')
    expect(await rowsOf(world, 2)).toMatchObject([{ case_number: 2, does: 'repair' }])
    await approve(world, 2, dot, eve)
    await untilRepair(world, 2, 'done')
    expect(await states(world)).toEqual(['dismissed', 'dismissed'])
    expect(world.finishedReports().length).toBe(0)
  }, 120_000)

  it('an account another of whose cases has come to stand is not restored', async () => {
    await using all = await openRepairing(database)
    const { world, platform, ada, bea, cy } = all
    for (const id of ['u0', 'u1']) await world.upload(await drawn(1), { account: account(id) })
    await world.pass(601_000)
    await world.until('reported', async () => (await states(world)).every((state) => state === 'reported'))
    await likeTheFirst(world, ['u1'])
    const number = await hear(world, 'entry', ada)
    await world.upload(await drawn(2), { account: account('u1') })
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'done')
    expect(await states(world)).toEqual(['repaired', 'reviewed_again', 'waiting_review'])
    expect((await rowsOf(world, number)).map(({ why }) => why)).toEqual([null, 'account', 'another_ground'])
    const restored = platform.heard.filter(({ event }) => event.type === 'repair.restore')
    expect(restored.map(({ event }) => event.data['account'])).toMatchObject([{ id: 'u0' }])
  }, 120_000)

  it('who was heard in it decides it; who decided before neither approves nor refuses, and to refuse a hearing takes two', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot, eve } = all
    const { river, ground } = world.wardline
    const { database: db, vault, clock } = ground
    await world.upload(await drawn(1), { account: account('u1') })
    await doubt(world, 1)
    await confirmCase(river, 1, `person:${dot}`)
    await world.until('told', () => world.mailbox.messages().length === 1)
    const { id: noticeId } = await db.read.selectFrom('notices').select('id').executeTakeFirstOrThrow()
    await db.transact((tx) =>
      recordAppeal(tx, clock, vault, { noticeId, words: 'No.', door: 'api', settings: river.hearings }),
    )
    river.wake()
    const hearer = async () => (await appealStory(db.read, vault, 1)).assignedTo
    await world.until('a hearer', async () => (await hearer()) !== null)
    const heardBy = (await hearer()) ?? ''
    const fileId = (await caseOf(world, 1)).files[0]?.id ?? ''
    const verdict = { ref: 1, round: 1, outcome: 'overturned_entry', reason: 'a beach' } as const
    await decideOnAppeal(river, { ...verdict, grounds: [{ fileId, index: 0 }], by: `person:${heardBy}` })
    await untilRepair(world, 1, 'gathered')
    for (const answer of [approveRepair, refuseRepair])
      await expect(answer(river, { ref: 1, by: dot, reason: 'I was right' })).rejects.toMatchObject({
        code: 'decided_before',
      })
    // Another repair about the same case keeps it, whatever becomes of this one.
    const by = `person:${heardBy}` as const
    const { id: caseId } = await caseOf(world, 1)
    await world.database.transact((tx) =>
      beginRepair(river, tx, { appealId: null, caseId, outcome: 'context', by, reason: 'a doctor' }),
    )
    river.wake()
    await untilRepair(world, 2, 'gathered')
    expect(await repairOf(world, 2)).toMatchObject({ toRepair: 1 })

    const [one = '', two = ''] = [ada, bea, cy, eve].filter((id) => id !== heardBy)
    expect(await refuseRepair(river, { ref: 1, by: one, reason: 'it is right' })).toBe('first')
    await expect(refuseRepair(river, { ref: 1, by: one, reason: 'again' })).rejects.toMatchObject({
      code: 'same_person',
      message: expect.stringMatching(/^you refused already, /),
    })
    expect(await repairOf(world, 1)).toMatchObject({ state: 'gathered', refusedFirst: { by: one } })
    expect(await refuseRepair(river, { ref: 1, by: two, reason: 'so it is' })).toBe('refused')
    expect(await repairOf(world, 1)).toMatchObject({ state: 'refused', refusedFirst: null })
    expect((await repairOf(world, 1)).reasons.map(({ reason }) => reason)).toEqual(['it is right', 'so it is'])
  }, 120_000)

  it('a case that cannot be opened stops nothing, and goes to a person', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy } = all
    await world.upload(await drawn(1), { account: account('u1') })
    await likeTheFirst(world, ['u2', 'u3'])
    const { id } = await caseOf(world, 2)
    const broken = { context_sealed: Buffer.from('broken') }
    await world.database.transact((tx) => tx.updateTable('cases').set(broken).where('id', '=', id).execute())
    const number = await hear(world, 'entry', ada)
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'done')
    expect(await states(world)).toEqual(['dismissed', 'waiting_review', 'dismissed'])
    const rows = (await rowsOf(world, number)).filter(({ does }) => does === 'review')
    expect(rows).toMatchObject([{ case_number: 2, why: 'unreadable', state: 'in_review' }])
  }, 120_000)
})
