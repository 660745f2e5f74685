// Whoever tries keys that nobody gave out is turned away before the database is asked.
import { createHash } from 'node:crypto'
import type { Clock } from '#base'

/** So many unknown keys a minute and address; a platform with one wrong key has long seen its 401. */
const mostUnknown = 60
const windowMs = 60_000
/** Keys that were known a moment ago are let through: behind a proxy a stranger shares their address. */
const rememberMs = 600_000
/** Of each; the oldest give way, so that no flood of addresses fills the memory. */
const mostRemembered = 10_000

export interface Strangers {
  /** How long this address must wait before it may present this key, ms; undefined when it may. */
  waitMs(address: string, key: string): number | undefined
  /** What came of asking. */
  heard(address: string, key: string, what: string): void
}

export function openStrangers(clock: Pick<Clock, 'now'>): Strangers {
  const tries = new Map<string, { count: number; readonly until: number }>()
  const known = new Map<string, number>()
  return {
    waitMs: (address, key) => {
      const tried = tries.get(address)
      const left = tried === undefined ? 0 : tried.until - clock.now()
      if (tried === undefined || tried.count < mostUnknown || left <= 0) return undefined
      return (known.get(digestOf(key)) ?? 0) > clock.now() ? undefined : left
    },
    heard: (address, key, what) => {
      const now = clock.now()
      if (what === 'known') keep(known, digestOf(key), now + rememberMs)
      if (what !== 'unknown_key') return
      const tried = tries.get(address)
      if (tried !== undefined && tried.until > now) tried.count += 1
      else keep(tries, address, { count: 1, until: now + windowMs })
    },
  }
}

/** A memory of ours shall hold no key. */
const digestOf = (key: string): string => createHash('sha256').update(key).digest('base64')

function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > mostRemembered && oldest !== undefined) map.delete(oldest)
}
