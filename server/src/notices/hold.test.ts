// Nobody is told while an instrument forbids it, nor before a person has looked where the report says that somebody must.
import { describe, expect, it } from 'vitest'
import { readTrail } from '#audit'
import type { CaseContext } from '#cases'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import {
  addHold,
  dueNotices,
  endHold,
  listHolds,
  listNotices,
  markBounced,
  markDead,
  markDelivered,
  markFailed,
  markHandedOver,
  markSending,
  markSent,
  type NewHold,
  type NoticePolicy,
  planFollowUp,
  planNotices,
  releaseNotice,
  reviveNotice,
  showNotice,
  withholdNotice,
} from './notices.ts'
import { reported } from './testing.ts'

const policy: NoticePolicy = {
  environment: 'sandbox',
  enabled: true,
  delayMs: 1000,
  jitterMs: 0,
  publicUrl: 'http://127.0.0.1:8080',
}
const account = { id: '7', email: 'seven@example.org' }
const context: CaseContext = { surface: 'upload', account }
const paper = { kind: 'court_order', authority: 'a court', documentSha256: 'ab'.repeat(32), by: 'person:c' } as const
const recall = async () => false
const hourMs = 3_600_000
const dayMs = 24 * hourMs

async function plan(ground: Ground, of: CaseContext = context, change: Partial<NoticePolicy> = {}) {
  const { clock, vault, transact } = ground
  const its = await reported(ground, of)
  const asked = {
    reportId: its.reportId,
    record: its.record,
    finishedAt: clock.now(),
    policy: { ...policy, ...change },
  }
  const planned = await transact((tx) => planNotices(tx, clock, vault, asked))
  return { ...its, planned, noticeId: planned[0]?.noticeId ?? '' }
}

const begin = ({ transact, clock, vault }: Ground, noticeId: string) =>
  transact((tx) => markSending(tx, clock, vault, { noticeId, policy }))
const hold = (
  { transact, clock, vault }: Ground,
  how: Pick<NewHold, 'scope' | 'of' | 'expiresAt'> & Partial<NewHold>,
) => transact((tx) => addHold(tx, clock, vault, { ...paper, recall, ...how }))
const jobAt = async ({ database }: Ground) =>
  (await database.read.selectFrom('jobs').select('run_at').where('kind', '=', 'notify').execute()).map(
    (job) => job.run_at,
  )

