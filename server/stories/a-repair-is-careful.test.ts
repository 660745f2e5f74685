import { describe, expect, it } from 'vitest'
import { moveCase, recordView } from '#cases'
import {
  approveRepair,
  confirmCase,
  gatherAgain,
  laterCases,
  letStand,
  markRestored,
  refuseRepair,
  repairAfterLook,
} from '#flow'
import { listCorrections } from '#lists'
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

const stateOf = async (world: World, number: number) => (await caseOf(world, number)).state
const rowOf = async (world: World, repair: number, number: number) =>
  (await repairOf(world, repair)).pictures.flatMap(({ cases }) => cases).find((one) => one.case_number === number)

/** A person confirms a case after viewing its file in full. */
async function confirmViewed(world: World, number: number, by: string) {
  const { river } = world.wardline
  const { id, files } = await caseOf(world, number)
  const [file] = files
  if (file === undefined) throw new Error('no file')
  const view = {
    caseId: id,
    fileId: file.id,
    sha256: file.digests.sha256,
    by: `person:${by}`,
    displayed: 'full',
  } as const
  await world.database.transact(async (tx) => {
    await moveCase(tx, world.clock, id, 'doubted')
    await recordView(tx, world.clock, river.vault, view)
  })
  await confirmCase(river, number, `person:${by}`)
}

