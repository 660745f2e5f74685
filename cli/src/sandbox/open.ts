// The services of `wardline sandbox`, started in a row of ports and taken down together.
import {
  BeyondLoopback,
  type CallRecord,
  type Cybertipline,
  type HashSharing,
  type Mailbox,
  MovedClock,
  planted,
  type SandboxUser,
  startCybertipline,
  startHashSharing,
  startMailbox,
  startThreatExchange,
  type ThreatExchange,
} from '@wardline/sandbox'
import { usage } from '../words.ts'
import { type Asked, optionsOf } from './options.ts'

export interface Services extends AsyncDisposable {
  readonly cybertipline: Cybertipline
  readonly users: readonly SandboxUser[]
  readonly hashSharing: HashSharing | undefined
  readonly threatExchange: ThreatExchange | undefined
  readonly mailbox: Mailbox | undefined
}

/** wishes: faults, as for POST /inspect/faults. */
export async function openServices(
  asked: Asked,
  wishes: readonly unknown[],
  onCall: ((call: CallRecord) => void) | undefined,
): Promise<Services> {
  const { host, allowBeyondLoopback = false } = asked
  const clock = new MovedClock()
  const where = { host, allowBeyondLoopback, clock }
  const open = new AsyncDisposableStack()
  // Port 0 stays 0: any free one for each.
  const next = (place: number) => (asked.port === 0 ? 0 : asked.port + place)
  const start = async <T extends AsyncDisposable>(
    place: number,
    starting: (port: number) => Promise<T>,
  ): Promise<T> => {
    try {
      return open.use(await starting(next(place)))
    } catch (error) {
      await open.disposeAsync()
      throw inWords(error, { host, port: next(place) })
    }
  }
  const options = optionsOf(asked)
  const cybertipline = await start(0, (port) =>
    startCybertipline({ ...options, ...where, port, ...(onCall && { onCall }) }),
  )
  try {
    planted(cybertipline.faults, wishes)
  } catch (error) {
    await open.disposeAsync()
    throw usage(error instanceof Error ? error.message : String(error))
  }
  const hashSharing = asked.hashSharing && (await start(1, (port) => startHashSharing({ ...where, port })))
  const threatExchange = asked.threatExchange && (await start(2, (port) => startThreatExchange({ ...where, port })))
  const mailbox =
    asked.mailbox && (await start(3, (port) => startMailbox({ ...where, smtpPort: port, pagePort: next(4) })))
  const users = options.users ?? [{ ...cybertipline.credentials, rights: ['submit', 'update'] }]
  return {
    cybertipline,
    users,
    hashSharing,
    threatExchange,
    mailbox,
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}

/** What kept it from listening, and what to do. */
function inWords(error: unknown, { host, port }: { readonly host: string; readonly port: number }): unknown {
  if (error instanceof BeyondLoopback) {
    return usage(
      `${host} can be reached from other machines, and a report that goes astray here is lost: nothing reaches NCMEC. ` +
        'If that is meant, add --allow-beyond-loopback',
    )
  }
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE') return usage(`port ${port} is in use at ${host}; choose another with --port, or 0 for any`)
  if (code === 'EACCES') return usage(`port ${port} may not be used by this user; choose one above 1023 with --port`)
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return usage(`${host} is no address of this machine`)
  if (code === 'ERR_SOCKET_BAD_PORT') return usage('the services need ports up to 65535; choose a lower --port')
  return error
}
