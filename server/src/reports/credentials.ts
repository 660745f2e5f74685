// The way to the CyberTipline: a client that can reach only its own environment's host, or the words why there is none.
import { type Cybertip, CybertipFault, openCybertip } from '@wardline/cybertip'
import { type Environment, Fault } from '#base'
import type { ReportSettings } from './settings.ts'

export type Way<E extends Environment = Environment> =
  | { readonly kind: 'client'; readonly client: Cybertip<E> }
  /** Cases are preserved and wait; nothing is filed, here or elsewhere. `missing` names keys of the configuration. */
  | { readonly kind: 'cannot_report'; readonly missing: readonly string[] }

/** Where an environment's reports go; the sandbox's address is the operator's, and must be loopback. */
const hosts: { readonly [E in Environment]: string | undefined } = {
  sandbox: undefined,
  test: 'https://exttest.cybertip.org/ispws',
  production: 'https://report.cybertip.org/ispws',
}

/**
 * Fault `wrong_address` when the address belongs to another environment; the client checks again at every call's host. Fault
 * `environment_mixed` for credentials of another environment: the compiler refuses them first.
 */
export function openWay<E extends Environment>(settings: ReportSettings<E>): Way<E> {
  const { environment, credentials, reporter } = settings
  const baseUrl = addressOf(settings)
  if (baseUrl === undefined || credentials === undefined || reporter === undefined)
    return { kind: 'cannot_report', missing: missingCredentials(settings) }
  if (credentials.environment !== environment)
    throw new Fault('environment_mixed', 'these credentials are of another environment', { retry: 'never' })
  const { username, password } = credentials
  try {
    return { kind: 'client', client: openCybertip({ environment, baseUrl, username, password }) }
  } catch (cause) {
    if (!(cause instanceof CybertipFault)) throw cause
    throw new Fault('wrong_address', words(environment), { retry: 'never', cause })
  }
}

/** Keys of the configuration without which nothing is filed. Opens nothing. */
export function missingCredentials(settings: ReportSettings): readonly string[] {
  const { username, password } = settings.credentials ?? {}
  return missing({ baseUrl: addressOf(settings), username, password, reporter: settings.reporter })
}

const addressOf = ({ baseUrl, environment }: ReportSettings) => baseUrl ?? hosts[environment]

function missing(needed: { readonly [key: string]: unknown }): string[] {
  return Object.entries(needed).flatMap(([key, value]) => (value === undefined ? [`cybertip.${key}`] : []))
}

function words(environment: Environment): string {
  const only = hosts[environment] ?? 'a loopback address'
  return `the environment "${environment}" files reports only at ${only}; the configuration names another address`
}
