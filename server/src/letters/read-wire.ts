// One IMAP connection: its options, and the promise that whatever a server does ends in time, as a Fault in words of ours.
import type { ImapFlow } from 'imapflow'
import { Fault, systemClock } from '#base'
import type { Place } from './settings.ts'

export interface Patience {
  /** One command: nobody waits for a server that only pretends to be at work. */
  readonly commandMs: number
  /** Nothing was heard at all. */
  readonly silenceMs: number
}
export const patience: Patience = { commandMs: 60_000, silenceMs: 30_000 }

/** Not connected yet. Loaded only here: most commands read no mail. */
export async function newClient(place: Place, silenceMs: number): Promise<ImapFlow> {
  const { ImapFlow } = await import('imapflow')
  const client = new ImapFlow(optionsOf(place, silenceMs))
  // What a command meets is thrown there; a connection that breaks between two ends the next one.
  client.on('error', () => {})
  return client
}

const optionsOf = ({ host, port, secure, startTls, user, password }: Place, silenceMs: number) => ({
  host,
  port,
  secure,
  doSTARTTLS: startTls,
  auth: { user, pass: password },
  logger: false as const,
  disableAutoIdle: true,
  disableCompression: true,
  connectionTimeout: silenceMs,
  greetingTimeout: silenceMs,
  socketTimeout: silenceMs,
  // A mail of ten thousand parts has a structure of about a megabyte, in one line.
  maxLineLength: 8 * 1024 * 1024,
  maxLiteralSize: 1024 * 1024,
  maxResponseSize: 12 * 1024 * 1024,
  maxResponseTokens: 400_000,
})

export async function asked<T>(
  client: ImapFlow,
  { what, ms }: { readonly what: string; readonly ms: number },
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await inTime(client, act, ms)
  } catch (error) {
    if (error instanceof Fault) throw error
    throw unreachable(`${what}: ${codeOf(error)}`, error)
  }
}

export async function inTime<T>(client: ImapFlow, act: () => Promise<T>, ms: number): Promise<T> {
  const stop = new AbortController()
  const late = systemClock.wait(ms, stop.signal).then(() => {
    if (stop.signal.aborted) return new Promise<never>(() => {})
    client.close()
    throw unreachable('no answer in time')
  })
  try {
    return await Promise.race([act(), late])
  } finally {
    stop.abort()
  }
}

/** In our words: the server's may repeat an address, or be anything. */
function codeOf(error: unknown): string {
  const { code, responseStatus, authenticationFailed } = error as Partial<Record<string, unknown>>
  if (authenticationFailed === true) return 'name or password were refused'
  const word = [code, responseStatus].find((one) => typeof one === 'string' && /^[A-Za-z_]{2,40}$/.test(one))
  return typeof word === 'string' ? word : 'it broke off'
}

export function unreachable(words: string, cause?: unknown): Fault {
  return new Fault('letters_unreachable', `the mailbox of appeals cannot be read (${words})`, { retry: 'later', cause })
}
