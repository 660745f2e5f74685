// NCMEC Hash Sharing v2, as a consumer of one of its lists. Entries come in no order; `next` is followed as it was given.
import type { Clock, Environment } from '#base'
import { type NcmecFeed, ncmecAddress } from './address.ts'
import { sourceFault } from './fault.ts'
import { readNcmecPage } from './ncmec-page.ts'
import type { Page, RangedSource, TimeRange } from './source.ts'
import { type Got, get, type Limits, type Line, usualLimits } from './wire.ts'

export interface NcmecSettings {
  readonly feed: NcmecFeed
  readonly environment: Environment
  /** Only in the sandbox. Without the version, as `http://127.0.0.1:8123/hashsharing`. */
  readonly sandboxUrl?: string | undefined
  /** Of this list's service: not those of the CyberTipline. */
  readonly username: string
  readonly password: string
}

/** Throws `address_refused`. */
export function openNcmec(settings: NcmecSettings, clock: Clock, limits: Limits = usualLimits): RangedSource {
  const base = ncmecAddress(settings.feed, settings.environment, settings.sandboxUrl)
  const basic = Buffer.from(`${settings.username}:${settings.password}`, 'utf8').toString('base64')
  const line: Line = {
    clock,
    limits,
    headers: { authorization: `Basic ${basic}`, accept: 'application/xml, text/xml' },
  }
  const page = ({ bytes, sourceNowMs }: Got): Page => {
    const { seen, rejected, videos, otherKinds, entries, next } = readNcmecPage(bytes)
    if (next !== undefined) linkUrl(base, next)
    const skipped = { videos, otherKinds }
    return { seen, rejected, skipped, entries, next, expected: expectedBy(next), sourceNowMs }
  }
  return {
    kind: 'ranged',
    identity: `ncmec ${settings.feed} ${base.href}`,
    // A deleted entry stays as such: nothing says that it is ever forgotten.
    tombstonesLastMs: undefined,
    first: async (range, signal) => page(await get(line, rangeUrl(base, range), { signal, following: false })),
    follow: async (next, signal) => page(await get(line, linkUrl(base, next), { signal, following: true })),
  }
}

function rangeUrl(base: URL, { fromMs, toMs }: TimeRange): URL {
  return new URL(`${root(base)}/v2/entries?from=${instant(fromMs)}&to=${instant(toMs)}`)
}

/** UTC, whatever the machine's time zone is. */
const instant = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/**
 * Joined as text, since the base has a path of its own that resolving would drop. Throws `next_refused` when the whole then
 * leads anywhere but to this service: credentials go there and nowhere else.
 */
function linkUrl(base: URL, next: string): URL {
  const joined = `${root(base)}${next}`
  const url = next.startsWith('/v2/') && next.length <= 4096 && URL.canParse(joined) ? new URL(joined) : undefined
  // As written: what parsing changes (dots, backslashes, line ends) would be another address than was looked at.
  const same = url?.href === joined && url.origin === base.origin && url.username === '' && url.hash === ''
  if (url === undefined || !same || !url.pathname.startsWith(`${new URL(root(base)).pathname.replace(/\/$/, '')}/v2/`))
    throw sourceFault('next_refused', 'the list service named a next page that is not its own, and we do not go there')
  return url
}

const root = (base: URL): string => base.href.replace(/\/$/, '')

/** The link is opaque and followed as it is; but where it names a total, a shortfall is worth a second look. */
function expectedBy(next: string | undefined): number | undefined {
  const max = /[?&]max=(\d{1,12})(?:&|$)/.exec(next ?? '')?.[1]
  return max === undefined ? undefined : Number(max)
}
