import { once } from 'node:events'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import type { Mailbox } from './mailbox.ts'
import { startMailbox } from './mailbox.ts'

const clock = new StillClock()
let mailbox: Mailbox
beforeEach(async () => {
  mailbox = await startMailbox({ clock })
})
afterEach(() => mailbox.close())

const mail = (subject: string, text: string) =>
  [
    'From: Wild Pictures <notices@wild.example>',
    'To: someone@mail.example',
    `Subject: ${subject}`,
    'Message-ID: <1@wild.example>',
    'Auto-Submitted: auto-generated',
    'MIME-Version: 1.0',
    'Content-Type: multipart/alternative; boundary=b',
    '',
    '--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n',
    text,
    '--b\r\nContent-Type: text/html\r\n',
    '<b>bold</b>',
    '--b--',
  ].join('\r\n')

/** Says each line and hears each answer; gives the codes, ending early where the other side hangs up. */
const send = async (
  message: string,
  to = 'someone@mail.example',
  opening: readonly string[] = [],
): Promise<string[]> => {
  const socket = connect(mailbox.smtpPort, '127.0.0.1')
  socket.on('error', () => {})
  const answers = createInterface({ input: socket })[Symbol.asyncIterator]()
  const codes: string[] = []
  const hear = async (): Promise<boolean> => {
    for (;;) {
      const { value, done } = await answers.next()
      if (done) return false
      if (/^\d{3}-/.test(value)) continue
      codes.push(value.slice(0, 3))
      return Number(value.slice(0, 1)) < 4
    }
  }
  const lines = [
    'EHLO test',
    ...opening,
    'MAIL FROM:<bounce@wild.example>',
    `RCPT TO:<${to}>`,
    'DATA',
    `${message}\r\n.`,
    'QUIT',
  ]
  for (let going = await hear(); going && lines.length > 0; going = await hear()) socket.write(`${lines.shift()}\r\n`)
  socket.destroy()
  return codes
}

test('a mail is taken and read', async () => {
  const waiting = mailbox.waitFor((message) => message.subject.includes('Notice'))
  expect(await send(mail('=?utf-8?Q?Notice_=C3=A9?=', 'Grüße\r\nsecond line'))).toEqual([
    '220',
    '250',
    '250',
    '250',
    '354',
    '250',
    '221',
  ])
  const message = await waiting
  expect(message).toMatchObject({
    id: 1,
    receivedAt: clock.now(),
    envelope: { from: 'bounce@wild.example', to: ['someone@mail.example'] },
    from: 'notices@wild.example',
    to: ['someone@mail.example'],
    subject: 'Notice é',
    messageId: '<1@wild.example>',
    answered: true,
  })
  expect(message.text.trim()).toBe('Grüße\nsecond line')
  expect(message.html).toContain('<b>bold</b>')
  expect(message.headers['auto-submitted']).toBe('auto-generated')
  expect(mailbox.messages()).toHaveLength(1)
})

test('any credentials will do', async () => {
  const plain = Buffer.from('\0user\0password').toString('base64')
  expect(await send(mail('a', 'b'), undefined, [`AUTH PLAIN ${plain}`])).toContain('235')
  expect(mailbox.messages()).toHaveLength(1)
})

test('the next two are refused for now, the third is taken', async () => {
  mailbox.faults.refuseNext(2)
  expect((await send(mail('a', 'b'))).at(-1)).toBe('451')
  expect((await send(mail('a', 'b'))).at(-1)).toBe('451')
  expect((await send(mail('a', 'b'))).at(-1)).toBe('221')
  expect(mailbox.messages()).toHaveLength(1)
})

test('a recipient that does not exist is refused, others are not', async () => {
  mailbox.faults.refuseRecipient('Nobody@mail.example')
  expect((await send(mail('a', 'b'), 'nobody@MAIL.example')).at(-1)).toBe('550')
  expect((await send(mail('a', 'b'))).at(-1)).toBe('221')
  mailbox.faults.refuseRecipient('nobody@mail.example', null)
  expect((await send(mail('a', 'b'), 'nobody@mail.example')).at(-1)).toBe('221')
})

test('a connection cut after DATA leaves the sender without an answer, whether the mail arrived or not', async () => {
  mailbox.faults.dropAfterData(1)
  expect((await send(mail('kept', 'b'))).at(-1)).toBe('354')
  expect(mailbox.messages().map((message) => [message.subject, message.answered])).toEqual([['kept', false]])
  mailbox.faults.dropAfterData(1, { lost: true })
  expect((await send(mail('lost', 'b'))).at(-1)).toBe('354')
  expect(mailbox.messages()).toHaveLength(1)
})

test('the pages list and show mail, escaped, with only web addresses alive', async () => {
  await send(
    mail('<img src=x>', 'Appeal: https://wild.example/a?b=1&c=2\r\n<script>alert(1)</script> javascript:alert(1)'),
  )
  const list = await (await fetch(mailbox.pageUrl)).text()
  expect(list).toContain('&lt;img src=x&gt;')
  expect(list).toContain('SANDBOX - nothing here reaches NCMEC')
  const shown = await (await fetch(new URL('/messages/1', mailbox.pageUrl))).text()
  expect(shown).toContain('SANDBOX - nothing here reaches NCMEC')
  expect(shown).toContain('<a href="https://wild.example/a?b=1&amp;c=2" rel="noopener noreferrer">')
  expect(shown).toContain('&lt;script&gt;')
  expect(shown).not.toMatch(/<script|<b>|<img|href="javascript/)
  const json = await (await fetch(new URL('/messages', mailbox.pageUrl))).json()
  expect(json).toMatchObject([{ id: 1, envelope: { to: ['someone@mail.example'] } }])
  expect((await fetch(new URL('/messages/2', mailbox.pageUrl))).status).toBe(404)
})

test('waiting for a mail that does not come ends with words', async () => {
  await expect(mailbox.waitFor(() => false, 1)).rejects.toThrow('no such mail within 1 ms')
})

test('it does not bind beyond loopback unless told so', async () => {
  await expect(startMailbox({ host: '0.0.0.0' })).rejects.toThrow('loopback')
})

test('closing does not wait for idle senders', async () => {
  const socket = connect(mailbox.smtpPort, '127.0.0.1')
  await once(socket, 'data')
  const gone = once(socket, 'close')
  await mailbox.close()
  await gone
})

test('the mailbox greets by its name, so that it cannot be taken for a mail server that delivers', async () => {
  const socket = connect(mailbox.smtpPort, '127.0.0.1')
  const [greeting] = await once(createInterface({ input: socket }), 'line')
  expect(greeting).toMatch(/^220 \S+ ESMTP wardline-sandbox-mailbox: /)
  socket.destroy()
})
