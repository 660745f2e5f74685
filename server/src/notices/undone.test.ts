// Nobody is accused any more of what was found to be an error: not by a retry, not by a mail that was on its way, not by what is fetched.
import { describe, expect, it } from 'vitest'
import { type CaseContext, caseRepaired, readCase } from '#cases'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import {
  dueNotices,
  listNotices,
  markBounced,
  markDead,
  markDelivered,
  markFailed,
  markHandedOver,
  markSending,
  markSent,
  type NoticePolicy,
  planFollowUp,
  planNotices,
  reviveNotice,
} from './notices.ts'
import { reported, saidLater } from './testing.ts'

const policy: NoticePolicy = {
  environment: 'sandbox',
  enabled: true,
  delayMs: 0,
  jitterMs: 0,
  publicUrl: 'http://127.0.0.1:8080',
}
const account = { id: '7', email: 'seven@example.org', emailVerified: true }
const context: CaseContext = { surface: 'upload', account }

async function plan(
  ground: Ground,
  change: Partial<NoticePolicy> = {},
  of: CaseContext = context,
  { isTest = false } = {},
) {
  const { clock, vault, transact } = ground
  const its = await reported(ground, of, { isTest })
  const asked = {
    reportId: its.reportId,
    record: its.record,
    finishedAt: clock.now(),
    policy: { ...policy, ...change },
  }
  const planned = await transact((tx) => planNotices(tx, clock, vault, asked))
  return { ...its, planned, noticeId: planned[0]?.noticeId ?? '' }
}

/** Nothing of these goes by webhook. */
const recall = async () => false

const begin = ({ transact, clock, vault }: Ground, noticeId: string) =>
  transact((tx) => markSending(tx, clock, vault, { noticeId, policy }))
const repaired = ({ transact, clock, vault }: Ground, caseId: string) =>
  transact((tx) => caseRepaired(tx, clock, vault, { caseId, windowMs: null }))
const restored = (
  { transact, clock, vault }: Ground,
  caseId: string,
  kind: 'restored' | 'appeal_overturned' = 'restored',
) => transact((tx) => planFollowUp(tx, clock, vault, { kind, about: 'repair_1', caseId, policy, recall }))
const first = async ({ database }: Ground) => {
  const all = await listNotices(database.read, { limit: 9 })
  return all.filter(({ kind }) => kind === 'reported').map(({ state, reason }) => [state, reason])
}

/** A further case of the same account, in the same report. */
async function joined(ground: Ground, reportId: string): Promise<string> {
  const { caseId } = await reported(ground, context)
  await ground.database.read
    .updateTable('report_cases')
    .set({ report_id: reportId })
    .where('case_id', '=', caseId)
    .execute()
  return caseId
}

