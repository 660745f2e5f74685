import { once } from 'node:events'
import { createServer } from 'node:net'
import { startMailbox } from '@wardline/sandbox'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CaseContext, readCase } from '#cases'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import { appealToken } from './link.ts'
import {
  listNotices,
  type Mail,
  markDead,
  markFailed,
  markSending,
  markSent,
  type NoticePolicy,
  noticesOfCase,
  openPost,
  planNotice,
  readAppealToken,
  reviveNotice,
} from './notices.ts'
import { reported, saidLater } from './testing.ts'

const policy: NoticePolicy = {
  environment: 'sandbox',
  enabled: true,
  delayMs: 0,
  jitterMs: 0,
  publicUrl: 'http://127.0.0.1:8080/trust',
}
const account = { id: '7', email: 'seven@example.org', emailVerified: true }

async function plan(
  ground: Ground,
  account: CaseContext['account'],
  change: Partial<NoticePolicy> = {},
  { isTest = false } = {},
) {
  const { clock, vault } = ground
  const { caseId, reportId, record } = await reported(ground, { surface: 'upload', account }, { isTest })
  return ground.transact(async (tx) => {
    const asked = { reportId, record, finishedAt: clock.now(), policy: { ...policy, ...change } }
    const planned = await planNotice(tx, clock, vault, asked)
    expect(await planNotice(tx, clock, vault, asked)).toEqual(planned)
    return { ...planned, caseId }
  })
}

const look = ({ transact, clock, vault }: Ground, noticeId: string) =>
  transact((tx) => markSending(tx, clock, vault, { noticeId, policy }))

async function begin(ground: Ground, noticeId: string): Promise<Mail> {
  const begun = await ground.transact((tx) => markSending(tx, ground.clock, ground.vault, { noticeId, policy }))
  if (begun.kind !== 'mail') throw new Error(begun.kind)
  return begun.mail
}

