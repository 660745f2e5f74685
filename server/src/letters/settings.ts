// Where letters are read, as the operator said it.
import { type Environment, Fault, isLoopback, isProduction } from '#base'

export interface LetterSettings {
  readonly environment: Environment
  /** imap:// or imaps://, with user and password; a path names another folder than INBOX. Outside production: loopback only. */
  readonly imapUrl: string
  /** The appeals address without a tag. */
  readonly address: string
  readonly everyMs: number
}

export interface Place {
  readonly host: string
  readonly port: number
  /** TLS from the first byte on. */
  readonly secure: boolean
  /** TLS by STARTTLS, or no reading at all. */
  readonly startTls: boolean
  readonly user: string
  readonly password: string
  readonly folder: string
}

/** Fault `wrong_mail_server` outside production for a server beyond this machine: a trial reads nobody's mail. */
export function placeOf({ environment, imapUrl }: LetterSettings): Place {
  const url = new URL(imapUrl)
  const local = isLoopback(url.hostname)
  if (!isProduction(environment) && !local)
    throw new Fault(
      'wrong_mail_server',
      `the environment "${environment}" reads mail only from a mailbox on this machine (127.0.0.1)`,
      { retry: 'never' },
    )
  const secure = url.protocol === 'imaps:'
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: Number(url.port) || (secure ? 993 : 143),
    secure,
    // Beyond this machine never in the clear, whatever a server, or someone before it, offers.
    startTls: !secure && !local,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    folder: decodeURIComponent(url.pathname.replace(/^\//, '')) || 'INBOX',
  }
}
