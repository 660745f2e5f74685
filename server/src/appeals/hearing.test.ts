import { describe, expect, it } from 'vitest'
import { disablePerson, requestApproval, setRoles } from '#access'
import { newId } from '#base'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import {
  appealStanding,
  appealStory,
  appealsOfCase,
  assignAppeal,
  decideAppeal,
  freeUnfitSeats,
  handBack,
  removeAppeals,
  settleAppeals,
  upheldSince,
  type Verdict,
} from './appeals.ts'
import { decideSeat, takeSeat } from './store-seats.ts'
import { alsoTold, appealed, person, told } from './testing.ts'

const assign = (ground: Ground, appealId: string) => ground.transact((tx) => assignAppeal(tx, ground.clock, appealId))

const decide = (ground: Ground, ref: string, by: string, verdict: Partial<Verdict> = {}, secondLook = false) =>
  ground.transact((tx) =>
    decideAppeal(
      tx,
      ground.clock,
      ground.vault,
      { ref, by: `person:${by}`, round: 1, outcome: 'upheld', reason: 'it is what it is', ...verdict },
      { secondLook },
    ),
  )

const seatOf = (ground: Ground, appealId: string, by: string, round: 1 | 2 = 1) =>
  ground.transact((tx) =>
    takeSeat(tx, {
      id: newId('hearing', ground.clock),
      appeal_id: appealId,
      person: by,
      assigned_at: ground.clock.now(),
      round,
    }),
  )

const story = (ground: Ground, ref: string) => appealStory(ground.database.read, ground.vault, ref)