describe.each(emptyDatabases)('a notice on %s', (_kind, empty) => {
  it.each(['report', 'case', 'account'] as const)(
    'waits under an instrument on its %s, and goes by itself when that ends',
    async (scope) => {
      await using ground = await openGround(await empty())
      const { clock, database } = ground
      const { reportId, caseId, noticeId } = await plan(ground)
      const expiresAt = clock.now() + hourMs
      const of = scope === 'report' ? reportId : caseId
      expect(await hold(ground, { scope, of, expiresAt })).toMatchObject({ waiting: 1, gone: 0 })
      clock.set(clock.now() + 2000)
      expect(await begin(ground, noticeId)).toEqual({ kind: 'too_early', untilMs: expiresAt })
      const shown = await showNotice(database.read, clock, noticeId)
      expect(shown).toMatchObject({ state: 'waiting', waits: { for: 'legal_hold', until: expiresAt }, attempts: 0 })
      clock.set(expiresAt - 1)
      expect((await begin(ground, noticeId)).kind).toBe('too_early')
      clock.set(expiresAt)
      expect((await begin(ground, noticeId)).kind).toBe('mail')
    },
  )

  it('that the platform has is kept back under an instrument, and its time to be fetched begins anew afterwards', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const { caseId, noticeId } = await plan(ground, context, { channel: 'pull', delayMs: 0 })
    const hand = async () => {
      expect((await begin(ground, noticeId)).kind).toBe('hand_over')
      expect(await transact((tx) => markHandedOver(tx, clock, vault, { noticeId, policy }))).toBeUndefined()
    }
    const due = async () => (await dueNotices(database.read, clock, vault, { policy, limit: 9 })).notices.length
    await hand()
    const begunAt = clock.now()
    clock.set(begunAt + 4 * dayMs)
    const expiresAt = clock.now() + 30 * dayMs
    await hold(ground, { scope: 'case', of: caseId, expiresAt })
    clock.set(begunAt + 5 * dayMs)
    const looked = clock.now() + hourMs
    expect(await begin(ground, noticeId), 'nobody gives it up').toEqual({ kind: 'too_early', untilMs: looked })
    clock.set(expiresAt)
    await hand()
    expect(await due()).toBe(1)
    clock.set(expiresAt + 4 * dayMs)
    expect(await begin(ground, noticeId)).toMatchObject({ kind: 'handed_over', giveUpAt: expiresAt + 5 * dayMs })
    await hold(ground, { scope: 'case', of: caseId, expiresAt: expiresAt + 30 * dayMs })
    await begin(ground, noticeId)
    const delivered = transact((tx) => markDelivered(tx, clock, noticeId, 'key:platform'))
    expect(await delivered, 'it was fetched before').toBe(true)
  })

  it('is looked at every hour while an instrument holds it: who ends that may come between two looks', async () => {
    await using ground = await openGround(await empty())
    const { clock } = ground
    const { caseId, noticeId } = await plan(ground, context, { delayMs: 0 })
    await begin(ground, noticeId)
    await hold(ground, { scope: 'case', of: caseId, expiresAt: clock.now() + 30 * dayMs })
    // Its sender died over it.
    clock.set(clock.now() + hourMs)
    expect(await begin(ground, noticeId)).toEqual({ kind: 'too_early', untilMs: clock.now() + hourMs })
  })

  it('is not given up for the time in which it was held, and names a day that is not over', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact, database } = ground
    const { caseId, noticeId } = await plan(ground, context, { delayMs: 0 })
    const short = { ...policy, appealMs: 10 * dayMs }
    const attempt = () => transact((tx) => markSending(tx, clock, ground.vault, { noticeId, policy: short }))
    const fail = () => transact((tx) => markFailed(tx, clock, { noticeId, why: '451 at DATA', policy }))
    const shown = () => showNotice(database.read, clock, noticeId)
    expect((await attempt()).kind).toBe('mail')
    await fail()
    const named = clock.now() + 10 * dayMs
    expect((await shown()).appealBy).toBe(named)
    clock.set(clock.now() + hourMs)
    expect((await attempt()).kind).toBe('mail')
    expect((await shown()).appealBy, 'the same words again').toBe(named)
    await fail()
    await hold(ground, { scope: 'case', of: caseId, expiresAt: clock.now() + 30 * dayMs })
    expect((await attempt()).kind).toBe('too_early')
    clock.set(clock.now() + 30 * dayMs)
    expect((await attempt()).kind).toBe('mail')
    expect((await shown()).appealBy).toBe(clock.now() + 10 * dayMs)
    expect(await fail(), 'its tries count anew').toEqual({ kind: 'again' })
    clock.set(clock.now() + 5 * dayMs)
    await attempt()
    expect(await fail()).toEqual({ kind: 'given_up' })
  })

  it('that was given up and is tried again names a whole time to object, and meanwhile no day', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const { noticeId, record } = await plan(ground, context, { delayMs: 0 })
    const short = { ...policy, appealMs: 2 * dayMs }
    const attempt = () => transact((tx) => markSending(tx, clock, vault, { noticeId, policy: short }))
    const by = async () => (await showNotice(database.read, clock, noticeId)).appealBy
    await attempt()
    await transact((tx) => markDead(tx, clock, noticeId, '550 at RCPT TO'))
    clock.set(clock.now() + 9 * dayMs)
    await transact((tx) => reviveNotice(tx, clock, vault, { noticeId, by: 'person:p', record, policy }))
    expect(await by()).toBeNull()
    await attempt()
    expect(await by()).toBe(clock.now() + 2 * dayMs)
  })

  it('that the platform has not fetched for days is given to it with a day that is not over', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const { noticeId } = await plan(ground, context, { channel: 'pull', delayMs: 0 })
    const short = { ...policy, appealMs: 2 * dayMs }
    const look = () => transact((tx) => markSending(tx, clock, vault, { noticeId, policy: short }))
    await look()
    await transact((tx) => markHandedOver(tx, clock, vault, { noticeId, policy: short }))
    for (let hours = 0; hours < 4 * 24; hours += 1) {
      clock.set(clock.now() + hourMs)
      expect((await look()).kind).toBe('handed_over')
      const [due] = (await dueNotices(database.read, clock, vault, { policy: short, limit: 9 })).notices
      expect(due?.appealBy).toBeGreaterThanOrEqual(clock.now() + dayMs)
    }
  })

  it('of a later report is caught by an instrument on its account, and one of another account is not', async () => {
    await using ground = await openGround(await empty())
    const { clock } = ground
    const first = await plan(ground)
    await hold(ground, { scope: 'account', of: first.caseId, expiresAt: clock.now() + hourMs })
    const later = await plan(ground)
    const other = await plan(ground, { surface: 'upload', account: { id: '8', email: 'eight@example.org' } })
    clock.set(clock.now() + 1000)
    expect((await begin(ground, later.noticeId)).kind).toBe('too_early')
    expect((await begin(ground, other.noticeId)).kind).toBe('mail')
  })

  it('goes at once when the last of its instruments is lifted, and says nothing of them in the open', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const { caseId, noticeId } = await plan(ground)
    const end = (holdId: string, by: 'person:c' | 'key:k' = 'person:c') =>
      transact((tx) => endHold(tx, clock, vault, { holdId, by, reason: 'lifted by the court' }))
    const one = await hold(ground, { scope: 'case', of: caseId, expiresAt: clock.now() + hourMs })
    const two = await hold(ground, { scope: 'account', of: caseId, expiresAt: clock.now() + 2 * hourMs })
    clock.set(clock.now() + 5000)
    await database.read
      .updateTable('jobs')
      .set({ run_at: clock.now() + hourMs })
      .execute()
    await expect(end(one.holdId, 'key:k')).rejects.toMatchObject({ code: 'not_a_person' })
    expect(await end(one.holdId)).toEqual({ letGo: 0 })
    expect((await begin(ground, noticeId)).kind).toBe('too_early')
    expect(await end(two.holdId)).toEqual({ letGo: 1 })
    expect(await jobAt(ground)).toEqual([clock.now()])
    expect((await begin(ground, noticeId)).kind).toBe('mail')
    await expect(end(two.holdId)).rejects.toMatchObject({ code: 'not_possible' })
    expect(await listHolds(database.read, vault, clock, { all: true })).toMatchObject([
      {
        id: two.holdId,
        state: 'ended',
        scope: 'account',
        of: caseId,
        authority: 'a court',
        endedWhy: 'lifted by the court',
      },
      {
        id: one.holdId,
        state: 'ended',
        kind: 'court_order',
        documentSha256: paper.documentSha256,
        addedBy: 'person:c',
      },
    ])
    const open = JSON.stringify([
      await database.read.selectFrom('notice_holds').selectAll().execute(),
      await readTrail(database.read, { limit: 100 }),
    ])
    expect(open).not.toMatch(/a court|abab|lifted/)
  })

  it.each([
    [{ by: 'key:k' }, 'not_a_person'],
    [{ expiresAt: 0 }, 'expiry_past'],
    [{ expiresAt: Date.parse('9999-01-01') }, 'expiry_far'],
    [{ authority: ' ' }, 'authority_missing'],
    [{ documentSha256: 'AB' }, 'digest_odd'],
    [{ of: 'case_none' }, 'no_such_case'],
    [{ scope: 'report', of: 'report_none' }, 'no_such_report'],
  ] as const)('is held by no instrument such as %o', async (odd, code) => {
    await using ground = await openGround(await empty())
    const { caseId } = await plan(ground)
    const asked = hold(ground, { scope: 'case', of: caseId, expiresAt: ground.clock.now() + 1, ...odd })
    await expect(asked).rejects.toMatchObject({ code })
    expect(await ground.database.read.selectFrom('notice_holds').select('id').execute()).toEqual([])
  })

  it('of a report with a known victim goes only after a person released it, and an instrument holds it still', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const { caseId, noticeId } = await plan(ground, { ...context, annotations: ['live_streaming'] })
    const release = (by: 'person:c' | 'key:k', reason = 'the police agreed') =>
      transact((tx) => releaseNotice(tx, clock, vault, { noticeId, by, reason }))
    expect(await jobAt(ground)).toEqual([])
    clock.set(clock.now() + 30 * 24 * hourMs)
    expect(await begin(ground, noticeId)).toEqual({ kind: 'unreleased' })
    expect(await listNotices(database.read, { unreleased: true, limit: 9 })).toMatchObject([
      { id: noticeId, release: 'known_victim', state: 'waiting' },
    ])
    await expect(release('key:k')).rejects.toMatchObject({ code: 'not_a_person' })
    await expect(release('person:c', ' ')).rejects.toMatchObject({ code: 'reason_missing' })
    await hold(ground, { scope: 'case', of: caseId, expiresAt: clock.now() + hourMs })
    await release('person:c')
    await expect(release('person:c')).rejects.toMatchObject({ code: 'not_possible' })
    expect(await jobAt(ground)).toEqual([clock.now()])
    expect((await begin(ground, noticeId)).kind).toBe('too_early')
    clock.set(clock.now() + hourMs)
    expect((await begin(ground, noticeId)).kind).toBe('mail')
  })

  it('of an escalated report that was not sent is followed by no outcome before a person released that, and by the repair at once', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact } = ground
    const of = { ...context, annotations: ['live_streaming' as const] }
    const off = { ...policy, enabled: false }
    const { caseId, noticeId } = await plan(ground, of, { enabled: false })
    const plain = await plan(ground, context, { enabled: false })
    const follow = (kind: 'appeal_upheld' | 'appeal_overturned' | 'restored', its = { caseId, noticeId }) =>
      transact((tx) =>
        planFollowUp(tx, clock, vault, {
          ...{ kind, about: 'appeal_1', caseId: its.caseId, earlierNotice: its.noticeId },
          policy: { ...off, enabled: kind === 'restored' },
          recall: async () => false,
        }),
      )
    clock.set(clock.now() + 24 * hourMs)
    for (const kind of ['appeal_upheld', 'appeal_overturned'] as const) {
      const outcome = await follow(kind)
      expect(await begin(ground, outcome.noticeId)).toEqual({ kind: 'unreleased' })
      const let_ = { noticeId: outcome.noticeId, by: 'person:c', reason: 'the police agreed' } as const
      await transact((tx) => releaseNotice(tx, clock, vault, let_))
      expect((await begin(ground, outcome.noticeId)).kind).toBe('mail')
    }
    const restored = await follow('restored')
    clock.set(restored.dueAt)
    expect((await begin(ground, restored.noticeId)).kind).toBe('mail')
    expect((await begin(ground, (await follow('appeal_upheld', plain)).noticeId)).kind).toBe('mail')
  })

  it('is one for each addressee by policy, however often it is planned, and the table takes no second one', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const organisation = { id: 'acme', contactEmail: 'trust@acme.example' }
    const of = { ...context, account: { ...account, organisation } }
    const { planned, reportId, record } = await plan(ground, of, { addressees: 'both' })
    expect(planned.map(({ addressee, state }) => [addressee, state])).toEqual([
      ['organisation', 'waiting'],
      ['user', 'waiting'],
    ])
    const asked = { reportId, record, finishedAt: 1, policy: { ...policy, addressees: 'both' as const } }
    expect(await transact((tx) => planNotices(tx, clock, vault, asked))).toEqual(planned)
    const [row] = await database.read.selectFrom('notices').selectAll().execute()
    if (row === undefined) throw new Error('no notice')
    const second = database.read
      .insertInto('notices')
      .values({ ...row, id: 'notice_second' })
      .execute()
    await expect(second).rejects.toThrow()
  })

  it('is no row before its report is finished, whoever writes it, nor before its evidence is kept', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const { reportId, record } = await reported(ground, context)
    const asked = { reportId, record, finishedAt: clock.now(), policy }
    const attempt = () => transact((tx) => planNotices(tx, clock, vault, asked))
    await database.read.updateTable('reports').set({ state: 'filing' }).execute()
    await expect(attempt()).rejects.toThrow()
    await database.read.updateTable('reports').set({ state: 'finished' }).execute()
    await database.read.updateTable('vault_objects').set({ keep_until: null }).execute()
    await expect(attempt()).rejects.toThrow(/preserved/)
    await database.read.updateTable('vault_objects').set({ keep_until: 1 }).execute()
    expect(await attempt()).toHaveLength(1)
  })

  it('that came back is dead, with the date and why, and only once', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact, database } = ground
    const { noticeId } = await plan(ground)
    const bounce = () => transact((tx) => markBounced(tx, clock, noticeId, '5.1.1'))
    expect(await bounce(), 'it never went').toBe(false)
    clock.set(clock.now() + 1000)
    await begin(ground, noticeId)
    await transact((tx) => markSent(tx, clock, noticeId))
    clock.set(clock.now() + hourMs)
    expect([await bounce(), await bounce()]).toEqual([true, false])
    const shown = await showNotice(database.read, clock, noticeId)
    expect(shown).toMatchObject({ state: 'dead', reason: 'bounced: 5.1.1', changedAt: clock.now(), waits: null })
    expect(shown.tries).toMatchObject([{ number: 1, outcome: 'bounced', why: '5.1.1' }])
  })
})

