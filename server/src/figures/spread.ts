// Median and p90 of any number of durations in little memory: exact while there are few, within 1 % when there are many.

export interface Spread {
  /** Milliseconds. */
  add(ms: number): void
  /** Undefined of none. The value below or at which the share lies, by nearest rank. */
  read(): { readonly count: number; readonly medianMs: number; readonly p90Ms: number } | undefined
}

const mostExact = 4_096
/** Each step is 2 % above the one before, so that none is off by more than 1 %. */
const step = Math.log(1.02)

export function openSpread(): Spread {
  let counts = new Map<number, number>()
  let total = 0
  const put = (value: number, count: number) => void counts.set(value, (counts.get(value) ?? 0) + count)
  return {
    add: (ms) => {
      // A clock that stepped back makes nothing take less than no time.
      const value = Math.max(0, ms)
      total += 1
      put(total > mostExact ? rough(value) : value, 1)
      if (total !== mostExact + 1) return
      const exact = counts
      counts = new Map()
      for (const [one, count] of exact) put(rough(one), count)
    },
    read: () => {
      if (total === 0) return undefined
      const sorted = [...counts].sort(([a], [b]) => a - b)
      const at = (share: number) => {
        let left = Math.ceil(share * total)
        for (const [value, count] of sorted) {
          left -= count
          if (left <= 0) return value
        }
        throw new Error('a share lies beyond all values')
      }
      return { count: total, medianMs: at(0.5), p90Ms: at(0.9) }
    },
  }
}

const rough = (ms: number) => (ms < 1 ? 0 : Math.exp(Math.round(Math.log(ms) / step) * step))
