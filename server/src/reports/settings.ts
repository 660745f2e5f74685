// What the operator says about itself and its way to the CyberTipline; values come from the configuration.
import type { Environment } from '#base'

type Contact = {
  readonly email: string
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
}

export type ReportSettings = {
  readonly environment: Environment
  /** Only for the sandbox, and there needed: test and production have one address each. */
  readonly baseUrl?: string | undefined
  readonly username?: string | undefined
  readonly password?: string | undefined
  /** Who reports. NCMEC refuses a report without the e-mail. */
  readonly reporter?: Contact | undefined
  /** Whom the police should call. */
  readonly contact?: { readonly [K in keyof Contact | 'phone']?: string | undefined } | undefined
  /** Standing company language (address for legal process, retention, telephone), not the company's name. */
  readonly companyTemplate?: string | undefined
  readonly termsOfService?: string | undefined
  readonly legalUrl?: string | undefined
  /** Full name of the application, at most 256 characters. */
  readonly platform?: string | undefined
  /** The operator signed the Industry Hash Sharing agreement; without it no classification is sent. */
  readonly industryHashSharingMou?: boolean | undefined
}