describe.each(emptyDatabases)('what became of an appeal or a repair on %s', (_kind, empty) => {
  const follow = (
    ground: Ground,
    caseId: string,
    kind: 'appeal_upheld' | 'restored',
    change: Partial<NoticePolicy> = {},
    earlierNotice?: string,
  ) =>
    ground.transact((tx) =>
      planFollowUp(tx, ground.clock, ground.vault, {
        kind,
        about: 'appeal_1',
        caseId,
        earlierNotice,
        policy: { ...policy, ...change },
        recall,
      }),
    )

  it('is told to the same addressee, once, and held by the same instrument', async () => {
    await using ground = await openGround(await empty())
    const { clock } = ground
    const { caseId, noticeId } = await plan(ground)
    await hold(ground, { scope: 'account', of: caseId, expiresAt: clock.now() + hourMs })
    const planned = await follow(ground, caseId, 'appeal_upheld', {}, noticeId)
    expect(planned).toMatchObject({ addressee: 'user', state: 'waiting', dueAt: clock.now() })
    expect(await follow(ground, caseId, 'appeal_upheld', {}, noticeId)).toEqual(planned)
    expect((await begin(ground, planned.noticeId)).kind).toBe('too_early')
    clock.set(clock.now() + hourMs)
    const begun = await begin(ground, planned.noticeId)
    expect(begun).toMatchObject({ kind: 'mail', mail: { to: 'seven@example.org' } })
    expect(begun.kind === 'mail' && begun.mail.text).not.toContain('/appeals/')
  })

  it('reaches who appealed where policy told nobody, and a repair nobody asked for follows that policy', async () => {
    await using ground = await openGround(await empty())
    const { caseId, noticeId } = await plan(ground, context, { enabled: false })
    const upheld = await follow(ground, caseId, 'appeal_upheld', { enabled: false }, noticeId)
    expect(upheld).toMatchObject({ state: 'waiting', addressee: 'user' })
    const restored = await follow(ground, caseId, 'restored', { enabled: false })
    expect(restored).toMatchObject({ state: 'not_sent', reason: 'policy_off' })
  })

  it('takes the place of a first notice that still waits', async () => {
    await using ground = await openGround(await empty())
    const { database } = ground
    const { caseId, noticeId } = await plan(ground)
    const { noticeId: next } = await follow(ground, caseId, 'restored')
    const views = await listNotices(database.read, { limit: 9 })
    expect(views.map(({ id, state, reason }) => [id, state, reason])).toEqual([
      [next, 'waiting', null],
      [noticeId, 'not_sent', 'restored'],
    ])
    await ground.transact((tx) => withholdNotice(tx, ground.clock, { noticeId, by: 'person:c', reason: 'twice' }))
    expect((await listNotices(database.read, { state: 'not_sent', limit: 9 }))[0]?.reason).toBe('restored')
  })

  it('is told where nobody was reported, and where nobody is known it says so', async () => {
    await using ground = await openGround(await empty())
    const { caseId } = await ground.found({ context })
    expect(await follow(ground, caseId, 'restored')).toMatchObject({ state: 'waiting' })
    const { caseId: other } = await ground.found({ context: { surface: 'upload' } })
    expect(await follow(ground, other, 'restored')).toMatchObject({ state: 'not_sent', reason: 'no_address' })
  })
})
