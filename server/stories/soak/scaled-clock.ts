// Time that goes faster by a factor and is the same in every process that knows the anchor: waits of half a minute take a second or two.
import { setTimeout as realWait } from 'node:timers/promises'
import type { Clock } from '#base'

/** Epoch milliseconds of the real clock at which it read the same. */
export type Anchor = { readonly atMs: number; readonly factor: number }

export function scaledClock({ atMs, factor }: Anchor): Clock {
  return {
    now: () => Math.floor(atMs + (Date.now() - atMs) * factor),
    wait: async (ms, signal) => {
      await realWait(Math.min(ms / factor, 2 ** 31 - 1), undefined, signal && { signal }).catch(() => {})
    },
  }
}
