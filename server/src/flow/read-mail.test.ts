import { connect, createServer, type Server } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appealsOfCase } from '#appeals'
import { Fault, type Log } from '#base'
import { dismissLetter, listLetters, openLetter, readBox, readCounts } from '#letters'
import { noticesOfCase } from '#notices'
import { type Ground, openGround } from '../cases/testing.ts'
import { emptyDatabases } from '../db/testing.ts'
import { claimJobs } from '../jobs/store.ts'
import {
  appealsAddress,
  type Dovecot,
  letterTo,
  openTestBox,
  startDovecot,
  type TestBox,
  tell,
} from '../letters/testing.ts'
import { beginReading, letterHandlers, type Reading } from './read-mail.ts'
import { attachLetter } from './tray.ts'
import { ofLetters } from './watch-letters.ts'

let dovecot: Dovecot
beforeAll(async () => {
  dovecot = await startDovecot()
})
afterAll(() => dovecot.stop())

type Story = { readonly ground: Ground; readonly box: TestBox; readonly river: Reading; readonly said: string[] }

/** `imapUrl`: another way to the same mailbox. */
async function openStory(ground: Ground, imapUrl?: string, box = openTestBox(dovecot)): Promise<Story> {
  const said: string[] = []
  const write = (fields: object, words: string) => void said.push(`${words} ${JSON.stringify(fields)}`)
  const log: Log = { info: write, warn: write, error: write }
  const letters = {
    environment: 'sandbox',
    imapUrl: imapUrl ?? box.imapUrl,
    address: appealsAddress,
    everyMs: 60_000,
  } as const
  const hearings = { withinMs: 190 * 86_400_000, hearingMs: 7 * 86_400_000, secondLook: false }
  return { ground, box, said, river: { ...ground, log, letters, hearings, wake: () => {} } }
}

/** One round of the job, as a worker runs it. Gives why it will be run again. */
async function round({ river, ground: { clock } }: Story): Promise<string> {
  const { database } = river
  await beginReading(river)
  clock.set(clock.now() + 700_000)
  const wanted = { kinds: ['read_mail'], limit: 1, now: clock.now(), lease: `${Math.random()}`, leaseMs: 30_000 }
  const [job] = await database.transact((tx) => claimJobs(tx, database.kind, wanted))
  if (job === undefined) throw new Error('no job is due')
  const outcome = await letterHandlers(river).read_mail(job, new AbortController().signal)
  await database.transact((tx) =>
    tx.updateTable('jobs').set({ state: 'waiting', lease: null, leased_until: null }).execute(),
  )
  return outcome.kind === 'again' ? outcome.why : 'done'
}

const heads = ({ ground }: Story) => listLetters(ground.database.read, { limit: 500 })
const wordsOf = async ({ ground }: Story, caseId: string) =>
  (await appealsOfCase(ground.database.read, ground.vault, caseId)).flatMap((appeal) =>
    appeal.words.map(({ words }) => words),
  )
const open = ({ ground }: Story, number: number) =>
  ground.transact((tx) => openLetter(tx, ground.clock, ground.vault, { number, by: 'person:ann' }))

