import { createServer, type Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openParser, type Parser } from './parse.ts'
import { openLetterBox } from './read.ts'
import { type LetterSettings, placeOf } from './settings.ts'
import { appealsAddress, type Dovecot, letterTo, openTestBox, startDovecot } from './testing.ts'
import { wordsOf } from './words.ts'

const settingsOf = (imapUrl: string): LetterSettings => ({
  environment: 'sandbox',
  imapUrl,
  address: appealsAddress,
  everyMs: 60_000,
})
const patience = { commandMs: 2_000, silenceMs: 1_000 }

describe('a hostile mail', () => {
  let dovecot: Dovecot
  let parser: Parser
  beforeAll(async () => {
    dovecot = await startDovecot()
    parser = openParser()
  })
  afterAll(async () => {
    await parser[Symbol.asyncDispose]()
    await dovecot.stop()
  })

  /** What is read of it, from a real server. */
  async function read(mail: Uint8Array | readonly string[]) {
    const box = openTestBox(dovecot)
    await box.deliver(mail)
    await using open = await openLetterBox(settingsOf(box.imapUrl), new AbortController().signal)
    const raw = await open.read(open.uids[0] ?? 0)
    if (raw === 'gone' || raw === 'unreadable') return { raw, words: undefined, attachments: undefined }
    const parsed = await parser.parse(raw)
    return { raw, parsed, words: parsed && wordsOf(parsed.words), attachments: raw.contents.attachments }
  }
  const mailOf = (type: string, body: string, headers: Record<string, string> = {}) =>
    letterTo(appealsAddress, body, { 'Content-Type': type, ...headers })

  it('of 30 MB is read for its first words, and the rest stays where it is', async () => {
    const { words, raw } = await read(mailOf('text/plain', `It is mine.\r\n${'word '.repeat(6_000_000)}`))
    expect(words?.slice(0, 11)).toBe('It is mine.')
    expect(words?.length).toBeLessThanOrEqual(9_900)
    expect(words).toMatch(/\[The letter goes on; the rest lies with the mail server\.\]$/)
    expect(typeof raw === 'object' && raw.texts[0]?.bytes.length).toBe(256 * 1024)
  })

  it('of ten thousand parts is read for its words, and its files are counted', async () => {
    const parts = Array.from({ length: 9_000 }, () => '--b\r\nContent-Type: image/png\r\n\r\nx')
    const text = '--b\r\nContent-Type: text/plain\r\n\r\nIt is mine.'
    const mail = mailOf('multipart/mixed; boundary=b', [text, ...parts, '--b--'].join('\r\n'))
    expect(await read(mail)).toMatchObject({ words: 'It is mine.', attachments: 9_000 })
  })

  it('of three hundred texts, or nested ninety deep, ends at the limits', async () => {
    const texts = Array.from({ length: 300 }, (_, n) => `--b\r\nContent-Type: text/plain\r\n\r\ntext ${n}`)
    const many = await read(mailOf('multipart/mixed; boundary=b', [...texts, '--b--'].join('\r\n')))
    expect(many).toMatchObject({ attachments: 292 })
    let nested = 'Content-Type: text/plain\r\n\r\nIt is deep.'
    for (let depth = 0; depth < 90; depth += 1)
      nested = `Content-Type: multipart/mixed; boundary=b${depth}\r\n\r\n--b${depth}\r\n${nested}\r\n--b${depth}--`
    const deep = await read(Buffer.from(`From: a@users.example\r\n${nested}\r\n`))
    expect(deep.words ?? '').toBe('')
  })

  it.each([
    ['NUL bytes', mailOf('text/plain', 'It\0is\0mine.'), /^It.?is.?mine\.$/],
    ['a character set that nobody knows', mailOf('text/plain; charset=x-klingon', 'It is mine.'), 'It is mine.'],
    ['a character set with a quote in it', mailOf('text/plain; charset="a\\"; name=b"', 'It is mine.'), 'It is mine.'],
    ['bytes that are no UTF-8', Buffer.from('From: a@b.c\r\n\r\nIt \xff\xfe is mine.', 'latin1'), /It .{1,3} is mine/],
    ['no header at all', Buffer.from('\r\n\r\nIt is mine.\r\n'), /It is mine/],
    ['no end of its parts', mailOf('multipart/mixed; boundary=b', '--b\r\n\r\nIt is mine.'), 'It is mine.'],
    ['a boundary that never comes', mailOf('multipart/mixed; boundary=never', 'It is mine.'), ''],
    ['base64 that is none', mailOf('text/plain', '!!!not=base64===', { 'Content-Transfer-Encoding': 'base64' }), /.*/],
    ['a file as one long word', mailOf('text/plain', `Look: ${'A'.repeat(900)}`), /^Look: \[a long run of char/],
    ['marks that turn text around', mailOf('text/plain; charset=utf-8', 'It is \u202emine\u202c.'), 'It is mine.'],
    ['half a surrogate', mailOf('text/plain; charset=utf-16le', 'It is mine.'), /.*/],
    ['escapes for a terminal', mailOf('text/plain', 'It is \u001b[31mmine.'), 'It is [31mmine.'],
  ] as const)('with %s gives what can be read of it', async (_what, mail, words) => {
    const { words: read_ } = await read(mail)
    if (typeof words === 'string') expect(read_).toBe(words)
    else expect(read_).toMatch(words)
  })

  it('with a header of a megabyte is read for as much of it as may be', async () => {
    const mail = letterTo(appealsAddress, 'It is mine.', { 'X-Long': 'x'.repeat(900_000) })
    expect(await read(mail)).toMatchObject({ words: 'It is mine.', parsed: { from: 'somebody@users.example' } })
  })

  it('of HTML nested without end is decoded in time, or not at all', async () => {
    const deep = await read(mailOf('text/html', '<div>'.repeat(40_000)))
    expect([undefined, '']).toContain(deep.words)
    const table = await read(mailOf('text/html', `<table>${'<tr><td>x'.repeat(15_000)}`))
    expect(table.words === undefined || table.words.length <= 9_900).toBe(true)
    // And the next one finds a parser that works.
    expect(await read(mailOf('text/plain', 'It is mine.'))).toMatchObject({ words: 'It is mine.' })
  })
})

it('mails marked as deleted, however many lie at the front, keep none behind them from being read', async () => {
  const dovecot = await startDovecot()
  try {
    const box = openTestBox(dovecot)
    await box.deliver(...Array.from({ length: 205 }, () => letterTo(appealsAddress, 'Gone.')))
    await box.within(async (client) => {
      await client.mailboxOpen('INBOX')
      await client.messageFlagsAdd('1:*', ['\\Deleted'])
    })
    await box.deliver(letterTo(appealsAddress, 'It is mine.'))
    await using open = await openLetterBox(settingsOf(box.imapUrl), new AbortController().signal)
    expect(open.uids).toEqual([206])
  } finally {
    await dovecot.stop()
  }
})

describe('a parser', () => {
  it('that takes too long is ended, and the next mail has a new one', async () => {
    const mail = { header: Buffer.from('From: a@b.c\r\n\r\n'), texts: [] }
    await using hasty = openParser({ parseMs: 0 })
    expect(await hasty.parse(mail)).toBeUndefined()
    await using patient = openParser()
    expect(await patient.parse(mail)).toMatchObject({ from: 'a@b.c' })
  })
})

/** A server that says these lines: a greeting, then one answer for each line of the client's; a function may do anything. */
async function openLiar(greeting: string, answer: (line: string, socket: Socket) => string | undefined) {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.write(greeting)
    let heard = ''
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1')
      for (let end = heard.indexOf('\r\n'); end >= 0; end = heard.indexOf('\r\n')) {
        const said = answer(heard.slice(0, end), socket)
        heard = heard.slice(end + 2)
        if (said !== undefined && !socket.destroyed) socket.write(said)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return {
    imapUrl: `imap://u:p@127.0.0.1:${address.port}`,
    [Symbol.asyncDispose]: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

/** Answers as an IMAP server with one mail does, until a FETCH. */
const usual =
  (onFetch: (tag: string, socket: Socket, line: string) => string | undefined) => (line: string, socket: Socket) => {
    const [tag = '', verb = '', next = ''] = line.split(' ')
    const ok = (extra = '') => `${extra}${tag} OK done\r\n`
    if (verb === 'CAPABILITY') return ok('* CAPABILITY IMAP4rev1 MOVE\r\n')
    if (verb === 'SELECT')
      return ok('* 1 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 9] ok\r\n* FLAGS (\\Seen)\r\n')
    if (verb === 'LOGOUT') return ok('* BYE\r\n')
    if (next === 'SEARCH') return ok('* SEARCH 8\r\n')
    if (verb === 'FETCH' || next === 'FETCH') return onFetch(tag, socket, line)
    return ok()
  }

describe('a server that lies', () => {
  const lies = [
    ['never greets', '', () => undefined],
    ['is no IMAP server', 'HTTP/1.1 200 OK\r\n\r\n', () => 'what?\r\n'],
    ['refuses the password', '* OK hello\r\n', (line: string) => `${line.split(' ')[0]} NO secret words\r\n`],
    [
      'sends a line without end',
      '* OK hello\r\n',
      usual((_tag, socket) => void socket.write('* '.padEnd(9_000_000, 'x'))),
    ],
    ['never answers a fetch', '* OK hello\r\n', usual(() => undefined)],
    [
      'closes in mid-fetch',
      '* OK hello\r\n',
      usual((_tag, socket) => void socket.end('* 1 FETCH (UID 8 BODY[HEADER] {500}\r\nFrom')),
    ],
    [
      'promises a literal of a gigabyte',
      '* OK hello\r\n',
      usual((_tag, socket) => void socket.write('* 1 FETCH (UID 8 BODY[1] {1073741824}\r\n')),
    ],
    [
      'sends less than it promised',
      '* OK hello\r\n',
      usual((tag) => `* 1 FETCH (UID 8 BODY[HEADER] {500}\r\nFrom: a)\r\n${tag} OK\r\n`),
    ],
    ['sends bytes of chance', '* OK hello\r\n', usual((tag) => `* \xff\xfe((({{{ [[[ "\r\n${tag} BAD no\r\n`)],
    ['nests without end', '* OK hello\r\n', usual((tag) => `* 1 FETCH ${'('.repeat(100_000)}\r\n${tag} BAD no\r\n`)],
  ] as const
  it.each(lies)('and %s ends as trouble in words of ours, in time', async (_what, greeting, answer) => {
    await using liar = await openLiar(greeting, answer)
    const reading = (async () => {
      await using box = await openLetterBox(settingsOf(liar.imapUrl), new AbortController().signal, patience)
      return await Promise.all(box.uids.map((uid) => box.read(uid)))
    })()
    await expect(reading).rejects.toMatchObject({ code: 'letters_unreachable', retry: 'later' })
    await reading.catch((error: Error) => expect(error.message).not.toMatch(/secret|127|u:p/))
  })

  it.each([
    ['* SEARCH 9 8 -1 0 99999999999999999999 8\r\n', 'OK', [8, 9]],
    ['', 'OK', []],
  ])('about what lies there (%j) gives no number that is none', async (said, end, uids) => {
    const odd = (line: string, socket: Socket) =>
      line.includes(' SEARCH ') ? `${said}${line.split(' ')[0]} ${end} done\r\n` : usual(() => undefined)(line, socket)
    await using liar = await openLiar('* OK hello\r\n', odd)
    await using box = await openLetterBox(settingsOf(liar.imapUrl), new AbortController().signal, patience)
    expect(box.uids).toEqual(uids)
  })

  it('about which mail it gives is not believed: the mail is gone for now', async () => {
    const other = usual((tag, _socket, line) =>
      line.includes('UID FETCH')
        ? `* 1 FETCH (UID 9 BODYSTRUCTURE ("TEXT" "PLAIN" NIL NIL NIL "7BIT" 5 1) BODY[HEADER]<0> {2}\r\n\r\n)\r\n${tag} OK\r\n`
        : `${tag} OK\r\n`,
    )
    await using liar = await openLiar('* OK hello\r\n', other)
    await using box = await openLetterBox(settingsOf(liar.imapUrl), new AbortController().signal, patience)
    expect(box.uids).toEqual([8])
    expect(await box.read(8)).toBe('gone')
  })
})

describe('the place where letters are read', () => {
  it('is on this machine outside production, and beyond it never without TLS', () => {
    const place = (imapUrl: string, environment: LetterSettings['environment']) =>
      placeOf({ ...settingsOf(imapUrl), environment })
    expect(() => place('imaps://u:p@mail.example.org', 'sandbox')).toThrow('only from a mailbox on this machine')
    expect(() => place('imaps://u:p@mail.example.org', 'test')).toThrow('only from a mailbox on this machine')
    expect(place('imap://u:p@mail.example.org', 'production')).toMatchObject({
      port: 143,
      secure: false,
      startTls: true,
    })
    expect(place('imaps://u%40x:p@mail.example.org/Appeals', 'production')).toMatchObject({
      ...{ port: 993, secure: true, startTls: false, user: 'u@x', folder: 'Appeals' },
    })
    expect(place('imap://u:p@127.0.0.1:1143', 'sandbox')).toMatchObject({
      port: 1143,
      startTls: false,
      folder: 'INBOX',
    })
  })
})
