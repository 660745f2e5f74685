// A person may choose that NCMEC gets a new report which takes the earlier one back: once for each, of nobody, and it moves nothing here.
import { describe, expect, it } from 'vitest'
import { moveCase } from '#cases'
import { approveRepair, batchCases, refuseRepair, reportAnew } from '#flow'
import { stuckRepairs } from '#repairs'
import { correctionsOf, unfiledReports } from '#reports'
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
import { drawn, kinds } from './world.ts'

const day = 24 * 3_600_000

describe.each(kinds)('on %s, a repair of finished reports', (database) => {
  it('has new reports where somebody chooses them, one for each, without a person, a file or a notice', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot } = all
    const { river } = world.wardline
    const db = world.database.read
    await world.upload(await drawn(1), { account: account('u1') })
    await likeTheFirst(world, ['u2'])
    await world.pass(601_000)
    await world.until('reported', async () => (await states(world)).every((state) => state === 'reported'))
    // What is not out when its case is found to be an error never goes.
    await world.until('both are told', () => world.mailbox.messages().length === 2)
    const earlier = world.finishedReports().map(({ id }) => String(id))
    const asked = { ref: 1, by: dot, reason: 'our contact is away' }
    const number = await hear(world, 'entry', ada)
    await expect(reportAnew(river, asked)).rejects.toMatchObject({ code: 'not_possible' })
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'done')
    await world.until('all are told', () => world.mailbox.messages().length === 4)
    const before = {
      states: await states(world),
      notices: await db.selectFrom('notices').select(['id', 'report_id', 'kind']).orderBy('id').execute(),
    }

    expect(await reportAnew(river, asked)).toEqual({ made: 2, there: 0, left: 0 })
    expect(await reportAnew(river, asked)).toEqual({ made: 0, there: 2, left: 0 })
    await world.until('both are finished', () => world.finishedReports().length === 4)
    const { id } = await repairOf(world, number)
    await world.until('here as well', async () =>
      (await correctionsOf(db, id)).every(({ state }) => state === 'finished'),
    )
    const anew = world.finishedReports().filter((one) => !earlier.includes(String(one.id)))
    for (const { submittedXml, files } of anew) {
      expect(files).toEqual([])
      expect(submittedXml).not.toMatch(/personOrUserReported|priorCTReports|users\.example/)
      expect(submittedXml).toMatch(/CORRECTION: this is no new incident/)
      expect(submittedXml).toContain('Child Pornography')
      expect(submittedXml).toContain('a beach')
      expect(submittedXml).not.toContain('our contact is away')
    }
    const named = anew.map(({ submittedXml }) => /CyberTipline report (\d+)/.exec(submittedXml)?.[1])
    expect(new Set(named)).toEqual(new Set(earlier))
    expect(await states(world)).toEqual(before.states)
    expect(await db.selectFrom('notices').select(['id', 'report_id', 'kind']).orderBy('id').execute()).toEqual(
      before.notices,
    )
    expect((await repairOf(world, number)).reasons).toMatchObject([{ says: 'report', reason: 'our contact is away' }])
    // The letter is not waited for any more, and nothing is late.
    const limits = { steps: 0, approval: 0, letter: world.clock.now() + 9 * day }
    expect(await stuckRepairs(db, limits)).toEqual([])
    expect(await unfiledReports(db, { limit: 9 })).toEqual([])
  }, 120_000)

  it('takes a report of several accounts back once, when all of them were errors, each by a repair of its own', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot, eve } = all
    const { river } = world.wardline
    const db = world.database.read
    await world.upload(await drawn(1), { account: account('u1') })
    await likeTheFirst(world, ['u2', 'u3'])
    for (const number of [1, 2, 3]) {
      const { id } = await caseOf(world, number)
      await world.database.transact((tx) => moveCase(tx, world.clock, id, 'doubted'))
    }
    const fileId = (await caseOf(world, 1)).files[0]?.id ?? ''
    const told = {
      of: { fileId },
      cases: [2, 3],
      viral: true,
      potentialMeme: false,
      reason: 'everybody sends it round',
    }
    await batchCases(river, { ...told, by: `person:${dot}` })
    await world.until(
      'both are reported',
      async () => (await states(world)).filter((one) => one === 'reported').length === 2,
    )
    const asked = (ref: number) => reportAnew(river, { ref, by: eve, reason: 'no answer to the letter' })
    const repaired = async (caseNumber: number) => {
      const number = await hear(world, 'context', ada, { caseNumber })
      await approve(world, number, bea, cy)
      await untilRepair(world, number, 'done')
    }
    await repaired(2)
    expect(await asked(1), 'the other account is right').toEqual({ made: 0, there: 0, left: 1 })
    await repaired(3)
    expect(await asked(1)).toEqual({ made: 1, there: 0, left: 0 })
    expect(await asked(2)).toEqual({ made: 0, there: 1, left: 0 })
    await world.until('it is finished', () => world.finishedReports().length === 2)
    for (const number of [1, 2]) {
      const { id } = await repairOf(world, number)
      await world.until('here as well', async () => (await correctionsOf(db, id))[0]?.state === 'finished')
      expect(await correctionsOf(db, id)).toHaveLength(1)
    }
    // Neither letter is waited for.
    const limits = { steps: 0, approval: 0, letter: world.clock.now() + 9 * day }
    expect(await stuckRepairs(db, limits)).toEqual([])
  }, 120_000)

  it('says where it is stuck: at the approvals after a day, at the letter when nobody sent it', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy } = all
    const db = world.database.read
    await world.upload(await drawn(1), { account: account('u1') })
    await world.pass(601_000)
    await world.until('reported', async () => (await states(world)).every((state) => state === 'reported'))
    const number = await hear(world, 'entry', ada)
    const alerts = async () =>
      (
        await db.selectFrom('operator_alerts').select(['type', 'data']).where('type', '=', 'repair.stuck').execute()
      ).map(({ data }) => JSON.parse(data).step)
    await world.pass(day + 60_000)
    await world.until('somebody hears it', async () => (await alerts()).includes('approval'))
    await approveRepair(world.wardline.river, { ref: number, by: bea, reason: 'yes' })
    await approveRepair(world.wardline.river, { ref: number, by: cy, reason: 'yes' })
    await untilRepair(world, number, 'done')
    await world.pass(3 * day + 3_660_000)
    await world.until('of the letter too', async () => (await alerts()).includes('letter'))
  }, 120_000)

  it('says so too when a report under way does not end, however often it is looked at again', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy } = all
    const db = world.database.read
    const { faults } = world.cybertipline
    faults.always('finish', { kind: 'unavailable' })
    await world.upload(await drawn(1), { account: account('u1') })
    await world.pass(601_000)
    const finishing = db.selectFrom('report_steps').select('id').where('step', '=', 'finish')
    await world.until('it cannot be finished', async () => (await finishing.execute()).length > 0)
    const number = await hear(world, 'entry', ada)
    await approve(world, number, bea, cy)
    const stopping = async () => (await repairOf(world, number)).counts.stopping
    await world.until('it waits for its report', async () => (await stopping()) === 1)
    const since = world.clock.now()
    for (let minute = 0; minute < 16; minute += 1) await world.pass(60_000)
    const stuck = async () =>
      (await db.selectFrom('operator_alerts').select('data').where('type', '=', 'repair.stuck').execute()).map(
        ({ data }) => JSON.parse(data),
      )
    await world.until('somebody hears it', async () => (await stuck()).length > 0)
    expect(await stuck()).toMatchObject([{ number: String(number), step: 'report' }])
    const [one] = (await repairOf(world, number)).pictures.flatMap(({ cases }) => cases)
    expect(one?.state).toBe('stopping')
    expect(one?.changed_at).toBeLessThanOrEqual(since)
    faults.always('finish', null)
    await world.pass(3_600_000)
    await untilRepair(world, number, 'done')
  }, 120_000)

  it('refused, a report that expired at NCMEC meanwhile is filed anew by itself, once', async () => {
    await using all = await openRepairing(database)
    const { world, ada, cy } = all
    const { faults } = world.cybertipline
    faults.always('upload', { kind: 'unavailable' })
    await world.upload(await drawn(1), { account: account('u1') })
    await world.pass(601_000)
    const of = (state: string) => world.cybertipline.inspect().reports.filter((one) => one.state === state)
    await world.until('a report is open', () => of('open').length === 1)
    const number = await hear(world, 'entry', ada)
    faults.always('upload', null)
    await world.pass(26 * 3_600_000)
    expect(of('finished').length).toBe(0)
    await refuseRepair(world.wardline.river, { ref: number, by: cy, reason: 'the entry is right' })
    await world.pass(120_000)
    await world.until('it is filed', () => of('finished').length === 1)
    await world.pass(2 * 3_600_000)
    expect([of('finished').length, of('open').length]).toEqual([1, 0])
    expect(await states(world)).toEqual(['reported'])
  }, 120_000)
})
