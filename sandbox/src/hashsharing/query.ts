/** from and to, as strictly as they are documented: yyyy-MM-dd'T'HH:mm:ss(.SSS)Z, always UTC, each once, and nothing else. */
import type { Breach } from '../lists/ledger.ts'
import { pairsIn } from '../lists/pairs.ts'

export type Asked =
  | { readonly fromMs: number; readonly toMs: number }
  | { readonly breach: Breach; readonly words: string }

export const rangeIn = (below: string): Asked => {
  const pairs = pairsIn(below)
  for (const name of ['from', 'to']) {
    const values = pairs.filter(([key]) => key === name)
    if (values.length === 0) return { breach: 'missing_parameter', words: name }
    if (values.length > 1) return { breach: 'repeated_parameter', words: name }
  }
  const other = pairs.find(([key]) => key !== 'from' && key !== 'to')
  if (other) return { breach: 'unknown_parameter', words: 'other than from and to' }
  const fromMs = instantIn(pairs.find(([key]) => key === 'from')?.[1] ?? '')
  const toMs = instantIn(pairs.find(([key]) => key === 'to')?.[1] ?? '')
  if (fromMs === undefined) return { breach: 'bad_parameter', words: 'from' }
  if (toMs === undefined) return { breach: 'bad_parameter', words: 'to' }
  return fromMs > toMs ? { breach: 'range_backwards', words: 'from, to' } : { fromMs, toMs }
}

const instantIn = (text: string): number | undefined => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text)) return undefined
  const ms = Date.parse(text)
  // JavaScript takes 31 February for a day in March, and 24:00 for the next midnight.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== text.slice(0, 19) ? undefined : ms
}
