// What the operator decided about telling people; values come from the configuration.
import type { Environment } from '#base'
import type { HelpLines } from './help-lines.ts'
import type { Texts } from './text-files.ts'

/** smtp: by our mail. webhook, pull: the platform tells them in its own product; we call it, or it calls us. */
export type Channel = 'smtp' | 'webhook' | 'pull'

/** holder: the organisation where the account is one's, else the user. both: the user as well. */
export type Addressees = 'holder' | 'both'

/** What holds for cases of one jurisdiction. */
export type NoticeRule = {
  /** ISO 3166: `DE`, `US-CA`; `US` is also for every part of it that has no rule of its own. */
  readonly jurisdiction: string
  readonly notice: 'on' | 'off'
  readonly delayMs: number
  readonly jitterMs: number
  readonly addressees: Addressees
  /** Why, in the operator's own words; kept with each notice that follows it. */
  readonly because?: string | undefined
}

export type NoticePolicy = {
  readonly environment: Environment
  /** Where no rule says otherwise. */
  readonly enabled: boolean
  /** From the finished report to the notice, so that an investigation is not outrun; the jitter hides the moment. */
  readonly delayMs: number
  readonly jitterMs: number
  readonly addressees?: Addressees | undefined
  readonly rules?: readonly NoticeRule[] | undefined
  /** Unset: smtp. */
  readonly channel?: Channel | undefined
  /** Nobody took it for so long: it is given up, and a person looks. Unset: five days, as mail servers do (RFC 5321, 4.5.4.1). */
  readonly giveUpMs?: number | undefined
  /** How long the reader may object. Unset: 190 days. */
  readonly appealMs?: number | undefined
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
  /** Where answers to notices are read (appeals.mail.address); undefined: nowhere, and none is named. */
  readonly appealsAddress?: string | undefined
  /** Who is told of what a test card has made; in production nobody else is. */
  readonly operatorEmail?: string | undefined
}

const dayMs = 86_400_000
export const giveUpMsOf = ({ giveUpMs = 5 * dayMs }: NoticePolicy): number => giveUpMs
export const appealMsOf = ({ appealMs = 190 * dayMs }: NoticePolicy): number => appealMs

/** The rule of the place itself, else of its country, else what holds everywhere, which is named `default`. */
export function ruleFor(policy: NoticePolicy, jurisdiction: string | null | undefined): NoticeRule {
  const named = (code: string | undefined) => policy.rules?.find((rule) => rule.jurisdiction === code)
  const country = jurisdiction?.split('-')[0]
  const { enabled, delayMs, jitterMs, addressees = 'holder' } = policy
  const usual = { jurisdiction: 'default', notice: enabled ? 'on' : 'off', delayMs, jitterMs, addressees } as const
  return (jurisdiction ? (named(jurisdiction) ?? named(country)) : undefined) ?? usual
}
