// What the operator decided about telling people; values come from the configuration.
import type { Environment } from '#base'

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
  /** smtp:// or smtps://, with user and password where the server asks for them. Outside production: loopback only. */
  readonly smtpUrl?: string | undefined
  /** The sender's address, `Name <address>` or bare. */
  readonly from?: string | undefined
  /** Where answers to notices are read (appeals.mail.address); undefined: nowhere, and none is named. */
  readonly appealsAddress?: string | undefined
  /** Who is told of what a test card has made; in production nobody else is. */
  readonly operatorEmail?: string | undefined
}
