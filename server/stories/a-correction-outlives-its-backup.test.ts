// A report that takes an earlier one back was unfinished when the backup was made: nobody knows whether the lost hours filed it.
import { describe, expect, it } from 'vitest'
import { decideAll, decideReport, listUncertain, reportAnew } from '#flow'
import { listItems, readPause } from '#pause'
import { correctionsOf } from '#reports'
import { account, approve, hear, openRepairing, repairOf, states, untilRepair } from './repairing.ts'
import { backUp, copyDatabase, disaster, end } from './restoring.ts'
import { drawn, kinds } from './world.ts'

const day = 24 * 3_600_000
const routes = ['submit', 'finish'] as const

describe.each(kinds)('on %s, a report that takes one back and was unfinished', (kind) => {
  it.each(routes)(
    'in a backup made while the answer to %s was awaited is at NCMEC once, by a word',
    async (route) => {
      await using all = await openRepairing(kind)
      const { world, dot } = all
      const before = await repaired(all)
      const { faults } = world.cybertipline
      for (const one of routes.slice(routes.indexOf(route))) faults.always(one, { kind: 'unavailable' })
      faults.next(route, 'drop_after')
      await begun(all, route)
      const { folder } = await backUp(world)
      for (const one of routes) faults.always(one, null)
      await world.until('it is filed', async () => (await correction(all))?.state === 'finished')
      const filed = world.finishedReports().find(({ id }) => id !== before.earlier)

      await disaster(world, kind, folder)
      await world.pass(3_600_000)
      expect(world.finishedReports()).toHaveLength(2)
      expect(await readPause(world.database.read)).toMatchObject({ why: 'restored', listed: true })
      const [item, ...others] = await items(all)
      expect(others).toEqual([])
      const id = (await correction(all))?.id ?? ''
      expect(item).toMatchObject({ kind: 'report', subject: id, decision: null })
      const by = `person:${dot}` as const
      await expect(end(world, by)).rejects.toMatchObject({ code: 'undecided' })
      const { river } = world.wardline
      const isThere = (remoteId: string, reason = 'seen at NCMEC') =>
        decideReport(river, id, by, { says: 'reported', remoteId, reason })
      // The list shows that id beside it, and tired eyes read it as its own.
      await expect(isThere(before.earlier)).rejects.toMatchObject({ code: 'remote_id_odd' })
      await expect(isThere(filed?.id ?? '', ' ')).rejects.toMatchObject({ code: 'reason_missing' })
      await isThere(filed?.id ?? '')
      await expect(isThere(filed?.id ?? '')).rejects.toMatchObject({ code: 'decided_already' })
      await end(world, by)
      await world.pass(day)
      expect(world.finishedReports()).toHaveLength(2)
      expect(world.cybertipline.inspect().reports.filter((one) => one.state === 'open')).toEqual([])
      expect(await correction(all)).toMatchObject({ state: 'filed_by_hand', remoteId: filed?.id })
      const lines = await world.database.read
        .selectFrom('audit_events')
        .select('act')
        .where('subject', '=', id)
        .execute()
      const acts = lines.map(({ act }) => act)
      expect(acts).toEqual(expect.arrayContaining(['create_correction', 'decide_in_pause', 'close_report']))
      expect(await asked(all)).toEqual({ made: 0, there: 1, left: 0 })
      // Nothing moved, and nobody heard anything.
      expect(await standing(all)).toEqual(before.standing)
    },
    120_000,
  )

  it('in a backup and never filed goes on, once, when a person says so', async () => {
    await using all = await openRepairing(kind)
    const { world, dot } = all
    const before = await repaired(all)
    world.cybertipline.faults.always('submit', { kind: 'unavailable' })
    await begun(all, 'submit')
    await disaster(world, kind, (await backUp(world)).folder)
    world.cybertipline.faults.always('submit', null)
    await world.pass(3_600_000)
    expect(world.finishedReports()).toHaveLength(1)
    expect(await items(all)).toMatchObject([{ kind: 'report', decision: null }])
    expect(await decideAll(world.wardline.river, 'report', `person:${dot}`)).toEqual({ decided: 1, left: 0 })
    await world.pass(3_600_000)
    expect(world.finishedReports()).toHaveLength(1)
    await end(world, `person:${dot}`)
    await world.until('it is filed', async () => (await correction(all))?.state === 'finished')
    await world.pass(day)
    expect(world.finishedReports()).toHaveLength(2)
    expect(await standing(all)).toEqual(before.standing)
  }, 120_000)

  it('in a database older than the logbook is told with its id, and goes on only for a reason', async () => {
    await using all = await openRepairing(kind)
    const { world, dot } = all
    const { earlier } = await repaired(all)
    world.cybertipline.faults.always('submit', { kind: 'unavailable' })
    await begun(all, 'submit')
    const older = await copyDatabase(world, kind)
    world.cybertipline.faults.always('submit', null)
    await world.until('it is filed', async () => (await correction(all))?.state === 'finished')
    const filed = world.finishedReports().find(({ id }) => id !== earlier)
    await world.stop()
    await older.putBack()
    await world.start(older.settings)
    await world.pass(day)
    expect(world.finishedReports()).toHaveLength(2)
    expect(await readPause(world.database.read)).toMatchObject({ why: 'database_older' })
    const [item, ...others] = await items(all)
    expect(others).toEqual([])
    expect(item).toMatchObject({ kind: 'report' })
    expect(JSON.parse(item?.told ?? '')).toMatchObject({ last: 'finished', remoteId: filed?.id })
    const by = `person:${dot}` as const
    const { river } = world.wardline
    expect(await decideAll(river, 'report', by)).toEqual({ decided: 0, left: 1 })
    const id = item?.subject ?? ''
    await expect(decideReport(river, id, by, { says: 'go_on' })).rejects.toMatchObject({ code: 'told_finished' })
    await decideReport(river, id, by, { says: 'reported', remoteId: filed?.id ?? '', reason: 'the logbook says so' })
    await end(world, by)
    await world.stop()
    await world.start()
    await world.pass(day)
    expect(await readPause(world.database.read)).toBeUndefined()
    expect(world.finishedReports()).toHaveLength(2)
  }, 120_000)
})