describe.each(emptyDatabases)('a first notice whose case was an error, on %s,', (_kind, empty) => {
  it('is not begun before the platform has restored it, and never after', async () => {
    await using ground = await openGround(await empty())
    const { caseId, noticeId } = await plan(ground)
    await repaired(ground, caseId)
    expect(await begin(ground, noticeId)).toEqual({ kind: 'over', state: 'not_sent' })
    expect(await first(ground)).toEqual([['not_sent', 'repaired']])
  })

  it('that was given up is not tried again, whenever the person says so', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact } = ground
    const { caseId, noticeId } = await plan(ground)
    const revive = () =>
      transact(async (tx) =>
        reviveNotice(tx, clock, vault, { noticeId, by: 'person:p', record: await readCase(tx, vault, caseId), policy }),
      )
    await begin(ground, noticeId)
    await transact((tx) => markDead(tx, clock, noticeId, '550 at RCPT TO'))
    await repaired(ground, caseId)
    expect(await revive()).toBe('repaired')
    expect(await first(ground)).toEqual([['not_sent', 'repaired']])
    await expect(revive()).rejects.toMatchObject({ code: 'not_possible' })
  })

  it('that is dead or on its way is withheld when its restore is told, and is not put back by a mail server’s "later"', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact } = ground
    const dead = await plan(ground)
    await begin(ground, dead.noticeId)
    await transact((tx) => markDead(tx, clock, dead.noticeId, '550 at RCPT TO'))
    await restored(ground, dead.caseId)
    expect(await first(ground)).toEqual([['not_sent', 'restored']])
    const { caseId, noticeId } = await plan(ground)
    await begin(ground, noticeId)
    await restored(ground, caseId)
    const failed = await transact((tx) => markFailed(tx, clock, { noticeId, why: '451 at DATA', policy }))
    expect(failed).toEqual({ kind: 'over' })
    expect((await first(ground))[0]).toEqual(['not_sent', 'restored'])
    expect(await transact((tx) => markSent(tx, clock, noticeId)), 'and nobody sends it').toBe(false)
  })

  it('that the mail server took all the same is written down as sent', async () => {
    await using ground = await openGround(await empty())
    const { caseId, noticeId } = await plan(ground)
    await begin(ground, noticeId)
    await restored(ground, caseId)
    expect(await ground.transact((tx) => markSent(tx, ground.clock, noticeId))).toBe(true)
    expect(await first(ground)).toEqual([['sent', null]])
  })

  it('is withheld from every addressee, also from who did not appeal, once it is put right and not before', async () => {
    await using ground = await openGround(await empty())
    const organisation = { id: 'acme', contactEmail: 'trust@acme.example' }
    const of = { ...context, account: { ...account, organisation } }
    const { caseId, noticeId } = await plan(ground, { addressees: 'both' }, of)
    const { clock, vault, transact } = ground
    const asked = {
      kind: 'appeal_overturned',
      about: 'appeal_1',
      caseId,
      earlierNotice: noticeId,
      policy,
      recall,
    } as const
    await transact((tx) => planFollowUp(tx, clock, vault, asked))
    expect(await first(ground)).toEqual([
      ['waiting', null],
      ['waiting', null],
    ])
    await restored(ground, caseId)
    expect(await first(ground)).toEqual([
      ['not_sent', 'restored'],
      ['not_sent', 'restored'],
    ])
  })

  it('is withheld at once where it is a test’s, which nothing repairs', async () => {
    await using ground = await openGround(await empty())
    const { caseId } = await plan(ground, {}, context, { isTest: true })
    await restored(ground, caseId, 'appeal_overturned')
    expect(await first(ground)).toEqual([['not_sent', 'appeal_overturned']])
  })

  it('that was handed over is not shown to the platform any more, and one that was begun is not handed over', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const pull = { channel: 'pull' } as const
    const one = await plan(ground, pull)
    const two = await plan(ground, pull)
    const hand = (noticeId: string) => transact((tx) => markHandedOver(tx, clock, vault, { noticeId, policy }))
    const due = async () =>
      (await dueNotices(database.read, clock, vault, { policy, limit: 9 })).notices.map(({ id }) => id)
    await begin(ground, one.noticeId)
    await begin(ground, two.noticeId)
    expect(await hand(one.noticeId)).toBeUndefined()
    expect(await due()).toEqual([one.noticeId])
    await repaired(ground, one.caseId)
    await repaired(ground, two.caseId)
    expect(await due()).toEqual([])
    expect(await hand(two.noticeId)).toEqual({ kind: 'over', state: 'not_sent' })
    expect(await begin(ground, one.noticeId)).toEqual({ kind: 'over', state: 'not_sent' })
    // It told the reader before it could know.
    expect(await transact((tx) => markDelivered(tx, clock, one.noticeId, 'key:platform'))).toBe(true)
  })

  it('is given to a platform that fetches as a test in all but production', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const { noticeId } = await plan(ground, { channel: 'pull' })
    await begin(ground, noticeId)
    await transact((tx) => markHandedOver(tx, clock, vault, { noticeId, policy }))
    for (const [environment, isTest] of [
      ['sandbox', true],
      ['test', true],
      ['production', false],
    ] as const) {
      const { notices } = await dueNotices(database.read, clock, vault, {
        policy: { ...policy, environment },
        limit: 9,
      })
      expect(notices).toMatchObject([{ environment, isTest }])
    }
  })

  it('goes while one case of its account in the report stands, and not when the last one is an error', async () => {
    await using ground = await openGround(await empty())
    const { caseId, noticeId, reportId } = await plan(ground)
    const other = await joined(ground, reportId)
    await repaired(ground, caseId)
    expect((await begin(ground, noticeId)).kind).toBe('mail')
    await ground.transact((tx) => markBounced(tx, ground.clock, noticeId, '5.1.1'))
    await repaired(ground, other)
    const again = { noticeId, by: 'person:p', policy } as const
    const { vault, clock, transact } = ground
    const revived = await transact(async (tx) =>
      reviveNotice(tx, clock, vault, { ...again, record: await readCase(tx, vault, caseId) }),
    )
    expect(revived).toBe('repaired')
  })

  it('is kept while another case of its report stands, also when one is restored', async () => {
    await using ground = await openGround(await empty())
    const { caseId, noticeId, reportId } = await plan(ground)
    const other = await joined(ground, reportId)
    await restored(ground, caseId)
    expect(await first(ground)).toEqual([['waiting', null]])
    await repaired(ground, caseId)
    await restored(ground, other)
    expect(await first(ground)).toEqual([['not_sent', 'restored']])
    expect((await begin(ground, noticeId)).kind).toBe('over')
  })

  it('is told of by the outcome of its appeal first, and that it was put right behind that', async () => {
    await using ground = await openGround(await empty())
    const { caseId } = await plan(ground)
    const outcome = await restored(ground, caseId, 'appeal_overturned')
    const right = await restored(ground, caseId)
    expect(right.dueAt).toBeGreaterThan(outcome.dueAt)
  })

  it('was refused: what follows goes to the address as it is known by now, also after it was withheld', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact } = ground
    const { caseId, noticeId } = await plan(
      ground,
      {},
      { ...context, account: { ...account, email: 'old@example.org' } },
    )
    expect(await begin(ground, noticeId)).toMatchObject({ mail: { to: 'old@example.org' } })
    await transact((tx) => markDead(tx, clock, noticeId, '550 at RCPT TO'))
    await saidLater(ground, caseId, account)
    await restored(ground, caseId, 'appeal_overturned')
    expect(await first(ground)).toEqual([['dead', '550 at RCPT TO']])
    const next = await restored(ground, caseId)
    expect(await first(ground)).toEqual([['not_sent', 'restored']])
    clock.set(next.dueAt)
    expect(await begin(ground, next.noticeId)).toMatchObject({ mail: { to: 'seven@example.org' } })
  })

  it('was told: what follows goes to the same address, but to none that is unproven by now', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact } = ground
    const { caseId, noticeId } = await plan(ground)
    await begin(ground, noticeId)
    await transact((tx) => markSent(tx, clock, noticeId))
    await saidLater(ground, caseId, { ...account, email: 'other@example.org', emailVerified: false })
    const outcome = await restored(ground, caseId, 'appeal_overturned')
    await saidLater(ground, caseId, { ...account, emailVerified: false })
    expect(await restored(ground, caseId)).toMatchObject({ state: 'not_sent', reason: 'address_unverified' })
    expect(outcome.state).toBe('waiting')
    clock.set(outcome.dueAt)
    expect(await begin(ground, outcome.noticeId)).toEqual({ kind: 'over', state: 'not_sent' })
  })

  it('was never tried: what follows goes to the address that was said last', async () => {
    await using ground = await openGround(await empty())
    const { clock } = ground
    const { caseId } = await plan(ground)
    await saidLater(ground, caseId, { ...account, email: 'new@example.org' })
    const next = await restored(ground, caseId)
    clock.set(next.dueAt)
    expect(await begin(ground, next.noticeId)).toMatchObject({ mail: { to: 'new@example.org' } })
  })
})
