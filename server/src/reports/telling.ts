// Small turns of phrase that the parts of a draft share.
import type { CaseFile } from '#cases'

export type Occurrence = CaseFile['occurrences'][number]

/** Every coming of every file of the case, in the order in which they came in. */
export function occurrencesOf(record: {
  readonly files: readonly Pick<CaseFile, 'occurrences'>[]
}): readonly Occurrence[] {
  return record.files.flatMap((file) => file.occurrences).toSorted((a, b) => a.receivedAt - b.receivedAt)
}

/** No platform of today has older uploads: an earlier time is a clock that was never set, or a placeholder. */
const earliestMs = Date.UTC(1995, 0, 1)
/** Nor is any account closed for longer. */
const latestMs = Date.UTC(2200, 0, 1)
/** What two honest clocks may differ. */
const skewMs = 5_000

/** A time that the platform gave, not after now, if it can be true at all. A false date must not reach a report. */
export function plausibleMs(given: string | undefined, nowMs: number): number | undefined {
  const at = given === undefined ? Number.NaN : Date.parse(given)
  return at >= earliestMs && at <= nowMs + skewMs ? Math.min(at, nowMs) : undefined
}

export function plausible(given: string | undefined, nowMs: number): string | undefined {
  const at = plausibleMs(given, nowMs)
  return at === undefined ? undefined : iso(at)
}

/** A time that may lie ahead, such as the end of a suspension. */
export function plausibleAhead(given: string | undefined): string | undefined {
  const at = given === undefined ? Number.NaN : Date.parse(given)
  return at >= earliestMs && at < latestMs ? iso(at) : undefined
}

/** What is said in words of a time that the platform gave and that cannot be true. */
export function implausible(what: string, given: string | undefined, nowMs: number): string | undefined {
  if (given === undefined || plausibleMs(given, nowMs) !== undefined) return undefined
  return `${what}, as given, cannot be true and so is not used: ${given}`
}

/** With seconds and the zone, as the form wants it. */
export function iso(at: number): string {
  return new Date(at).toISOString()
}

/** Percent-encoded, with the host in ASCII, as far as it is a URL at all. */
export function url(given: string): string {
  return URL.canParse(given) ? new URL(given).href : given
}

/** One line each; undefined when there is nothing to say. */
export function lines(...parts: readonly (string | undefined)[]): string | undefined {
  const said = parts.filter((part) => part !== undefined && part !== '')
  return said.length === 0 ? undefined : said.join('\n')
}

/** The different ones, by their content, in order. */
export function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}

/**
 * From which machine a file came. Without a time of its own only the platform's time of the upload will do. What a model made
 * nobody uploaded: the machine is that of the request.
 */
export function ipEventOfFile({ context }: Occurrence, nowMs: number) {
  const { origin, uploadedAt } = context
  if (origin === undefined) return undefined
  return {
    ipAddress: origin.ip,
    eventName: eventOf(context),
    dateTime: plausible(origin.at ?? uploadedAt, nowMs),
    possibleProxy: origin.possibleProxy,
    port: origin.port,
  } as const
}

export function deviceOfFile({ context }: Occurrence, nowMs: number) {
  const device = context.origin?.device
  if (device === undefined) return undefined
  return {
    idType: device.type,
    idValue: device.id,
    eventName: eventOf(context),
    dateTime: plausible(context.origin?.at, nowMs),
  } as const
}

const eventOf = ({ surface }: Occurrence['context']) => (surface === 'ai_output' ? 'Other' : 'Upload')