describe.each(emptyDatabases)('notices on %s', (_kind, empty) => {
  it('are for the user, after the delay', async () => {
    await using ground = await openGround(await empty())
    const planned = await plan(ground, account, { delayMs: 1000 })
    const dueAt = ground.clock.now() + 1000
    expect(planned).toMatchObject({ addressee: 'user', state: 'waiting', dueAt })
    expect(await look(ground, planned.noticeId)).toEqual({ kind: 'too_early', untilMs: dueAt })
    ground.clock.set(dueAt)
    expect((await begin(ground, planned.noticeId)).to).toBe('seven@example.org')
  })

  it('of a test in production are not sent once the operator has another address, and say why', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault } = ground
    const mine = { ...policy, environment: 'production' as const, operatorEmail: 'old@x.example' }
    const { noticeId } = await plan(ground, account, mine, { isTest: true })
    const other = { ...mine, operatorEmail: 'new@x.example' }
    const begun = await ground.transact((tx) => markSending(tx, clock, vault, { noticeId, policy: other }))
    expect(begun).toEqual({ kind: 'over', state: 'not_sent' })
    const why = { id: noticeId, state: 'not_sent', reason: 'operator_address_changed', attempts: 0 }
    expect(await listNotices(ground.database.read, { limit: 9 })).toMatchObject([why])
    expect(await ground.transact((tx) => markSending(tx, clock, vault, { noticeId, policy: mine }))).toEqual(begun)
  })

  it('are for the organisation where the account is one’s, and never for its single user', async () => {
    await using ground = await openGround(await empty())
    const organisation = { id: 'acme', contactEmail: 'trust@acme.example' }
    const told = await plan(ground, { ...account, organisation })
    expect(told).toMatchObject({ addressee: 'organisation', state: 'waiting' })
    expect((await begin(ground, told.noticeId)).to).toBe('trust@acme.example')
    const silent = await plan(ground, { ...account, organisation: { id: 'other' } })
    expect(silent).toMatchObject({ addressee: 'organisation', state: 'not_sent', reason: 'no_address' })
  })

  it.each([
    ['no_address', undefined, {}],
    ['no_address', { id: '7' }, {}],
    ['address_unverified', { ...account, emailVerified: false }, {}],
    ['policy_off', account, { enabled: false }],
  ] as const)('are not sent, and say why: %s', async (reason, who, change) => {
    await using ground = await openGround(await empty())
    const { noticeId, state, ...rest } = await plan(ground, who, change)
    expect({ state, ...rest }).toMatchObject({ state: 'not_sent', reason })
    expect(await ground.transact((tx) => markSending(tx, ground.clock, ground.vault, { noticeId, policy }))).toEqual({
      kind: 'over',
      state: 'not_sent',
    })
  })

  it('fall at any moment of the jitter', async () => {
    await using ground = await openGround(await empty())
    const { dueAt } = await plan(ground, account, { delayMs: 1000, jitterMs: 1000 })
    expect(dueAt).toBeGreaterThanOrEqual(ground.clock.now() + 1000)
    expect(dueAt).toBeLessThan(ground.clock.now() + 2000)
  })

  it('are the same mail when they are sent again after a crash', async () => {
    await using ground = await openGround(await empty())
    await using box = await startMailbox()
    const { noticeId, caseId } = await plan(ground, account)
    const post = openPost({ ...policy, smtpUrl: box.smtpUrl, from: 'Trust <trust@forum.example>' })
    if (post.kind !== 'post') throw new Error('no post')
    const first = await begin(ground, noticeId)
    expect(await post.send(first)).toEqual({ kind: 'sent' })
    ground.clock.set(ground.clock.now() + 30_000)
    const again = await begin(ground, noticeId)
    expect(again).toEqual(first)
    await post.send(again)
    await ground.transact((tx) => markSent(tx, ground.clock, noticeId))
    const [one, two] = box.messages()
    expect(one).toMatchObject({
      to: ['seven@example.org'],
      from: 'trust@forum.example',
      messageId: `<${noticeId}@forum.example>`,
      html: expect.stringContaining('<html lang="en" dir="ltr">'),
      attachments: 0,
      headers: expect.objectContaining({ 'content-language': 'en' }),
    })
    expect(two).toMatchObject({ messageId: one?.messageId, text: one?.text })
    expect(one?.text.split('\n')[0]).toContain('NOTHING IS REPORTED TO NCMEC')
    expect(one?.text).toContain(`http://127.0.0.1:8080/trust/appeals/${appealToken(ground.vault, noticeId)}`)
    expect(await noticesOfCase(ground.database.read, caseId)).toMatchObject([{ state: 'sent', attempts: 2 }])
  })

  it('wait for a mail server that says "later" or says nothing, and are given up when it says "never"', async () => {
    await using ground = await openGround(await empty())
    await using box = await startMailbox()
    const { noticeId } = await plan(ground, account)
    const post = openPost({ ...policy, smtpUrl: box.smtpUrl, from: 'trust@forum.example' })
    if (post.kind !== 'post') throw new Error('no post')
    const mail = await begin(ground, noticeId)
    box.faults.refuseNext(1)
    expect(await post.send(mail)).toEqual({ kind: 'later', why: '451 at MAIL FROM' })
    box.faults.dropAfterData(1)
    expect(await post.send(mail)).toMatchObject({ kind: 'later' })
    const why = '451 at MAIL FROM'
    await ground.transact((tx) => markFailed(tx, ground.clock, { noticeId, why, policy }))
    expect(await listNotices(ground.database.read, { limit: 1 })).toMatchObject([
      { state: 'waiting', reason: '451 at MAIL FROM' },
    ])
    await begin(ground, noticeId)
    box.faults.refuseRecipient('seven@example.org')
    const refused = await post.send(mail)
    expect(refused).toEqual({ kind: 'refused', why: '550 at RCPT TO' })
    await ground.transact((tx) => markDead(tx, ground.clock, noticeId, '550 at RCPT TO'))
    expect(await listNotices(ground.database.read, { state: 'dead', limit: 1 })).toHaveLength(1)
    expect(await post.verify()).toEqual({ kind: 'ready' })
    await box.close()
    expect(await post.send(mail)).toEqual({ kind: 'later', why: 'no mail server answers' })
    expect(await post.verify()).toEqual({ kind: 'later', why: 'no mail server answers' })
  })

  it('that were given up are sent once a person says so, and no others', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact, vault } = ground
    const { noticeId, caseId } = await plan(ground, account)
    const revive = (id: string) =>
      transact(async (tx) => {
        const record = await readCase(tx, vault, caseId)
        await reviveNotice(tx, clock, vault, { noticeId: id, by: 'person:p', record, policy })
      })
    await begin(ground, noticeId)
    await expect(revive(noticeId)).rejects.toMatchObject({ code: 'not_possible' })
    await transact((tx) => markDead(tx, clock, noticeId, '550 at RCPT TO'))
    await expect(revive('notice_none')).rejects.toMatchObject({ code: 'no_such_notice' })
    await revive(noticeId)
    expect(await listNotices(ground.database.read, { limit: 1 })).toMatchObject([
      { state: 'waiting', reason: '550 at RCPT TO' },
    ])
    expect((await begin(ground, noticeId)).to).toBe('seven@example.org')
  })

  it('that were given up are not sent to an address that was found to be unproven since', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact, vault, database } = ground
    const { noticeId, caseId } = await plan(ground, account)
    await begin(ground, noticeId)
    await transact((tx) => markDead(tx, clock, noticeId, '550 at RCPT TO'))
    // It was proven before, and what a report says of it stays as it was said first.
    await saidLater(ground, caseId, { ...account, emailVerified: false })
    const record = await readCase(database.read, vault, caseId)
    expect(record.context.account).toEqual(account)
    const revive = transact((tx) => reviveNotice(tx, clock, vault, { noticeId, by: 'person:p', record, policy }))
    await expect(revive).rejects.toMatchObject({
      code: 'not_possible',
      message: expect.stringContaining('address_unverified'),
    })
    expect(await listNotices(database.read, { limit: 1 })).toMatchObject([{ state: 'dead', reason: '550 at RCPT TO' }])
  })

  it('that were given up go to the address that was said last, in the words for who it is by then', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact, vault, database } = ground
    const { noticeId, caseId } = await plan(ground, account)
    const { text } = await begin(ground, noticeId)
    await transact((tx) => markDead(tx, clock, noticeId, '550 at RCPT TO'))
    await saidLater(ground, caseId, { id: '7', email: 'better@example.org', emailVerified: true, age: 12 })
    const record = await readCase(database.read, vault, caseId)
    expect(record.context.account?.email, 'the report keeps what was said first').toBe(account.email)
    await transact((tx) => reviveNotice(tx, clock, vault, { noticeId, by: 'person:p', record, policy }))
    const mail = await begin(ground, noticeId)
    expect(mail.to).toBe('better@example.org')
    expect(text).not.toContain('because of our rule that protects children')
    expect(mail.text).toContain('because of our rule that protects children')
  })

  it('that are being sent are left alone for a while by whoever takes the job over', async () => {
    await using ground = await openGround(await empty())
    const { clock, transact, vault } = ground
    const { noticeId } = await plan(ground, account)
    await begin(ground, noticeId)
    const begunAt = clock.now()
    const look = (aloneSinceMs?: number) =>
      transact((tx) => markSending(tx, clock, vault, { noticeId, policy, aloneSinceMs }))
    clock.set(begunAt + 12_000)
    expect(await look()).toEqual({ kind: 'under_way', untilMs: begunAt + 30_000 })
    expect((await look(begunAt + 1)).kind, 'its sender is known to be dead').toBe('mail')
    clock.set(begunAt + 42_000)
    expect((await look()).kind).toBe('mail')
  })

  it('stay sent, whatever a slower worker says afterwards', async () => {
    await using ground = await openGround(await empty())
    const { noticeId } = await plan(ground, account)
    await begin(ground, noticeId)
    await ground.transact((tx) => markSent(tx, ground.clock, noticeId))
    const late = { noticeId, why: 'late', policy }
    expect(await ground.transact((tx) => markFailed(tx, ground.clock, late))).toEqual({ kind: 'over' })
    await ground.transact((tx) => markDead(tx, ground.clock, noticeId, 'late'))
    expect(await listNotices(ground.database.read, { limit: 1 })).toMatchObject([{ state: 'sent', reason: null }])
    expect(
      await ground.transact((tx) => markSending(tx, ground.clock, ground.vault, { noticeId, policy })),
    ).toMatchObject({
      kind: 'over',
    })
  })

  it('give a link that nobody can guess or alter', async () => {
    await using ground = await openGround(await empty())
    const token = appealToken(ground.vault, 'notice_1')
    expect(readAppealToken(ground.vault, token)).toBe('notice_1')
    expect(readAppealToken(ground.vault, token.replace('notice_1', 'notice_2'))).toBeUndefined()
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (at, other) => {
        const altered = token.slice(0, at) + other + token.slice(at + 1)
        fc.pre(altered !== token)
        expect(readAppealToken(ground.vault, altered)).toBeUndefined()
      }),
    )
    fc.assert(fc.property(fc.string(), (text) => readAppealToken(ground.vault, text) === undefined))
  })
})

