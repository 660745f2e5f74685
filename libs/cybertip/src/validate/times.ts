// Dates and times as NCMEC wants them: with a zone, real, and past. CyberTipline API, section 1.
import type { Finding } from './problem.ts'

/** YYYY-MM-DDThh:mm:ss[.fraction] and Z or an offset. The XSD would let a missing zone through; the documentation does not. */
export function dateTimeProblem(value: string, past: boolean, now: Date): Finding | undefined {
  const match = dateTime.exec(value)
  if (!match || !isDay(value.slice(0, 10))) return badDateTime
  if (match[1] === undefined) return { rule: 'zone', words: 'must name its zone: Z or an offset such as +01:00' }
  return past && instantMs(value) > now.getTime() + skewMs ? future : undefined
}

/** Epoch milliseconds of a sound time. Engines differ on long fractions, so three digits of them have to do. */
export function instantMs(value: string): number {
  return Date.parse(value.replace(/(\.\d{3})\d+/, '$1'))
}

/** YYYY-MM-DD, no zone. */
export function dateProblem(value: string, past: boolean, now: Date): Finding | undefined {
  if (!isDay(value)) return { rule: 'date', words: 'must be a date such as 1990-12-31' }
  return past && Date.parse(value) > now.getTime() ? future : undefined
}

/** A few seconds by which our clock may trail the one that stamped the value. */
const skewMs = 5_000

const time = String.raw`(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?`
const offset = String.raw`Z|[+-](?:(?:0\d|1[0-3]):[0-5]\d|14:00)`
const dateTime = new RegExp(String.raw`^\d{4}-\d\d-\d\dT${time}(${offset})?$`)

const badDateTime: Finding = { rule: 'date_time', words: 'must be a time such as 2026-01-31T23:59:59Z' }
const future: Finding = { rule: 'past', words: 'must lie in the past' }

function isDay(value: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(value) || value.startsWith('0000')) return false
  const day = new Date(`${value}T00:00:00Z`)
  // The 31st of April parses as the 1st of May in some engines and not at all in others.
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value)
}
