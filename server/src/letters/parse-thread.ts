// Decodes a mail's header and text parts in a thread of its own, which can be ended: character sets, transfer encodings and HTML
// are strangers' bytes. Gives plain text and what the header says; decides nothing.
import { parentPort } from 'node:worker_threads'
import { type ParsedMail, simpleParser } from 'mailparser'
import type { Parsed, ToParse } from './parse.ts'

const options = {
  skipTextToHtml: true,
  skipImageLinks: true,
  keepCidLinks: true,
  ignoreEmbedded: true,
  maxHtmlLengthToParse: 300_000,
  maxChildNodes: 50,
  checksumAlgo: false,
} as const

/** Of text that leaves the thread: HTML may grow where tables become lines. */
const mostCharacters = 500_000

parentPort?.on('message', (mail: ToParse) => {
  read(mail).then(
    (parsed) => parentPort?.postMessage(parsed),
    // Whatever it choked on stays here: its message may quote the mail.
    () => parentPort?.postMessage(null),
  )
})

async function read({ header, texts, status }: ToParse): Promise<Parsed> {
  const raw = Buffer.from(header).toString('latin1')
  const fields = fieldsOf(raw)
  // The body is not here: without it, no type of it counts.
  const head: ParsedMail = await simpleParser(Buffer.from(withoutContent(raw), 'latin1'), options)
  const words: string[] = []
  for (const { type, encoding, charset, flowed, bytes } of texts) {
    const format = flowed ? '; format=flowed' : ''
    const intro = `Content-Type: ${type}; charset="${charset}"${format}\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`
    const { text } = await simpleParser(Buffer.concat([Buffer.from(intro, 'latin1'), Buffer.from(bytes)]), options)
    if (text !== undefined && text.trim() !== '') words.push(text)
  }
  return {
    from: head.from?.value[0]?.address?.slice(0, 320) ?? null,
    subject: head.subject ?? '',
    messageId: first(fields, 'message-id'),
    date: first(fields, 'date'),
    recipients: addressed
      .flatMap((name) => fields.get(name) ?? [])
      .flatMap(addressesIn)
      .slice(0, 200),
    marks: Object.fromEntries(marking.map((name) => [name, first(fields, name)])),
    words: words.join('\n\n').slice(0, mostCharacters),
    status: status === undefined ? null : Buffer.from(status).toString('latin1'),
  }
}

const addressed = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'to', 'cc', 'resent-to']
const marking = ['auto-submitted', 'precedence', 'return-path', 'x-autoreply', 'x-autorespond', 'x-failed-recipients']

const first = (fields: ReadonlyMap<string, readonly string[]>, name: string) =>
  fields.get(name)?.[0]?.slice(0, 500) ?? null

/** By name in lower case. */
function fieldsOf(raw: string): Map<string, string[]> {
  const fields = new Map<string, string[]>()
  for (const line of unfolded(raw)) {
    const colon = line.indexOf(':')
    if (colon < 1) continue
    const name = line.slice(0, colon).trim().toLowerCase()
    fields.set(name, [...(fields.get(name) ?? []), line.slice(colon + 1).trim()].slice(0, 50))
  }
  return fields
}

/** Whatever stands around them: names, comments, quotes, folded case. */
function addressesIn(value: string): string[] {
  return (
    value
      .replaceAll('"', '')
      .slice(0, 20_000)
      .match(/[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{1,255}/g) ?? []
  )
}

function withoutContent(raw: string): string {
  const lines = unfolded(raw).filter((line) => line.includes(':') && !/^content-/i.test(line))
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** Its lines; a field is one. */
const unfolded = (raw: string): readonly string[] => raw.replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