describe.each(emptyDatabases)('the hearing of an appeal on %s', (_kind, empty) => {
  it('goes to the only person who did not decide, however often chance is asked', async () => {
    await using ground = await openGround(await empty())
    const decider = await person(ground)
    const other = await person(ground)
    for (let time = 0; time < 12; time += 1) {
      const { appealId } = await appealed(ground, await told(ground, decider))
      expect(await assign(ground, appealId)).toEqual({ kind: 'assigned', person: other })
      expect(await assign(ground, appealId)).toEqual({ kind: 'over' })
      expect(await story(ground, appealId)).toMatchObject({ state: 'assigned', assignedTo: other, waits: null })
    }
  })

  it('is refused to the decider by the write itself, whoever calls it, and their word is refused by its name', async () => {
    await using ground = await openGround(await empty())
    const decider = await person(ground)
    const { appealId } = await appealed(ground, await told(ground, decider))
    expect(await seatOf(ground, appealId, decider)).toBe(false)
    await expect(decide(ground, appealId, decider)).rejects.toMatchObject({ code: 'decided_before' })
    const other = await person(ground)
    expect(await seatOf(ground, appealId, other)).toBe(true)
    await expect(decide(ground, appealId, decider)).rejects.toMatchObject({ code: 'decided_before' })
    // A seat that somebody forged past it lets nobody decide either.
    const forged = newId('hearing', ground.clock)
    await ground.database.read.updateTable('appeal_hearings').set({ ended_at: 1, ending: 'moved' }).execute()
    await ground.database.read
      .insertInto('appeal_hearings')
      .values({ id: forged, appeal_id: appealId, round: 1, person: decider, assigned_at: 1 })
      .execute()
    const at = ground.clock.now()
    const seat = { id: forged, person: decider, at, outcome: 'upheld', reason_sealed: null } as const
    expect(await ground.transact((tx) => decideSeat(tx, seat))).toBe(false)
    await expect(decide(ground, appealId, decider)).rejects.toMatchObject({ code: 'decided_before' })
  })

  it('is refused by the write to who is not there, disabled, without the right, or second on the seat', async () => {
    await using ground = await openGround(await empty())
    const { clock } = ground
    const [one, two, gone, counsel] = [
      await person(ground),
      await person(ground),
      await person(ground),
      await person(ground, 'counsel'),
    ]
    await ground.transact((tx) => disablePerson(tx, clock, gone))
    const { appealId } = await appealed(ground, await told(ground))
    for (const nobody of ['person_none', gone, counsel]) expect(await seatOf(ground, appealId, nobody)).toBe(false)
    expect(await seatOf(ground, appealId, one, 2)).toBe(false)
    expect(await seatOf(ground, appealId, one)).toBe(true)
    expect(await seatOf(ground, appealId, two)).toBe(false)
    const forged = ground.database.read
      .insertInto('appeal_hearings')
      .values({ id: 'hearing_x', appeal_id: appealId, round: 1, person: two, assigned_at: 1 })
      .execute()
    await expect(forged).rejects.toThrow()
  })

  it('seats one person and hears one word, however many ask at once', async () => {
    await using ground = await openGround(await empty())
    for (let count = 0; count < 4; count += 1) await person(ground)
    const { appealId } = await appealed(ground, await told(ground))
    const seated = await Promise.all([1, 2, 3, 4].map(() => assign(ground, appealId)))
    const [one, ...others] = seated.filter(({ kind }) => kind === 'assigned')
    expect(others).toEqual([])
    const by = one?.kind === 'assigned' ? one.person : ''
    const said = await Promise.allSettled(
      (['upheld', 'overturned_context', 'upheld'] as const).map((outcome) => decide(ground, appealId, by, { outcome })),
    )
    expect(said.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const one of said) if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'not_possible' })
    expect((await story(ground, appealId)).hearings).toHaveLength(1)
  })

  it('is refused to whoever decided in another way: filed by hand, corrected, or decided about the entry', async () => {
    await using ground = await openGround(await empty())
    const { database } = ground
    const people = [await person(ground), await person(ground), await person(ground), await person(ground)]
    const [byHand = '', proposed = '', approved = '', aside = ''] = people
    const { caseId, ...rest } = await told(ground)
    const { appealId } = await appealed(ground, { caseId, ...rest })
    const bytes = Buffer.from([1])
    const asked = { act: 'x', subject: caseId, reason: 'y', by: proposed, expiresAt: ground.clock.now() + 1 }
    const approval = await ground.transact((tx) => requestApproval(tx, ground.clock, asked))
    await database.read.insertInto('case_deciders').values({ case_id: caseId, person: byHand }).execute()
    await database.read
      .insertInto('list_corrections')
      .values({
        id: 'correction_1',
        state: 'in_force',
        case_id: caseId,
        entries: 1,
        approval_id: approval.id,
        proposed_by: proposed,
        approved_by: approved,
        proposed_at: 1,
        changed_at: 1,
        review_at: 1,
        facts_sealed: bytes,
      })
      .execute()
    await database.read.insertInto('case_entries').values({ case_id: caseId, entry_hmac: 'e' }).execute()
    await database.read
      .insertInto('list_set_asides')
      .values({
        id: 'aside_1',
        entry_hmac: 'e',
        list_id: 'album',
        class: 'test',
        state: 'released',
        accounts: 20,
        set_aside_at: 1,
        review_due_at: 1,
        decided_by: `person:${aside}`,
      })
      .execute()
    for (const one of people) expect(await seatOf(ground, appealId, one)).toBe(false)
    expect(await assign(ground, appealId)).toEqual({ kind: 'nobody', why: 'all_decided' })
  })

  it('waits in the smallest forum, where the only person decided, and says how to go on; what a rule filed they hear', async () => {
    await using ground = await openGround(await empty())
    const alone = await person(ground, 'administrator')
    const own = await appealed(ground, await told(ground, alone))
    const byRule = await appealed(ground, await told(ground))
    expect(await assign(ground, byRule.appealId)).toEqual({ kind: 'assigned', person: alone })
    expect(await assign(ground, own.appealId)).toEqual({ kind: 'nobody', why: 'all_decided' })
    expect(await story(ground, own.appealId)).toMatchObject({
      state: 'waiting',
      waits: {
        why: 'all_decided',
        words: expect.stringContaining('nobody hears an appeal against their own decision'),
        next: expect.stringContaining('wardline people add'),
      },
    })
    const reviewer = await person(ground)
    expect(await assign(ground, own.appealId)).toEqual({ kind: 'assigned', person: reviewer })
  })

  it('asks administrators only where no reviewer can be asked', async () => {
    await using ground = await openGround(await empty())
    await person(ground, 'administrator')
    const reviewer = await person(ground)
    for (let time = 0; time < 8; time += 1) {
      const { appealId } = await appealed(ground, await told(ground))
      expect(await assign(ground, appealId)).toEqual({ kind: 'assigned', person: reviewer })
    }
  })

  it('is decided once, by the person who sits over it and nobody else, with a reason', async () => {
    await using ground = await openGround(await empty())
    const one = await person(ground)
    const { appealId } = await appealed(ground, await told(ground))
    await expect(decide(ground, appealId, one)).rejects.toMatchObject({ code: 'not_yours' })
    await assign(ground, appealId)
    const other = await person(ground)
    await expect(decide(ground, appealId, other)).rejects.toMatchObject({ code: 'not_yours' })
    await expect(decide(ground, appealId, one, { reason: ' ' })).rejects.toMatchObject({ code: 'reason_missing' })
    await expect(decide(ground, appealId, one, { round: 2 })).rejects.toMatchObject({ code: 'not_possible' })
    await expect(decide(ground, appealId, one, { by: 'key:key_1' })).rejects.toMatchObject({ code: 'not_a_person' })
    expect(await decide(ground, appealId, one)).toMatchObject({ isFinal: true, outcome: 'upheld', isTest: false })
    for (const again of [one, other])
      await expect(decide(ground, appealId, again)).rejects.toMatchObject({
        code: 'not_possible',
        message: 'this appeal is decided: "upheld"',
      })
    expect(await story(ground, appealId)).toMatchObject({
      state: 'upheld',
      decidedAt: ground.clock.now(),
      hearings: [{ person: one, ending: 'decided', outcome: 'upheld', reason: 'it is what it is' }],
    })
    const sealed = await ground.database.read.selectFrom('appeal_hearings').select('reason_sealed').execute()
    expect(Buffer.from(sealed[0]?.reason_sealed ?? []).toString('latin1')).not.toContain('what it is')
  })

  it('names by their places what was wrong: grounds of a wrong entry, files that are not what was matched', async () => {
    await using ground = await openGround(await empty())
    const one = await person(ground)
    const { appealId } = await appealed(ground, await told(ground))
    await assign(ground, appealId)
    const [file] = (await story(ground, appealId)).files
    const fileId = file?.id ?? ''
    const overturn = (verdict: Partial<Verdict>) =>
      decide(ground, appealId, one, { outcome: 'overturned_entry', ...verdict })
    await expect(overturn({})).rejects.toMatchObject({ code: 'grounds_missing' })
    for (const ground of [
      { fileId, index: 1 },
      { fileId, index: -1 },
      { fileId: 'file_none', index: 0 },
    ])
      await expect(overturn({ grounds: [ground] })).rejects.toMatchObject({ code: 'ground_unknown' })
    await expect(overturn({ outcome: 'overturned_match', files: ['file_none'] })).rejects.toMatchObject({
      code: 'file_not_of_case',
    })
    expect(await overturn({ grounds: [{ fileId, index: 0 }] })).toMatchObject({
      outcome: 'overturned_entry',
      wrong: [{ grounds: [{ fileId, index: 0 }], files: [] }],
    })
    const second = await appealed(ground, await told(ground))
    await assign(ground, second.appealId)
    const decided = await decide(ground, second.appealId, one, { outcome: 'overturned_match' })
    expect(decided.wrong.flatMap((wrong) => wrong.files)).toEqual(
      (await story(ground, second.appealId)).files.map(({ id }) => id),
    )
  })

  it('is about every case that its notice speaks for: no decider of one hears it, and what is wrong is named by case', async () => {
    await using ground = await openGround(await empty())
    const { database } = ground
    const [decider, other] = [await person(ground), await person(ground)]
    const first = await told(ground, other)
    const second = await alsoTold(ground, first)
    await database.read.deleteFrom('case_deciders').execute()
    await database.read.insertInto('case_deciders').values({ case_id: second, person: decider }).execute()
    const { appealId } = await appealed(ground, first)
    expect(await seatOf(ground, appealId, decider)).toBe(false)
    expect(await assign(ground, appealId)).toEqual({ kind: 'assigned', person: other })
    await expect(decide(ground, appealId, decider)).rejects.toMatchObject({ code: 'decided_before' })
    const { cases, files } = await story(ground, appealId)
    expect(cases.map(({ number }) => number)).toEqual([1, 2])
    expect(files.map(({ id }) => id)).toEqual(cases.flatMap((one) => one.files))
    expect(await appealsOfCase(database.read, ground.vault, second)).toMatchObject([{ id: appealId }])
    const decided = await decide(ground, appealId, other, { outcome: 'overturned_match' })
    expect(decided.wrong).toMatchObject([
      { caseId: first.caseId, files: cases[0]?.files },
      { caseId: second, files: cases[1]?.files },
    ])
    // Who heard it has decided about both.
    const third = await appealed(ground, await told(ground))
    expect(await assign(ground, third.appealId)).toMatchObject({ kind: 'assigned' })
    expect(
      await database.read.selectFrom('case_deciders').select('case_id').where('person', '=', other).execute(),
    ).toHaveLength(2)
  })

  it('goes on about what stands when a repair undoes one of its cases, and ends with the last', async () => {
    await using ground = await openGround(await empty())
    const { clock, database } = ground
    const hearer = await person(ground)
    const first = await told(ground)
    const second = await alsoTold(ground, first)
    const { appealId } = await appealed(ground, first)
    await assign(ground, appealId)
    const undone = async (caseId: string) => {
      await database.read.updateTable('cases').set({ state: 'repaired' }).where('id', '=', caseId).execute()
      return ground.transact((tx) =>
        settleAppeals(tx, clock, { caseId, repairId: 'repair_1', outcome: 'overturned_entry' }),
      )
    }
    expect(await undone(first.caseId)).toEqual([])
    const gone = (await story(ground, appealId)).cases[0]?.files[0] ?? ''
    await expect(
      decide(ground, appealId, hearer, { outcome: 'overturned_match', files: [gone] }),
    ).rejects.toMatchObject({ code: 'file_not_of_case' })
    expect(await undone(second)).toEqual([{ appealId }])
    expect(await story(ground, appealId)).toMatchObject({ state: 'overturned_entry', repairId: 'repair_1' })
  })

  it('hears nothing of a case that is undone or dismissed: words that come then are kept, and no decision can be said', async () => {
    await using ground = await openGround(await empty())
    const { database, vault } = ground
    const hearer = await person(ground)
    for (const state of ['repaired', 'dismissed'] as const) {
      const [open, late] = [await told(ground), await told(ground)]
      const { appealId } = await appealed(ground, open)
      await assign(ground, appealId)
      const { caseId } = late
      for (const id of [open.caseId, caseId])
        await database.read.updateTable('cases').set({ state }).where('id', '=', id).execute()
      await expect(decide(ground, appealId, hearer)).rejects.toMatchObject({ code: 'not_possible' })
      for (const again of [1, 2]) {
        expect(await appealed(ground, late)).toMatchObject({ caseId, isNew: false })
        const [kept, ...others] = await appealsOfCase(database.read, vault, caseId)
        expect(others).toEqual([])
        expect(kept).toMatchObject({ state: 'overturned_context', decidedAt: ground.clock.now(), assignedTo: null })
        expect(kept?.words.map(({ isLater }) => isLater)).toEqual(Array.from({ length: again }, () => true))
        const jobs = database.read
          .selectFrom('jobs')
          .select('id')
          .where('subject', '=', kept?.id ?? '')
        expect(await jobs.execute()).toEqual([])
        expect(await appealStanding(database.read, late.noticeId)).toBe('decided')
      }
    }
  })

  it('gets a second look by another person before it is upheld, where the operator wants that', async () => {
    await using ground = await openGround(await empty())
    const [one, two] = [await person(ground), await person(ground)]
    const { caseId, ...its } = await told(ground)
    const { appealId } = await appealed(ground, { caseId, ...its })
    const saidToStay = () => upheldSince(ground.database.read, caseId, ground.clock.now())
    const first = await assign(ground, appealId)
    expect(await saidToStay()).toBe(false)
    const [hearer, looker] = first.kind === 'assigned' && first.person === one ? [one, two] : [two, one]
    expect(await decide(ground, appealId, hearer, {}, true)).toMatchObject({ isFinal: false })
    expect(await story(ground, appealId)).toMatchObject({ state: 'second_look', assignedTo: null })
    expect(await saidToStay()).toBe(true)
    expect(await assign(ground, appealId)).toEqual({ kind: 'assigned', person: looker })
    await expect(decide(ground, appealId, looker)).rejects.toMatchObject({ code: 'not_possible' })
    const looked = { round: 2, outcome: 'overturned_context' } as const
    expect(await decide(ground, appealId, looker, looked, true)).toMatchObject({ isFinal: true })
    expect(await story(ground, appealId)).toMatchObject({ state: 'overturned_context', hearings: [{}, { round: 2 }] })
    expect(await saidToStay()).toBe(false)
    // One who overturns needs no second.
    const other = await appealed(ground, await told(ground))
    const seated = await assign(ground, other.appealId)
    const by = seated.kind === 'assigned' ? seated.person : ''
    expect(await decide(ground, other.appealId, by, { outcome: 'overturned_context' }, true)).toMatchObject({
      isFinal: true,
    })
  })

  it('is given back with a reason, and never comes back to that person; an administrator takes it from who is away', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault } = ground
    const [one, boss] = [await person(ground), await person(ground, 'administrator')]
    const { appealId } = await appealed(ground, await told(ground))
    await assign(ground, appealId)
    const back = (by: string, anyones: boolean, reason = 'I know this person') =>
      ground.transact((tx) => handBack(tx, clock, vault, { ref: appealId, by: `person:${by}`, reason, anyones }))
    await expect(back(boss, false)).rejects.toMatchObject({ code: 'not_yours' })
    await expect(back(one, false, ' ')).rejects.toMatchObject({ code: 'reason_missing' })
    expect(await back(one, false)).toBe(appealId)
    expect(await story(ground, appealId)).toMatchObject({ state: 'waiting', hearings: [{ ending: 'handed_back' }] })
    expect(await assign(ground, appealId)).toEqual({ kind: 'assigned', person: boss })
    await back(boss, true)
    expect(await assign(ground, appealId)).toEqual({ kind: 'nobody', why: 'all_out' })
    const two = await person(ground)
    expect(await assign(ground, appealId)).toEqual({ kind: 'assigned', person: two })
    await back(boss, true, 'on holiday')
    expect((await story(ground, appealId)).hearings.map(({ ending }) => ending)).toEqual([
      'handed_back',
      'handed_back',
      'moved',
    ])
    await expect(back(boss, true)).rejects.toMatchObject({ code: 'not_possible' })
  })

  it('goes with the case of a test card, words and seats and all', async () => {
    await using ground = await openGround(await empty())
    await person(ground)
    const { appealId, caseId } = await appealed(ground, await told(ground))
    await assign(ground, appealId)
    const other = await appealed(ground, await told(ground))
    await ground.transact((tx) => removeAppeals(tx, caseId))
    const { read } = ground.database
    expect(await read.selectFrom('appeals').select('id').execute()).toEqual([{ id: other.appealId }])
    expect(await read.selectFrom('appeal_words').selectAll().execute()).toHaveLength(1)
    expect(await read.selectFrom('appeal_hearings').selectAll().execute()).toEqual([])
  })

  it('is taken from nobody by whoever decided about the case', async () => {
    await using ground = await openGround(await empty())
    const boss = await person(ground, 'administrator')
    const { appealId } = await appealed(ground, await told(ground, boss))
    await person(ground)
    await assign(ground, appealId)
    const move = { ref: appealId, by: `person:${boss}`, reason: 'I would rather not', anyones: true } as const
    await expect(ground.transact((tx) => handBack(tx, ground.clock, ground.vault, move))).rejects.toMatchObject({
      code: 'decided_before',
    })
  })

  it('goes to another person once whoever sat over it is disabled, loses the role, or decides about the case', async () => {
    await using ground = await openGround(await empty())
    const { clock, database } = ground
    const [one, two, three] = [await person(ground), await person(ground), await person(ground)]
    const { appealId, caseId } = await appealed(ground, await told(ground))
    const left = new Set([one, two, three])
    for (const leaves of ['disabled', 'role', 'decided'] as const) {
      const seated = await assign(ground, appealId)
      const by = seated.kind === 'assigned' ? seated.person : ''
      expect(left.delete(by)).toBe(true)
      expect(await ground.transact((tx) => freeUnfitSeats(tx, clock))).toEqual([])
      if (leaves === 'disabled') await ground.transact((tx) => disablePerson(tx, clock, by))
      else if (leaves === 'role') await ground.transact((tx) => setRoles(tx, clock, { id: by, roles: ['counsel'] }))
      else await database.read.insertInto('case_deciders').values({ case_id: caseId, person: by }).execute()
      await expect(decide(ground, appealId, by)).rejects.toMatchObject({
        code: leaves === 'decided' ? 'decided_before' : 'not_yours',
      })
      expect(await ground.transact((tx) => freeUnfitSeats(tx, clock))).toEqual([appealId])
    }
    expect(await assign(ground, appealId)).toEqual({ kind: 'nobody', why: 'all_decided' })
  })
})
