/** A mail server that takes everything, delivers nothing, and shows what it got. */
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import type { Clock } from '../clock/still.ts'
import { realClock } from '../clock/still.ts'
import type { Listening } from '../net/loopback.ts'
import { authority, demandLoopback, listen } from '../net/loopback.ts'
import type { MailFaults } from './faults.ts'
import { MailFaultBox } from './faults.ts'
import type { MailMessage } from './message.ts'
import { readMessage } from './message.ts'
import { mailPages } from './pages.ts'

export type { MailFaults } from './faults.ts'
export type { MailMessage } from './message.ts'

export interface MailboxOptions extends Omit<Listening, 'port'> {
  /** 0 (the default) takes any free port. */
  readonly smtpPort?: number
  readonly pagePort?: number
  readonly clock?: Pick<Clock, 'now'>
}

export interface Mailbox {
  readonly smtpPort: number
  /** e.g. smtp://127.0.0.1:40125; no TLS, any credentials or none. */
  readonly smtpUrl: string
  /** The readable list; /messages beside it is the same as JSON. */
  readonly pageUrl: string
  readonly faults: MailFaults
  /** Oldest first. */
  messages(): readonly MailMessage[]
  /** The first message, come or to come, that fits; rejects after timeoutMs (real time, default 10 s). */
  waitFor(fits: (message: MailMessage) => boolean, timeoutMs?: number): Promise<MailMessage>
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/** Said in the greeting, so that whoever must not write to people can know that nobody but this mailbox listens. */
const greeting = 'wardline-sandbox-mailbox: everything is taken, nothing is delivered'

export const startMailbox = async (options: MailboxOptions = {}): Promise<Mailbox> => {
  demandLoopback(options)
  const clock = options.clock ?? realClock
  const faults = new MailFaultBox()
  const messages: MailMessage[] = []
  const arrived = new Set<(message: MailMessage) => void>()
  const sockets = new Map<number, Socket>()
  let nextId = 1

  const take = async (raw: Buffer, from: string, to: readonly string[], answered: boolean): Promise<void> => {
    const envelope = { from, to }
    const message = await readMessage({ id: nextId++, receivedAt: clock.now(), envelope, raw, answered })
    messages.push(message)
    for (const tell of arrived) tell(message)
  }

  const smtp = new SMTPServer({
    banner: greeting,
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onAuth: (auth, _session, done) => done(null, { user: auth.username ?? 'anyone' }),
    onMailFrom: (_address, _session, done) => done(faults.takeRefusal() ? refusal(451, 'Try again later') : null),
    onRcptTo: ({ address }, _session, done) => {
      const code = faults.recipientCode(address)
      done(code === undefined ? null : refusal(code, 'No such recipient'))
    },
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const drop = faults.takeDrop()
        const { mailFrom, rcptTo } = session.envelope
        const to = rcptTo.map((recipient) => recipient.address)
        const from = mailFrom === false ? '' : mailFrom.address
        const kept = drop?.lost ? Promise.resolve() : take(Buffer.concat(chunks), from, to, drop === undefined)
        kept.then(
          () => (drop ? sockets.get(session.remotePort)?.destroy() : done(null)),
          () => done(refusal(554, 'This mail cannot be read')),
        )
      })
    },
  })
  // A sender that breaks off is no concern of ours.
  smtp.on('error', () => {})
  smtp.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0
    sockets.set(port, socket)
    socket.on('close', () => sockets.delete(port))
  })
  const { host, port: smtpPort } = await listen(smtp.server, { ...options, port: options.smtpPort ?? 0 })

  const pages = createServer(mailPages(() => messages))
  const page = await listen(pages, { ...options, port: options.pagePort ?? 0 })

  const waitFor = (fits: (message: MailMessage) => boolean, timeoutMs = 10_000): Promise<MailMessage> => {
    const here = messages.find(fits)
    if (here) return Promise.resolve(here)
    return new Promise((resolve, reject) => {
      const tell = (message: MailMessage) => {
        if (!fits(message)) return
        clearTimeout(timer)
        arrived.delete(tell)
        resolve(message)
      }
      const timer = setTimeout(() => {
        arrived.delete(tell)
        reject(new Error(`no such mail within ${timeoutMs} ms`))
      }, timeoutMs)
      arrived.add(tell)
    })
  }

  const close = async () => {
    if (!pages.listening) return
    const closed = Promise.all([
      new Promise((resolve) => pages.close(resolve)),
      new Promise<void>((resolve) => smtp.close(() => resolve())),
    ])
    pages.closeAllConnections()
    for (const socket of sockets.values()) socket.destroy()
    await closed
  }

  return {
    smtpPort,
    smtpUrl: `smtp://${authority(host, smtpPort)}`,
    pageUrl: `http://${authority(host, page.port)}/`,
    faults,
    messages: () => [...messages],
    waitFor,
    close,
    [Symbol.asyncDispose]: close,
  }
}

const refusal = (responseCode: number, words: string) => Object.assign(new Error(words), { responseCode })