type All = Awaited<ReturnType<typeof openRepairing>>

/** One reported case that was an error, repaired, and everybody told. earlier: the CyberTipline's id of its report. */
async function repaired(all: All) {
  const { world, ada, bea, cy } = all
  await world.upload(await drawn(1), { account: account('u1') })
  await world.pass(601_000)
  // Else the repair takes back what nobody has read yet.
  const told = (states: string) => async () => (await standing(all)).notices.join() === states
  await world.until('the notice', told('sent'))
  const number = await hear(world, 'entry', ada)
  await approve(world, number, bea, cy)
  await untilRepair(world, number, 'done')
  await world.until('all are told', told('sent,sent'))
  return { earlier: String(world.finishedReports()[0]?.id), standing: await standing(all) }
}

async function begun(all: All, route: (typeof routes)[number]): Promise<void> {
  const { world } = all
  const calls = () => world.cybertipline.inspect().calls.filter((call) => call.route === route).length
  const before = calls()
  expect(await asked(all)).toEqual({ made: 1, there: 0, left: 0 })
  await world.until('the call', () => calls() > before)
}

const asked = ({ world, dot }: All) => reportAnew(world.wardline.river, { ref: 1, by: dot, reason: 'no answer' })

const correction = async ({ world }: All) => (await correctionsOf(world.database.read, (await repairOf(world)).id))[0]

const standing = async ({ world }: All) => ({
  states: await states(world),
  notices: (await world.database.read.selectFrom('notices').select('state').execute()).map(({ state }) => state),
  mails: world.mailbox.messages().length,
})

async function items({ world }: All) {
  const pause = await listUncertain(world.wardline.river)
  return listItems(world.database.read, { pauseId: pause?.id ?? '' })
}
