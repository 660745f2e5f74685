// What the operator decided about telling people; values come from the configuration.
import type { Environment } from '#base'
import type { HelpLines } from './help-lines.ts'
import type { Texts } from './text-files.ts'

export type NoticePolicy = {
  readonly environment: Environment
  readonly enabled: boolean
  /** From the finished report to the notice, so that an investigation is not outrun; the jitter hides the moment. */
  readonly delayMs: number
  readonly jitterMs: number
  /** Where people reach this server: the appeal page's address begins with it. */
  readonly publicUrl: string
  /** The name people know the service by. */
  readonly platform?: string | undefined
  /** A line of the operator's own, such as where to write; nothing is invented in its place. */
  readonly contact?: string | undefined
  /** What notices and the appeal page say; ours when left out. */
  readonly texts?: Texts | undefined
  /** For accounts whose language is unknown or not among the texts; English when left out. */
  readonly language?: string | undefined
  readonly helpLines?: HelpLines | undefined
  /** The statement of reasons of the Digital Services Act, Article 17; left out: not given. */
  readonly dsa?: { readonly clause: string; readonly scope?: string | undefined } | undefined
  /** smtp:// or smtps://, with user and password where the server asks for them. Outside production: loopback only. */
  readonly smtpUrl?: string | undefined
  /** The sender's address, `Name <address>` or bare. */
  readonly from?: string | undefined
  /** Who is told of what a test card has made; in production nobody else is. */
  readonly operatorEmail?: string | undefined
}
