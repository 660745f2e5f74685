// Small turns of phrase that the parts of a draft share.
import type { CaseFile, CaseRecord } from '#cases'

export type Occurrence = CaseFile['occurrences'][number]

/** Every coming of every file of the case, in the order in which they came in. */
export function occurrencesOf(record: CaseRecord): readonly Occurrence[] {
  return record.files.flatMap((file) => file.occurrences).toSorted((a, b) => a.receivedAt - b.receivedAt)
}

/** When the user uploaded it, if the platform said so and it can be true. */
export function uploadedMs({ context }: Occurrence, nowMs: number): number | undefined {
  const at = context.uploadedAt === undefined ? Number.NaN : Date.parse(context.uploadedAt)
  return at <= nowMs ? at : undefined
}

/** With seconds and the zone, as the form wants it, whatever ISO form the platform chose. */
export function iso(at: number | string): string {
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

/** From which machine a file came. Without a time of its own only the platform's time of the upload will do. */
export function ipEventOf({ context }: Occurrence) {
  const { origin, uploadedAt } = context
  if (origin === undefined) return undefined
  const at = origin.at ?? uploadedAt
  return {
    ipAddress: origin.ip,
    eventName: 'Upload',
    dateTime: at === undefined ? undefined : iso(at),
    port: origin.port,
  } as const
}

export function deviceOf({ context }: Occurrence) {
  const device = context.origin?.device
  if (device === undefined) return undefined
  const at = context.origin?.at
  return {
    idType: device.type,
    idValue: device.id,
    eventName: 'Upload',
    dateTime: at === undefined ? undefined : iso(at),
  } as const
}
