// What is told back to NCMEC about an entry: one PUT, and the reasons that it takes. Hash list sources, section 10.
import type { Clock, Environment } from '#base'
import { demandReachable, ncmecAddress } from './address.ts'
import { type SourceFault, sourceFault } from './fault.ts'
import type { NcmecSettings } from './ncmec.ts'
import { get, type Limits, usualLimits } from './wire.ts'
import { XmlReader } from './xml-reader.ts'

/** The kinds of fingerprint that we compare and NCMEC takes feedback on, as its paths spell them. */
export const feedbackTypes = { md5: 'MD5', sha1: 'SHA1', pdq: 'PDQ' } as const
export type FeedbackAlgorithm = keyof typeof feedbackTypes

export interface Feedback {
  readonly memberId: string
  readonly entryId: string
  readonly algorithm: FeedbackAlgorithm
  readonly says: { readonly kind: 'affirmative' } | { readonly kind: 'negative'; readonly reasonIds: readonly string[] }
}

/**
 * refused: NCMEC read it and said no. not_sent: nothing of it can have arrived, so it may be sent again by itself. unknown: the line
 * broke after it was begun; NCMEC may have it or not. Words hold no address, no id and nothing of an answer.
 */
export type FeedbackOutcome =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly words: string }
  | { readonly kind: 'not_sent'; readonly words: string; readonly retryAfterMs: number | undefined }
  | { readonly kind: 'unknown'; readonly words: string }

/** To whom: as for the list itself. */
export type FeedbackWay = Pick<NcmecSettings, 'feed' | 'sandboxUrl' | 'username' | 'password'> & {
  readonly environment: Environment
}

/** The member behind a list's source, as NCMEC's paths name it; undefined for a source of another kind. */
export function memberIdOf(source: string): string | undefined {
  return /^ncmec-(.+)$/.exec(source)?.[1]
}

/** Never inside a transaction. Throws `address_refused`, and RangeError for an id that cannot stand in a path. */
export async function sendFeedback(
  way: FeedbackWay,
  feedback: Feedback,
  { signal, limits = usualLimits }: { readonly signal: AbortSignal; readonly limits?: Limits },
): Promise<FeedbackOutcome> {
  const url = placeOf(way, feedback)
  const body = bodyOf(feedback)
  demandReachable(url)
  const late = AbortSignal.timeout(limits.silenceMs)
  try {
    const response = await fetch(url, {
      method: 'PUT',
      redirect: 'manual',
      headers: { ...headersOf(way), 'content-type': 'application/xml; charset=utf-8' },
      body,
      signal: AbortSignal.any([signal, late]),
    })
    // The answer's form is not documented: its status says all.
    await response.body?.cancel()
    return outcomeOf(response)
  } catch (error) {
    return isNeverBegun(error)
      ? { kind: 'not_sent', words: 'the list service does not answer', retryAfterMs: undefined }
      : { kind: 'unknown', words: 'the line broke before the list service answered' }
  }
}

function outcomeOf({ status, headers }: Response): FeedbackOutcome {
  if (status >= 200 && status < 300) return { kind: 'accepted' }
  if (status === 429 || status === 503) {
    const seconds = Number(headers.get('retry-after') ?? Number.NaN)
    const retryAfterMs = Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined
    return { kind: 'not_sent', words: `the list service asks to wait (${status})`, retryAfterMs }
  }
  // Whether it was taken before the service failed nobody can say.
  if (status >= 500) return { kind: 'unknown', words: `the list service failed (${status})` }
  return { kind: 'refused', words: `the list service refused it (${status})` }
}

/** No connection came to be, so no byte of it left this machine. */
function isNeverBegun(error: unknown): boolean {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code: unknown = Object(at).code
    if (typeof code === 'string' && neverBegun.has(code)) return true
  }
  return false
}
const neverBegun = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'EHOSTUNREACH'])

/** What a negative feedback may give as its reason, for one kind of fingerprint. */
export interface FeedbackReason {
  readonly guid: string
  readonly name: string
}

/** A person waits for the answer. */
const askLimits: Limits = { ...usualLimits, silenceMs: 20_000, totalMs: 60_000 }

/** Throws a SourceFault. */
export async function feedbackReasons(
  way: FeedbackWay,
  algorithm: FeedbackAlgorithm,
  {
    clock,
    signal,
    limits = askLimits,
  }: { readonly clock: Clock; readonly signal: AbortSignal; readonly limits?: Limits },
): Promise<readonly FeedbackReason[]> {
  const url = new URL(`${rootOf(way)}/v2/feedback/${feedbackTypes[algorithm]}/reasons`)
  const { bytes } = await get({ clock, limits, headers: headersOf(way) }, url, { signal, following: false })
  return readReasons(bytes)
}

/** `<availableFeedbackReasons><reason guid name type/>`, the names being NCMEC's own words. */
export function readReasons(bytes: Uint8Array): readonly FeedbackReason[] {
  const xml = new XmlReader(bytes)
  const reasons: FeedbackReason[] = []
  const first = xml.tag()
  if (xml.name() !== 'availableFeedbackReasons' || (first !== 'open' && first !== 'empty')) throw odd()
  if (first === 'empty') return reasons
  for (let tag = xml.tag(); tag !== 'close'; tag = xml.tag()) {
    const guid = xml.attribute('guid')
    const name = xml.attribute('name')
    if (xml.name() !== 'reason' || guid === undefined || name === undefined || !guidShape.test(guid)) throw odd()
    reasons.push({ guid, name: name.replaceAll(/\p{Cc}/gu, ' ').slice(0, 200) })
    if (tag === 'open') xml.skip()
  }
  return reasons
}

/** As NCMEC names its reasons; also what an operator may pass on. */
export const guidShape = /^[0-9A-Za-z-]{1,64}$/

const odd = (): SourceFault =>
  sourceFault('answer_odd', 'an answer of the list service is not as documented: its reasons are none')

function placeOf(way: FeedbackWay, { memberId, entryId, algorithm }: Feedback): URL {
  const parts = [memberId, entryId].map((part) => {
    // A dot alone would be another path; everything else is escaped.
    if (part === '' || /^\.{1,2}$/.test(part)) throw new RangeError('an id of an entry cannot stand in a path')
    return encodeURIComponent(part)
  })
  return new URL(`${rootOf(way)}/v2/entries/${parts.join('/')}/${feedbackTypes[algorithm]}/feedback`)
}

const rootOf = ({ feed, environment, sandboxUrl }: FeedbackWay): string =>
  ncmecAddress(feed, environment, sandboxUrl).href.replace(/\/$/, '')

function headersOf({ username, password }: FeedbackWay): Record<string, string> {
  const basic = Buffer.from(`${username}:${password}`, 'utf8').toString('base64')
  return { authorization: `Basic ${basic}`, accept: 'application/xml, text/xml' }
}

const namespace = 'https://hashsharing.ncmec.org/hashsharing/v2'

function bodyOf({ says }: Feedback): string {
  const inside = says.kind === 'affirmative' ? '<affirmative/>' : negative(says.reasonIds)
  return `<?xml version="1.0" encoding="UTF-8"?>\n<feedbackSubmission xmlns="${namespace}">${inside}</feedbackSubmission>`
}

function negative(reasonIds: readonly string[]): string {
  if (reasonIds.length === 0 || !reasonIds.every((id) => guidShape.test(id)))
    throw new RangeError('a negative feedback names a reason of the list service’s own')
  return `<negative><reasonIds>${reasonIds.map((id) => `<guid>${id}</guid>`).join('')}</reasonIds></negative>`
}