describe.each(emptyDatabases)('on %s, mail to the appeals address', (_kind, empty) => {
  it('that fits no case waits in the tray, sealed, until a person attaches or dismisses it', async () => {
    await using ground = await openGround(await empty())
    const story = await openStory(ground)
    const { noticeId, caseId, replyTo } = await tell(ground)
    await story.box.deliver(letterTo(appealsAddress, 'My account is gone, why?'))
    await story.box.deliver(
      letterTo(
        replyTo.replace(/.@/, (end) => (end[0] === 'a' ? 'b@' : 'a@')),
        'A wrong tag.',
      ),
    )
    await story.box.deliver(letterTo(replyTo, '> only what was quoted'))
    await round(story)
    expect((await heads(story)).map(({ number, state, why, noticeId }) => [number, state, why, noticeId])).toEqual([
      [3, 'waiting', 'no_words', noticeId],
      [2, 'waiting', 'wrong_tag', null],
      [1, 'waiting', 'no_tag', null],
    ])
    expect(await open(story, 1)).toMatchObject({ words: 'My account is gone, why?', from: 'somebody@users.example' })
    const table = JSON.stringify(await ground.database.read.selectFrom('letters').selectAll().execute())
    expect(Buffer.from(table, 'latin1').toString()).not.toContain('somebody')

    ground.clock.set(ground.clock.now() + 86_400_000)
    expect(await ofLetters(story.river)).toMatchObject([
      { type: 'letters.waiting', data: { letters: '3', left: '0', noted: '0' } },
    ])
    const { appealId } = await attachLetter(story.river, { number: 1, noticeId, by: 'person:ann' })
    await ground.transact((tx) =>
      dismissLetter(tx, ground.clock, ground.vault, { number: 2, reason: 'an advertisement', by: 'person:ann' }),
    )
    expect(await wordsOf(story, caseId)).toEqual(['My account is gone, why?'])
    expect(await open(story, 1)).toMatchObject({ state: 'attached', noticeId, appealId })
    expect(await open(story, 2)).toMatchObject({ state: 'dismissed', reason: 'an advertisement' })
    const again = attachLetter(story.river, { number: 2, noticeId, by: 'person:ann' })
    await expect(again).rejects.toMatchObject({ code: 'not_possible' })
    const acts = await ground.database.read.selectFrom('audit_events').select(['act', 'actor', 'detail']).execute()
    expect(acts.filter(({ act }) => act === 'open_letter')).toHaveLength(3)
    expect(JSON.stringify(acts)).not.toMatch(/example|advertisement|gone, why/)
    expect(story.said.join()).not.toMatch(/example|gone, why/)
  })

  it('is one word, however often the server dies between the database and the mailbox, or its numbers change', async () => {
    await using ground = await openGround(await empty())
    const box = openTestBox(dovecot)
    // Cuts the line when the mail is to be marked and moved: the words are in the database by then.
    await using way = await openWay(dovecot.port, { cut: / (STORE|MOVE) / })
    const story = await openStory(ground, box.imapUrl.replace(String(dovecot.port), String(way.port)), box)
    const { caseId, replyTo } = await tell(ground)
    await box.deliver(letterTo(replyTo, 'It is my own house.'))
    expect(await round(story)).toContain('cannot be read')
    expect(await wordsOf(story, caseId)).toEqual(['It is my own house.'])
    expect(await box.lies('INBOX')).toHaveLength(1)
    expect(await readBox(ground.database.read)).toMatchObject({ failingSince: expect.any(Number) })

    const clear = await openStory(ground, box.imapUrl, box)
    await round(clear)
    expect(await box.lies('INBOX')).toEqual([])
    expect(await readBox(ground.database.read)).toMatchObject({ failingSince: null, trouble: null })
    // Moved back by hand it has another UID, as every mail has after a mailbox was made anew.
    await box.within(async (client) => {
      await client.mailboxOpen('Wardline read')
      await client.messageMove('1', 'INBOX')
    })
    await round(clear)
    expect(await box.lies('INBOX')).toEqual([])
    expect(await wordsOf(clear, caseId)).toEqual(['It is my own house.'])
    expect(await heads(clear)).toHaveLength(1)
  })

  it('is noted and no word of anybody when a machine wrote it, and a bounce says whether it is for good', async () => {
    await using ground = await openGround(await empty())
    const story = await openStory(ground)
    const { caseId, noticeId, replyTo } = await tell(ground)
    const away = (headers: Record<string, string>) => story.box.deliver(letterTo(replyTo, 'I am away.', headers))
    await away({ 'Auto-Submitted': 'auto-replied' })
    await away({ Precedence: 'auto_reply' })
    await away({ 'Auto-Submitted': 'no' })
    await story.box.deliver(bounce(replyTo, 'failed', '5.1.1'))
    await story.box.deliver(bounce(replyTo, 'delayed', '4.4.1'))
    await story.box.deliver(bounce(replyTo, 'failed', '4.4.7'))
    await story.box.deliver(letterTo(appealsAddress, 'I am away.', { 'Auto-Submitted': 'auto-replied' }))
    await round(story)
    expect(
      (await heads(story)).toReversed().map(({ kind, state, why, noticeId }) => [kind, state, why, noticeId]),
    ).toEqual([
      ['automatic', 'noted', 'automatic', noticeId],
      ['automatic', 'noted', 'automatic', noticeId],
      ['letter', 'threaded', null, noticeId],
      ['bounce', 'noted', 'hard 5.1.1', noticeId],
      ['bounce', 'noted', 'soft 4.4.1', noticeId],
      ['bounce', 'noted', 'hard 4.4.7', noticeId],
    ])
    expect(await wordsOf(story, caseId)).toEqual(['I am away.'])
    expect(await story.box.lies('Wardline left')).toHaveLength(1)
    // Nobody has looked whether a person's words are among them.
    ground.clock.set(ground.clock.now() + 86_400_000)
    expect(await ofLetters(story.river)).toMatchObject([
      { type: 'letters.waiting', data: { letters: '0', noted: '2' } },
    ])
    // The one that came back for good: an operator sees it as dead.
    const [notice] = await noticesOfCase(ground.database.read, caseId)
    expect(notice).toMatchObject({ state: 'dead', reason: 'bounced: 5.1.1' })
  })

  it('of a postmaster who begins it waits for a person: a firm’s contact may have that address', async () => {
    await using ground = await openGround(await empty())
    const story = await openStory(ground)
    const { caseId, replyTo } = await tell(ground)
    const From = 'Trust <Postmaster@firm.example>'
    await story.box.deliver(letterTo(appealsAddress, 'Our account is gone, why?', { From }))
    await story.box.deliver(letterTo(appealsAddress, 'Not delivered.', { From, 'Return-Path': '<>' }))
    await story.box.deliver(letterTo(appealsAddress, 'Not delivered.', { From: 'MAILER-DAEMON@mx.example' }))
    // An old server's bounce may look like this, and is nobody's appeal.
    await story.box.deliver(letterTo(replyTo, 'Not delivered.', { From }))
    await round(story)
    expect((await heads(story)).map(({ kind, state, why }) => [kind, state, why])).toEqual([
      ['automatic', 'noted', 'automatic'],
      ['letter', 'waiting', 'no_tag'],
    ])
    expect(await wordsOf(story, caseId)).toEqual([])
    expect(await story.box.lies('Wardline left')).toHaveLength(2)
  })

  it.each([
    { 'List-Id': '<family.users.example>' },
    { Precedence: 'list' },
    { Precedence: 'bulk' },
    { 'Auto-Submitted': 'auto-generated' },
  ])('is a person’s letter though it came through a group or a ticket system (%o)', async (headers) => {
    await using ground = await openGround(await empty())
    const story = await openStory(ground)
    const { caseId, replyTo } = await tell(ground)
    await story.box.deliver(letterTo(replyTo, 'It is my own house.', headers))
    await story.box.deliver(letterTo(appealsAddress, 'My account is gone.', headers))
    await round(story)
    expect(await wordsOf(story, caseId)).toEqual(['It is my own house.'])
    expect((await heads(story)).map(({ kind, state, why }) => [kind, state, why])).toEqual([
      ['letter', 'waiting', 'no_tag'],
      ['letter', 'threaded', null],
    ])
  })

  it('whose words stand only in its subject is heard, and the subject of an answer is no word of anybody', async () => {
    await using ground = await openGround(await empty())
    const story = await openStory(ground)
    const { caseId, replyTo } = await tell(ground)
    await story.box.deliver(letterTo(replyTo, '', { Subject: 'It is my own house' }))
    await story.box.deliver(letterTo(replyTo, '', { Subject: 'Antw: Your account' }))
    await round(story)
    expect(await wordsOf(story, caseId)).toEqual(['It is my own house'])
    expect(await heads(story)).toMatchObject([{ state: 'waiting', why: 'no_words' }, { state: 'threaded' }])
  })

  it('says that a notice was given up after days, with a status for now (4.x): it is dead, and a person hears of it', async () => {
    await using ground = await openGround(await empty())
    const story = await openStory(ground)
    const { caseId, replyTo } = await tell(ground)
    const state = async () => (await noticesOfCase(ground.database.read, caseId))[0]
    await story.box.deliver(bounce(replyTo, 'delayed', '4.4.1'))
    await round(story)
    expect(await state()).toMatchObject({ state: 'sent' })
    await story.box.deliver(bounce(replyTo, 'failed', '4.4.7'))
    await round(story)
    expect(await state()).toMatchObject({ state: 'dead', reason: 'bounced: 4.4.7' })
  })

  it('is left where it is beyond the limits: one sender fills no tray, and nobody’s flood keeps a tagged letter out', async () => {
    await using ground = await openGround(await empty())
    const story = await openStory(ground)
    const { caseId, replyTo } = await tell(ground)
    const flood = Array.from({ length: 12 }, (_, n) => letterTo(appealsAddress, `Letter ${n}`))
    await story.box.deliver(...flood, letterTo(replyTo, 'It is my own house.'))
    await round(story)
    expect((await heads(story)).filter(({ state }) => state === 'waiting')).toHaveLength(10)
    expect(await story.box.lies('Wardline left')).toHaveLength(2)
    expect(await story.box.lies('INBOX')).toEqual([])
    expect(await readCounts(ground.database.read, ground.clock.now())).toEqual({ too_many_of_sender: 2 })
    expect(await wordsOf(story, caseId)).toEqual(['It is my own house.'])
  })

  it('that its appeal takes no more is not lost: it waits for a person', async () => {
    await using ground = await openGround(await empty())
    const story = await openStory(ground)
    const { caseId, replyTo } = await tell(ground)
    await story.box.deliver(...Array.from({ length: 21 }, (_, n) => letterTo(replyTo, `Word ${n}`)))
    await round(story)
    expect(await wordsOf(story, caseId)).toHaveLength(20)
    expect((await heads(story))[0]).toMatchObject({ state: 'waiting', why: 'appeal_refused' })
  })
})

