// What the operator says about itself and its way to the CyberTipline; values come from the configuration.
import type { Environment } from '#base'

type Contact = {
  readonly email: string
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
}

declare const issued: unique symbol

/** What NCMEC (or a sandbox) issued for one environment, which is part of their type. Only `credentialsOf` makes them. */
export type Credentials<E extends Environment = Environment> = {
  readonly environment: E
  readonly username: string
  readonly password: string
  readonly [issued]: E
}

export type ReportSettings<E extends Environment = Environment> = {
  readonly environment: E
  /** Only for the sandbox, and there needed: test and production have one address each. */
  readonly baseUrl?: string | undefined
  readonly credentials?: Credentials<NoInfer<E>> | undefined
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

type Given = Omit<ReportSettings, 'environment' | 'credentials'> & {
  readonly username?: string | undefined
  readonly password?: string | undefined
}

/** From the keys of the configuration, which is of one environment, and all that is in it with it. */
export function reportSettings<const E extends Environment>(
  environment: E,
  { username, password, ...rest }: Given,
): ReportSettings<E> {
  if (username === undefined || password === undefined) return { ...rest, environment }
  return { ...rest, environment, credentials: credentialsOf(environment, { username, password }) }
}

export function credentialsOf<const E extends Environment>(
  environment: E,
  { username, password }: { readonly username: string; readonly password: string },
): Credentials<E> {
  // The mark is for the compiler alone, which is why nobody else can make one.
  return { environment, username, password } as Credentials<E>
}