describe.each(kinds)('on %s, a repair', (database) => {
  it('needs two people who decided none of its cases; refused, all goes on; what came to stand on something else is looked at', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy, dot, eve } = all
    const { river } = world.wardline
    await world.upload(await drawn(1), { account: account('u1') })
    await likeTheFirst(world, ['u2', 'u3'])
    for (const number of [2, 3]) await confirmViewed(world, number, dot)
    await world.pass(601_000)
    await world.until('reported', async () => (await states(world)).every((state) => state === 'reported'))
    await likeTheFirst(world, ['u4'])

    const first = await hear(world, 'entry', ada)
    expect(await repairOf(world)).toMatchObject({ toRepair: 2, toReview: 2 })
    await world.pass(601_000)
    expect(await stateOf(world, 4)).toBe('set_aside')
    const say = (by: string, ref: number) => approveRepair(river, { ref, by, reason: 'yes' })
    expect(await say(bea, first)).toBe('first')
    await expect(say(bea, first)).rejects.toMatchObject({
      code: 'same_person',
      message: expect.stringMatching(/^you approved already, [-0-9T:]+Z; a second person must$/),
    })
    expect(await refuseRepair(river, { ref: first, by: eve, reason: 'the entry is right' })).toBe('refused')
    expect((await repairOf(world, first)).reasons).toMatchObject([{ says: 'refuse', reason: 'the entry is right' }])
    // No step is offered that would be refused: its own cases did not come later.
    expect(await laterCases(river, first)).toBe(0)
    await expect(gatherAgain(river, { ref: first, by: ada, reason: 'once more' })).rejects.toMatchObject({
      code: 'not_possible',
      message: expect.stringContaining('was refused'),
    })
    await world.until('what waited goes on', async () => (await stateOf(world, 4)) === 'reported')
    await river.guards.refresh()
    expect((await world.upload(await drawn(1), { account: account('u5') })).body.verdict).toBe('held')
    await expect(say(cy, first)).rejects.toMatchObject({ code: 'not_possible' })

    await likeTheFirst(world, ['u6', 'u7'])
    const { id: seventh } = await caseOf(world, 7)
    await world.database.transact((tx) => moveCase(tx, world.clock, seventh, 'doubted'))
    const second = await hear(world, 'entry', ada)
    expect(await repairOf(world, second)).toMatchObject({ toRepair: 5, toReview: 2 })
    // Since then: another entry's find joins a case, and a person confirms another.
    await world.upload(await drawn(2), { account: account('u6') })
    await confirmCase(river, 7, `person:${dot}`)
    await expect(say(dot, second)).rejects.toMatchObject({ code: 'decided_before' })
    await expect(say(eve, second)).rejects.toMatchObject({ code: 'decided_before' })
    await expect(say(ada, second)).rejects.toMatchObject({ code: 'decided_before' })
    await approve(world, second, cy, bea)
    await untilRepair(world, second, 'done')
    expect(await rowOf(world, second, 6)).toMatchObject({ does: 'review', why: 'another_ground', state: 'in_review' })
    expect(await rowOf(world, second, 7)).toMatchObject({ does: 'review', why: 'decided_since', state: 'in_review' })
    expect(await states(world)).toEqual([
      'repaired',
      'reviewed_again',
      'reviewed_again',
      'repaired',
      'dismissed',
      'waiting_review',
      'waiting_review',
    ])

    // The second look at what is reported files nothing.
    const filed = world.finishedReports().length
    await expect(letStand(river, { ref: 2, by: `person:${dot}`, reason: 'I was right' })).rejects.toMatchObject({
      code: 'decided_before',
    })
    await letStand(river, { ref: 2, by: `person:${ada}`, reason: 'the file shows it' })
    expect((await repairOf(world, second)).reasons).toMatchObject([
      { says: 'stands', by: `person:${ada}`, caseNumber: 2, reason: 'the file shows it' },
    ])
    await expect(letStand(river, { ref: 2, by: `person:${ada}`, reason: 'again' })).rejects.toMatchObject({
      code: 'not_possible',
    })
    const { repairId } = await repairAfterLook(river, { ref: 3, by: `person:${ada}`, reason: 'a beach as well' })
    const { number } = await repairOf(world, repairId)
    await untilRepair(world, number, 'gathered')
    // Two people are asked: nobody says meanwhile that it stands, nor asks once more.
    const meanwhile = { ref: 3, by: `person:${eve}`, reason: 'it is so' } as const
    for (const look of [letStand, repairAfterLook])
      await expect(look(river, meanwhile)).rejects.toMatchObject({
        code: 'not_possible',
        message: expect.stringContaining(`repair ${number} of this case is not decided yet`),
      })
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'done')
    expect((await states(world)).slice(1, 3)).toEqual(['reported', 'repaired'])
    expect((await repairOf(world, number)).letter).toMatchObject({ reports: 1 })
    expect(world.finishedReports().length).toBe(filed)
    // Confirmed anew it goes its way with the report that was held.
    await confirmCase(river, 7, `person:${dot}`)
    expect(['reporting', 'set_aside', 'reported']).toContain(await stateOf(world, 7))
    // Nothing came since: no empty round is begun, for two people to approve.
    await expect(gatherAgain(river, { ref: second, by: ada, reason: 'once more' })).rejects.toMatchObject({
      code: 'not_possible',
      message: expect.stringContaining('nothing came since'),
    })
    await expect(repairOf(world, number + 1)).rejects.toMatchObject({ code: 'no_such_repair' })
  }, 240_000)

  it('of a match is of that very picture, which meets nothing from then on, while the entry counts', async () => {
    await using all = await openRepairing(database)
    const { world, ada, bea, cy } = all
    const { river, ground } = world.wardline
    await world.upload(await drawn(1), { account: account('u1') })
    await likeTheFirst(world, ['same'])
    await likeTheFirst(world, ['near'], { bits: 2 })
    await likeTheFirst(world, ['other'], { bits: 9 })
    const number = await hear(world, 'match', ada)
    const { pictures } = await repairOf(world, number)
    expect(pictures.map(({ cases }) => cases.map((one) => one.case_number))).toEqual([[1, 2, 3]])
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'done')
    expect(await states(world)).toEqual(['dismissed', 'dismissed', 'dismissed', 'settling'])
    const [correction] = await listCorrections(ground.database.read, ground.vault, world.clock)
    expect(correction).toMatchObject({ state: 'in_force', entries: 1, proposedBy: bea, approvedBy: cy })
    await river.guards.refresh()
    await river.matching.refresh()
    expect(river.matching.current().lists.map(({ id }) => id)).toContain('wardline-never-match')
    expect((await world.upload(await drawn(1), { account: account('u9') })).body.verdict).toBe('clear')
    await world.pass(601_000)
    await world.until('the other picture is reported', async () => (await stateOf(world, 4)) === 'reported')
  }, 240_000)

  it('takes back a report that is under way, and says that it waits for a platform that does not answer', async () => {
    await using all = await openRepairing(database)
    const { world, platform, ada, bea, cy, dot } = all
    const { faults } = world.cybertipline
    platform.state.status = 500
    faults.always('upload', { kind: 'unavailable' })
    await world.upload(await drawn(1), { account: account('u1') })
    await world.pass(601_000)
    const open = () => world.cybertipline.inspect().reports.filter(({ state }) => state === 'open')
    await world.until('a report is open', () => open().length === 1)
    const number = await hear(world, 'entry', ada)
    faults.always('upload', null)
    await world.pass(300_000)
    // Known to be wrong, it is not finished while two people have not approved.
    expect([await stateOf(world, 1), open().length]).toEqual(['reporting', 1])
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'restoring')
    expect(world.cybertipline.inspect().reports.map(({ state }) => state)).toEqual(['retracted'])
    expect((await caseOf(world, 1)).state).toBe('repaired')
    expect(await repairOf(world, number)).toMatchObject({ letter: null, counts: { closed: 1, restored: 0 } })
    await markRestored(world.wardline.river, { ref: number, caseNumber: 1, by: `person:${dot}` })
    await untilRepair(world, number, 'done')
    const kept = await world.database.read.selectFrom('vault_objects').select('keep_until').execute()
    expect(kept.map(({ keep_until }) => keep_until)).toEqual([null])
  }, 240_000)
})