describe('a mail that ends the reading each time', () => {
  it('is left unread after some tries, for a person to look at, and the ones behind it are read', async () => {
    await using ground = await openGround(await (emptyDatabases[0]?.[1] ?? fail)())
    const box = openTestBox(dovecot)
    await using way = await openWay(dovecot.port, { cut: /FETCH 1 .*BODYSTRUCTURE/ })
    const story = await openStory(ground, box.imapUrl.replace(String(dovecot.port), String(way.port)), box)
    const { caseId, replyTo } = await tell(ground)
    await box.deliver(letterTo(appealsAddress, 'Whatever it holds.'), letterTo(replyTo, 'It is my own house.'))
    for (let tries = 0; tries < 5; tries += 1) expect(await round(story)).toContain('cannot be read')
    await round(story)
    expect(await heads(story)).toMatchObject([
      { number: 2, state: 'threaded' },
      { number: 1, state: 'waiting', why: 'unreadable', characters: 0 },
    ])
    expect(await box.lies('Wardline left')).toHaveLength(1)
    expect(await wordsOf(story, caseId)).toEqual(['It is my own house.'])
  })
})

describe('an attachment', () => {
  it('is refused unread: its bytes never leave the mail server, and the operator sees how many there were', async () => {
    await using ground = await openGround(await (emptyDatabases[0]?.[1] ?? fail)())
    const box = openTestBox(dovecot)
    await using way = await openWay(dovecot.port)
    const story = await openStory(ground, box.imapUrl.replace(String(dovecot.port), String(way.port)), box)
    const { caseId, replyTo } = await tell(ground)
    const file = (name: string) => [
      `--b\r\nContent-Type: image/jpeg; name="${name}"\r\nContent-Transfer-Encoding: base64\r\n`,
      `${Buffer.alloc(1_000_000, 'secret bytes').toString('base64')}`,
    ]
    await box.deliver(
      letterTo(
        replyTo,
        [
          '--b\r\nContent-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n',
          '<p>It is <b>mine</b>: caf=E9<img src="data:image/png;base64,AAAA"></p>',
          ...file('one.jpg'),
          ...file('two.jpg'),
          '--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=note.txt\r\n\r\nsecret bytes',
          '--b--',
        ].join('\r\n'),
        { 'Content-Type': 'multipart/mixed; boundary=b' },
      ),
    )
    await round(story)
    expect(await wordsOf(story, caseId)).toEqual(['It is mine: café[a file inside the text was refused]'])
    expect(await heads(story)).toMatchObject([{ state: 'threaded', attachments: 3 }])
    expect(way.heard()).toBeGreaterThan(500)
    expect(way.heard()).toBeLessThan(20_000)
    expect(JSON.stringify(await heads(story)) + story.said.join()).not.toMatch(/jpg|note/)
  })
})

