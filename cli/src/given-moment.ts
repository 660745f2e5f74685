// Days and times as an operator types them, in UTC. A day that no calendar has is refused: JavaScript would take 31 February for 3 March.
import { usage } from './words.ts'

/** Epoch ms. A day alone is its beginning, or with `end` its last second. Fault `usage` naming the option. */
export function givenMoment(text: string, option: string, dayIs: 'begin' | 'end' = 'begin'): number {
  const [, day, time] = /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?Z)?$/.exec(text) ?? []
  if (day === undefined) throw usage(`${option} takes a day in UTC, as 2027-01-31, or a time, as 2027-01-31T12:00:00Z`)
  const midnight = Date.parse(`${day}T00:00:00Z`)
  const at = time === undefined ? midnight : Date.parse(text)
  const isReal = !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day) && !Number.isNaN(at)
  if (!isReal) throw usage(`${option}: there is no such day or time as ${text}`)
  return time === undefined && dayIs === 'end' ? midnight + 86_399_000 : at
}
