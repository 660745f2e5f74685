// Meta ThreatExchange: `threat_updates` of one privacy group (Graph API v21.0). The token travels in the address, so no
// address is ever shown, logged or kept with it.
import type { Clock, Environment } from '#base'
import { threatExchangeAddress } from './address.ts'
import { type SourceFault, sourceFault } from './fault.ts'
import type { Page, RangedSource, TimeRange } from './source.ts'
import { readThreatPage } from './threatexchange-page.ts'
import { type Got, get, type Limits, type Line, usualLimits } from './wire.ts'

export interface ThreatExchangeSettings {
  readonly environment: Environment
  /** Only in the sandbox. With the version, as `http://127.0.0.1:8123/v21.0`. */
  readonly sandboxUrl?: string | undefined
  /** `APP|SECRET`. */
  readonly token: string
  readonly privacyGroup: string
}

const dayMs = 86_400_000
const fields = 'indicator,type,last_updated,should_delete,descriptors{id,reactions,owner{id},tags,status}'

/** Throws `address_refused`. */
export function openThreatExchange(
  settings: ThreatExchangeSettings,
  clock: Clock,
  limits: Limits = usualLimits,
): RangedSource {
  const base = threatExchangeAddress(settings.environment, settings.sandboxUrl)
  const line: Line = { clock, limits, headers: { accept: 'application/json' }, refusal }
  const path = `${base.href.replace(/\/$/, '')}/${settings.privacyGroup}/threat_updates/`
  const page = ({ bytes, sourceNowMs }: Got): Page => {
    const { next, ...rest } = readThreatPage(bytes)
    const bared = next === undefined ? undefined : withoutToken(next)
    if (bared !== undefined) ownLink(bared, base, path)
    return { ...rest, next: bared, expected: undefined, sourceNowMs }
  }
  /** The link as it was given: our token stands where it stood. */
  const withToken = (link: string): URL => {
    ownLink(link, base, path)
    return new URL(link.replace(/([?&]access_token=)/, (named) => `${named}${encodeURIComponent(settings.token)}`))
  }
  return {
    kind: 'ranged',
    identity: `threatexchange ${settings.privacyGroup} ${base.href}`,
    // Deletions are told for 90 days.
    tombstonesLastMs: 85 * dayMs,
    first: async (range, signal) =>
      page(await get(line, withToken(`${path}?access_token=&${query(range)}`), { signal, following: false })),
    follow: async (next, signal) => page(await get(line, withToken(next), { signal, following: true })),
  }
}

function query({ fromMs, toMs }: TimeRange): string {
  const seconds = (ms: number) => String(Math.floor(ms / 1000))
  return new URLSearchParams({
    start_time: seconds(fromMs),
    stop_time: seconds(toMs),
    limit: '500',
    fields,
  }).toString()
}

/** Graph API errors: a bad token is a 400 with a code, and so is a caller who asks too often. */
function refusal(body: string): SourceFault | undefined {
  const code = Number(/"code"\s*:\s*(\d{1,6})\b/.exec(body)?.[1])
  if ([102, 104, 190].includes(code))
    return sourceFault('source_refuses_us', `the list service refuses this token (${code})`)
  if (code === 10 || (code >= 200 && code < 300))
    return sourceFault('source_refuses_us', `the list service does not allow this token to read the group (${code})`)
  if ([4, 17, 32, 613].includes(code)) return sourceFault('source_busy', `the list service asks to wait (${code})`)
  return undefined
}

/** The service repeats our token in its links; what is kept of them holds none. */
function withoutToken(link: string): string {
  return link.replace(/([?&]access_token=)[^&#]*/g, '$1')
}

/** Throws `next_refused` unless the link leads to the same scheme, host and port, and to this group's updates. */
function ownLink(link: string, base: URL, path: string): URL {
  const url = link.length <= 8192 && URL.canParse(link) ? new URL(link) : undefined
  const own =
    url?.origin === base.origin &&
    url.username === '' &&
    url.password === '' &&
    url.hash === '' &&
    url.pathname.replace(/\/$/, '') === new URL(path).pathname.replace(/\/$/, '')
  if (url === undefined || !own)
    throw sourceFault('next_refused', 'the list service named a next page that is not its own, and we do not go there')
  return url
}