describe('a mailbox that cannot be read', () => {
  it('is said in words that repeat neither name nor password, and tried again later', async () => {
    await using ground = await openGround(await (emptyDatabases[0]?.[1] ?? fail)())
    const wrong = openTestBox(dovecot).imapUrl.replace(':drawn@', ':hunter2@')
    const story = await openStory(ground, wrong)
    expect(await round(story)).toBe(
      'the mailbox of appeals cannot be read (the connection: name or password were refused)',
    )
    expect(story.said.join()).not.toMatch(/hunter2|box_/)
    const gone = await openStory(ground, 'imap://u:p@127.0.0.1:1')
    expect(await round(gone)).toContain('ECONNREFUSED')
    // For longer than a mail server takes to come back.
    ground.clock.set(ground.clock.now() + 900_000)
    const trouble = expect.stringContaining('ECONNREFUSED')
    expect(await ofLetters(gone.river)).toMatchObject([{ type: 'letters.unreachable', data: { trouble } }])
  })
})

const fail = () => {
  throw new Fault('no_database', 'there is no database to test on', { retry: 'never' })
}

/** What a mail server says that could not deliver (RFC 3464). */
function bounce(to: string, action: string, status: string): string[] {
  return letterTo(
    to,
    [
      '--b\nContent-Type: text/plain\n\nIt could not be delivered.',
      `--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.users.example\n\nFinal-Recipient: rfc822; a@example.org\nAction: ${action}\nStatus: ${status}`,
      '--b\nContent-Type: message/rfc822\n\nSubject: About your account\n\nHello,\n--b--',
    ].join('\n'),
    {
      From: 'MAILER-DAEMON@users.example',
      'Return-Path': '<>',
      'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
    },
  )
}

/** A way to the server that counts what comes back, and cuts the line when the client says this. */
async function openWay(port: number, { cut }: { readonly cut?: RegExp } = {}) {
  let heard = 0
  const server: Server = createServer((near) => {
    const far = connect({ host: '127.0.0.1', port })
    const end = () => {
      near.destroy()
      far.destroy()
    }
    near.on('error', end).on('close', end)
    far.on('error', end).on('close', end)
    near.on('data', (chunk) => {
      if (cut?.test(chunk.toString('latin1'))) return end()
      far.write(chunk)
    })
    far.on('data', (chunk) => {
      heard += chunk.length
      near.write(chunk)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    port: address.port,
    heard: () => heard,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  }
}
