// What a platform says between a report and its notice, and between two tries of it.
import { describe, expect, it } from 'vitest'
import { type CaseContext, readCase } from '#cases'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import {
  deliverable,
  listNotices,
  markDead,
  markFailed,
  markHandedOver,
  markSending,
  type NoticePolicy,
  planNotice,
  reviveNotice,
} from './notices.ts'
import { reported, saidLater } from './testing.ts'

const policy: NoticePolicy = {
  environment: 'sandbox',
  enabled: true,
  delayMs: 1000,
  jitterMs: 0,
  publicUrl: 'http://127.0.0.1:8080',
}
type Account = NonNullable<CaseContext['account']>
const account: Account = { id: '7', email: 'seven@example.org', emailVerified: true }

async function planned(ground: Ground, change: Partial<NoticePolicy> = {}, of: Account = account) {
  const { clock, vault, transact } = ground
  const { caseId, reportId, record } = await reported(ground, { surface: 'upload', account: of })
  const asked = { reportId, record, finishedAt: clock.now(), policy: { ...policy, ...change } }
  const { noticeId } = await transact((tx) => planNotice(tx, clock, vault, asked))
  clock.set(clock.now() + 1000)
  return { caseId, noticeId }
}

const begin = ({ transact, clock, vault }: Ground, noticeId: string) =>
  transact((tx) => markSending(tx, clock, vault, { noticeId, policy }))
const where = async ({ database }: Ground) => {
  const all = await listNotices(database.read, { limit: 9 })
  return all.map(({ state, reason }) => [state, reason])
}
const isForChild = (text: string) => text.includes('our rule that protects children from sexual exploitation')

describe.each(emptyDatabases)('a first notice, on %s,', (_kind, empty) => {
  it('goes to no address that was said to be unproven, also where it was proven before', async () => {
    await using ground = await openGround(await empty())
    const { caseId, noticeId } = await planned(ground)
    await saidLater(ground, caseId, { id: '7', email: 'Seven@example.org', emailVerified: false })
    expect(await begin(ground, noticeId)).toEqual({ kind: 'over', state: 'not_sent' })
    expect(await where(ground)).toEqual([['not_sent', 'address_unverified']])
  })

  it('goes where it was said last, and not by what was said of another account or address', async () => {
    await using ground = await openGround(await empty())
    const { caseId, noticeId } = await planned(ground)
    await saidLater(ground, caseId, { ...account, email: 'old@example.org', emailVerified: false })
    await saidLater(ground, caseId, { ...account, email: 'new@example.org' })
    await saidLater(ground, caseId, { ...account, id: '8', email: 'another@example.org', age: 12 })
    const begun = await begin(ground, noticeId)
    expect(begun).toMatchObject({ kind: 'mail', mail: { to: 'new@example.org' } })
    expect(begun.kind === 'mail' && isForChild(begun.mail.text)).toBe(false)
  })

  it('that was tried stays the same mail, but is not sent again to an address that is unproven by now', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact } = ground
    const { caseId, noticeId } = await planned(ground)
    const first = await begin(ground, noticeId)
    const fail = () => transact((tx) => markFailed(tx, clock, { noticeId, why: '451 at DATA', policy }))
    await fail()
    await saidLater(ground, caseId, { id: '7', email: 'new@example.org', age: 12 })
    expect(await begin(ground, noticeId)).toEqual({ ...first, attempts: 2 })
    await fail()
    await saidLater(ground, caseId, { ...account, emailVerified: false })
    expect(await begin(ground, noticeId)).toEqual({ kind: 'over', state: 'not_sent' })
    expect(await where(ground)).toEqual([['not_sent', 'address_unverified']])
  })

  it.each(['webhook', 'pull'] as const)(
    'given to the platform (%s) blames nobody who is known by then to be a child',
    async (channel) => {
      await using ground = await openGround(await empty())
      const { clock, vault, transact, database } = ground
      const { caseId, noticeId } = await planned(ground, { channel })
      const isChilds = async () => isForChild((await deliverable(database.read, vault, noticeId, policy)).text)
      expect((await begin(ground, noticeId)).kind).toBe('hand_over')
      expect(await isChilds()).toBe(false)
      await saidLater(ground, caseId, { id: '7', dateOfBirth: new Date(clock.now()).toISOString().slice(0, 10) })
      expect(await transact((tx) => markHandedOver(tx, clock, vault, { noticeId, policy }))).toBeUndefined()
      expect(await isChilds()).toBe(true)
    },
  )

  it('to an organisation goes to the contact that was said last of that one', async () => {
    await using ground = await openGround(await empty())
    const of = (id: string, contactEmail: string) => ({ id: '7', organisation: { id, contactEmail } })
    const { caseId, noticeId } = await planned(ground, {}, of('acme', 'left@acme.example'))
    await saidLater(ground, caseId, of('acme', 'trust@acme.example'))
    await saidLater(ground, caseId, of('other', 'trust@other.example'))
    expect(await begin(ground, noticeId)).toMatchObject({ mail: { to: 'trust@acme.example' } })
  })

  it('of several cases in one report goes by what was said of any of them', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact, database } = ground
    const { caseId, noticeId } = await planned(ground)
    const other = await reported(ground, { surface: 'upload', account })
    const { report_id } = await database.read
      .selectFrom('notices')
      .select('report_id')
      .where('id', '=', noticeId)
      .executeTakeFirstOrThrow()
    const together = { report_id: report_id ?? '' }
    await database.read.updateTable('report_cases').set(together).where('case_id', '=', other.caseId).execute()
    await saidLater(ground, other.caseId, { ...account, email: 'new@example.org' })
    expect(await begin(ground, noticeId)).toMatchObject({ mail: { to: 'new@example.org' } })
    await transact((tx) => markDead(tx, clock, noticeId, '550 at RCPT TO'))
    await saidLater(ground, other.caseId, { ...account, email: 'new@example.org', emailVerified: false })
    const record = await readCase(database.read, vault, caseId)
    const revive = transact((tx) => reviveNotice(tx, clock, vault, { noticeId, by: 'person:p', record, policy }))
    await expect(revive).rejects.toMatchObject({ code: 'not_possible' })
  })

  it('goes by what a later find of the account said, though that is a case of its own, and one that cannot be read hinders nobody', async () => {
    await using ground = await openGround(await empty())
    const { database } = ground
    const { noticeId } = await planned(ground)
    await reported(ground, { surface: 'upload', account: { ...account, email: 'new@example.org' } })
    const broken = await reported(ground, { surface: 'upload', account: { ...account, email: 'gone@example.org' } })
    const { record } = await reported(ground, { surface: 'upload', account: { id: '8', email: 'eight@example.org' } })
    const sealed = database.read.selectFrom('cases').select('context_sealed').where('id', '=', record.id)
    const { context_sealed } = await sealed.executeTakeFirstOrThrow()
    await database.read.updateTable('cases').set({ context_sealed }).where('id', '=', broken.caseId).execute()
    expect(await begin(ground, noticeId)).toMatchObject({ mail: { to: 'new@example.org' } })
  })
})