describe('the post', () => {
  it.each(['sandbox', 'test'] as const)('of %s leads to no mail server beyond this machine', (environment) => {
    for (const smtpUrl of ['smtp://mail.example.org', 'smtps://10.0.0.1:465', 'smtp://127.0.0.1.example.org'])
      expect(() => openPost({ ...policy, environment, smtpUrl, from: 'a@example.org' })).toThrowError(
        expect.objectContaining({ code: 'wrong_mail_server' }),
      )
    for (const smtpUrl of ['smtp://127.0.0.1:25', 'smtp://localhost:2525', 'smtp://[::1]:2525'])
      expect(openPost({ ...policy, environment, smtpUrl, from: 'a@example.org' }).kind).toBe('post')
  })

  it('says what is missing', () => {
    expect(openPost(policy)).toEqual({ kind: 'no_post', missing: ['mail.smtpUrl', 'mail.from'] })
  })

  it('of a trial leads to the sandbox’s mailbox and to no other mail server of this machine', async () => {
    for (const greeting of ['220 mail.example.org ESMTP Postfix', '220 wardline-sandbox-mailbox.example ESMTP', '']) {
      const heard: string[] = []
      await using other = await listening((line) => heard.push(line), greeting)
      const post = openPost({ ...policy, smtpUrl: other.url, from: 'a@example.org' })
      if (post.kind !== 'post') throw new Error('no post')
      const refused = { kind: 'later', why: 'not the sandbox’s mailbox', alert: expect.stringContaining('ALERT') }
      expect(await post.send(mail)).toEqual(refused)
      expect(heard.filter((line) => !/^(QUIT)?$/.test(line))).toEqual([])
    }
  })

  it('goes beyond this machine under TLS or not at all', async () => {
    // 0.0.0.0 leads here too, and is none of the names that mean this machine.
    await using box = await startMailbox()
    const smtpUrl = box.smtpUrl.replace('127.0.0.1', '0.0.0.0')
    const post = openPost({ ...policy, environment: 'production', smtpUrl, from: 'a@example.org' })
    if (post.kind !== 'post') throw new Error('no post')
    expect(await post.send(mail)).toEqual({ kind: 'later', why: expect.stringMatching(/STARTTLS|ETLS/) })
    expect(box.messages()).toEqual([])
  })
})

const mail: Mail = { noticeId: 'notice_1', to: 'seven@example.org', subject: 's', text: 't' }

/** A server that greets, or hangs up when it has no greeting, and remembers what it hears. */
async function listening(hear: (line: string) => void, greeting: string) {
  const server = createServer((socket) => {
    if (greeting === '') socket.end('\r\n')
    else socket.write(`${greeting}\r\n`)
    socket.on('error', () => {}).on('data', (chunk) => chunk.toString().split('\r\n').forEach(hear))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `smtp://127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
