// The inward way of mail: IMAP. One connection for one round: what lies in the folder is named, its structure and words are fetched,
// and what was taken is moved aside. An attachment is never asked for. Whatever the server does, it ends as a Fault or in time.
import type { FetchMessageObject, ImapFlow } from 'imapflow'
import { limits } from './limits.ts'
import { asked, inTime, newClient, type Patience, patience, unreachable } from './read-wire.ts'
import { type LetterSettings, placeOf } from './settings.ts'
import { type Contents, contentsOf, type TextPart } from './structure.ts'

/** Where a mail goes once the database has what it needs of it: beside the folder it came to. */
export type Aside = 'Wardline read' | 'Wardline left'

export interface RawMail {
  readonly contents: Contents
  readonly header: Uint8Array
  readonly texts: readonly (TextPart & { readonly bytes: Uint8Array })[]
  readonly status: Uint8Array | undefined
}

export interface LetterBox extends AsyncDisposable {
  /** Changes when the server's UIDs lose their meaning. */
  readonly uidValidity: string
  /** UIDs, oldest first, as many as one round takes. */
  readonly uids: readonly number[]
  /** unreadable: it has no structure that can be read. */
  read(uid: number): Promise<RawMail | 'gone' | 'unreadable'>
  /** Marked as seen and moved. */
  lay(uid: number, aside: Aside): Promise<void>
}

/** Fault `letters_unreachable`, whose words name no address and repeat nothing that the server said. */
export async function openLetterBox(
  settings: LetterSettings,
  signal: AbortSignal,
  { commandMs, silenceMs }: Patience = patience,
): Promise<LetterBox> {
  const place = placeOf(settings)
  const client = await newClient(place, silenceMs)
  const over = AbortSignal.any([signal, AbortSignal.timeout(limits.roundMs)])
  const hangUp = () => client.close()
  over.addEventListener('abort', hangUp)
  const end = async () => {
    over.removeEventListener('abort', hangUp)
    await inTime(client, () => client.logout(), 5_000).catch(() => {})
    client.close()
  }
  const ask = <T>(what: string, act: () => Promise<T>) => asked(client, { what, ms: commandMs }, act)
  try {
    await ask('the connection', () => client.connect())
    if ((place.secure || place.startTls) && !client.secureConnection) throw unreachable('no TLS')
    const box = await ask('the folder', () => client.mailboxOpen(place.folder))
    const uids = box.exists === 0 ? [] : await ask('the list of mails', () => uidsOf(client, box.exists))
    let folders: Promise<void> | undefined
    return {
      uidValidity: String(box.uidValidity),
      uids,
      read: (uid) => ask('a mail', () => readMail(client, uid)),
      lay: async (uid, aside) => {
        folders ??= ask('the folders for mail that was read', () => makeFolders(client, place.folder))
        await folders
        await ask('moving a mail aside', () => moveAside(client, uid, [...under(place.folder, aside)]))
      },
      [Symbol.asyncDispose]: end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** Would it read now? Goes as far as the folder, and reads no mail. */
export async function verifyLetterBox(
  settings: LetterSettings,
  signal: AbortSignal,
): Promise<{ readonly mails: number }> {
  await using post = await openLetterBox(settings, signal)
  return { mails: post.uids.length }
}

/** Marked as deleted, a mail is no mail any more, and keeps none behind it from being read. One answer names so many at most. */
async function uidsOf(client: ImapFlow, exists: number): Promise<readonly number[]> {
  const uids: number[] = []
  for (let from = 1; from <= exists && uids.length < limits.mailsInARound; from += namedAtOnce) {
    const seq = `${from}:${Math.min(exists, from + namedAtOnce - 1)}`
    const found = await client.search({ seq, deleted: false }, { uid: true })
    if (!found) throw unreachable('the list of mails was refused')
    uids.push(...found.filter((uid) => Number.isSafeInteger(uid) && uid > 0))
  }
  return uids.toSorted((one, other) => one - other).slice(0, limits.mailsInARound)
}
const namedAtOnce = 10_000

async function readMail(client: ImapFlow, uid: number): Promise<RawMail | 'gone' | 'unreadable'> {
  const head = await fetchOf(client, uid, [{ key: 'HEADER', maxLength: limits.headerBytes }], true)
  if (head === undefined) return 'gone'
  if (head.bodyStructure === undefined || head.headers === undefined) return 'unreadable'
  const contents = contentsOf(head.bodyStructure)
  const parts = contents.isReport ? [] : contents.texts
  const wanted = [
    ...parts.map(({ part }) => ({ key: part, maxLength: limits.textBytes })),
    ...(contents.status === undefined ? [] : [{ key: contents.status, maxLength: limits.statusBytes }]),
  ]
  const body = wanted.length === 0 ? undefined : await fetchOf(client, uid, wanted, false)
  const bytesOf = (part: string, most: number) =>
    Uint8Array.from((body?.bodyParts?.get(part) ?? Buffer.alloc(0)).subarray(0, most))
  return {
    contents,
    header: Uint8Array.from(head.headers.subarray(0, limits.headerBytes)),
    texts: parts.map((one) => ({ ...one, bytes: bytesOf(one.part, limits.textBytes) })),
    status: contents.status === undefined ? undefined : bytesOf(contents.status, limits.statusBytes),
  }
}

async function fetchOf(
  client: ImapFlow,
  uid: number,
  bodyParts: { key: string; maxLength: number }[],
  bodyStructure: boolean,
): Promise<FetchMessageObject | undefined> {
  const query = { uid: true, bodyStructure, bodyParts: bodyParts.map((one) => ({ ...one, start: 0 })) }
  const row = await client.fetchOne(String(uid), query, { uid: true })
  return row === false || row.uid !== uid ? undefined : row
}

const asides: readonly Aside[] = ['Wardline read', 'Wardline left']

/** Beside INBOX the new folders stand at the top; below another one, within it. */
const under = (folder: string, aside: Aside): readonly string[] =>
  folder.toUpperCase() === 'INBOX' ? [aside] : [folder, aside]

async function makeFolders(client: ImapFlow, folder: string): Promise<void> {
  const known = new Set((await client.list()).map(({ path }) => path))
  for (const aside of asides) {
    const path = [...under(folder, aside)]
    if (known.has(path.join('/')) || known.has(path.join('.'))) continue
    // Where names have a prefix it may be there under another one, and is refused; without it, moving fails and says so.
    await client.mailboxCreate(path).catch(() => {})
  }
}

async function moveAside(client: ImapFlow, uid: number, path: string[]): Promise<void> {
  await client.messageFlagsAdd(String(uid), ['\\Seen'], { uid: true })
  if ((await client.messageMove(String(uid), path, { uid: true })) === false)
    throw unreachable('a mail cannot be moved')
}
