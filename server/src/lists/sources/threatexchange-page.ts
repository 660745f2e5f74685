// One page of `threat_updates` -> what was seen in it.
import type { Algorithm } from '../entry.ts'
import { readFingerprint } from './fingerprint.ts'
import type { Fingerprint, Rejected, Seen } from './source.ts'
import { odd } from './xml-reader.ts'

export interface ThreatPage {
  readonly seen: Seen[]
  readonly rejected: Rejected[]
  readonly skipped: { videos: number; otherKinds: number }
  entries: number
  /** As given, with the token in it. */
  next: string | undefined
}

/** One name for all: who listed what stands in the descriptors, and a deletion names nobody. */
const threatSource = 'threatexchange'

const images: ReadonlyMap<string, Algorithm> = new Map([
  ['HASH_PDQ', 'pdq'],
  ['HASH_MD5', 'md5'],
  ['HASH_SHA1', 'sha1'],
  ['HASH_SHA256', 'sha256'],
])

type Fields = Readonly<Record<string, unknown>>

/** Throws `answer_odd`. */
export function readThreatPage(bytes: Uint8Array): ThreatPage {
  const body = parsed(bytes)
  if (!isObject(body) || !Array.isArray(body['data'])) throw odd('it holds no data')
  const page: ThreatPage = {
    seen: [],
    rejected: [],
    skipped: { videos: 0, otherKinds: 0 },
    entries: body['data'].length,
    next: nextOf(body['paging']),
  }
  for (const update of body['data']) {
    const seen = readUpdate(update, page)
    if (seen !== undefined) page.seen.push(seen)
  }
  return page
}

/** JSON.parse's own words quote the text they stumble over. */
function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw odd('it is not JSON')
  }
}

function nextOf(paging: unknown): string | undefined {
  if (paging === undefined || paging === null) return undefined
  const next = isObject(paging) ? paging['next'] : null
  if (next === undefined) return undefined
  if (typeof next !== 'string') throw odd('its next page is no text')
  return next
}

/** undefined: passed over, and counted. */
function readUpdate(update: unknown, page: ThreatPage): Seen | undefined {
  if (!isObject(update)) throw odd('an update is no object')
  const { id, type, indicator, last_updated: seconds, should_delete: gone } = update
  if (typeof id !== 'string' || !/^\d{1,30}$/.test(id)) throw odd('an update has no id')
  if (typeof type !== 'string') throw odd('an update has no type')
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) throw odd('an update has no time')
  if (gone !== undefined && typeof gone !== 'boolean') throw odd('an update does not say whether it is deleted')
  const key = { source: threatSource, entryId: id, atMs: Math.floor(seconds * 1000) }
  const removed: Seen = { kind: 'remove', ...key }

  const algorithm = images.get(type)
  if (algorithm === undefined) {
    if (type.startsWith('HASH_VIDEO')) page.skipped.videos += 1
    else page.skipped.otherKinds += 1
    return undefined
  }
  const descriptors = listOf(update['descriptors'])
  if (gone === true || descriptors.length === 0) return removed
  if (descriptors.some(isOfVideo)) {
    page.skipped.videos += 1
    return removed
  }
  const members = whoSays(descriptors)
  // Everybody who has an opinion says that it is harmless.
  if (members.length === 0) return removed
  const print = typeof indicator === 'string' ? readFingerprint(algorithm, indicator) : { why: 'it is no text' }
  if ('why' in print) {
    page.rejected.push({ source: threatSource, entryId: id, what: algorithm, why: print.why })
    return removed
  }
  const values: Fingerprint[] = [{ algorithm, value: print.value }]
  // An entry's source counts as one of its members, so it stands for the first of them: the number is what is compared.
  return { kind: 'put', ...key, members: [threatSource, ...members.slice(1)], values }
}

/** Who lists it and does not call it harmless, and who finds it helpful; a later doubt of the tags takes nobody away. */
function whoSays(descriptors: readonly Fields[]): string[] {
  const says = new Set<string>()
  const denies = new Set<string>()
  for (const { owner, status, reactions } of descriptors) {
    const id = isObject(owner) ? owner['id'] : undefined
    if (typeof id !== 'string' || !/^\d{1,30}$/.test(id)) throw odd('a descriptor has no owner')
    if (status === 'NON_MALICIOUS') denies.add(id)
    else says.add(id)
    if (status === 'NON_MALICIOUS') continue
    for (const reaction of listOf(reactions)) {
      if (reaction['key'] !== 'HELPFUL' || typeof reaction['value'] !== 'string') continue
      for (const who of reaction['value'].split(',')) if (/^\d{1,30}$/.test(who)) says.add(who)
    }
  }
  return [...says].filter((id) => !denies.has(id)).sort()
}

function isOfVideo({ tags }: Fields): boolean {
  const texts = Array.isArray(tags) ? tags : listOf(tags).map((tag) => tag['text'])
  return texts.some((tag) => (isObject(tag) ? tag['text'] : tag) === 'media_type_video')
}

/** Graph gives lists bare, or as `{ data: [...] }`. */
function listOf(value: unknown): readonly Fields[] {
  const list = isObject(value) ? value['data'] : value
  return Array.isArray(list) ? list.filter(isObject) : []
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
