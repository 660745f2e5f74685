// One GET to a list service: one origin, no redirect, no endless silence, no endless answer. Words carry no address.
import type { Clock } from '#base'
import { demandReachable } from './address.ts'
import { type SourceFault, sourceFault } from './fault.ts'

export interface Limits {
  /** The longest silence. */
  readonly silenceMs: number
  /** The longest answer, in time and in bytes (unpacked). */
  readonly totalMs: number
  readonly mostBytes: number
}

/** A page has 1000 entries of some 600 bytes; a deadline of several minutes is for a service that drips. */
export const usualLimits: Limits = { silenceMs: 60_000, totalMs: 300_000, mostBytes: 32 * 1024 * 1024 }

export interface Line {
  readonly clock: Clock
  readonly limits: Limits
  readonly headers: Readonly<Record<string, string>>
  /** What a 400 means, from its body, where a service says there what others say by status. Its words are never shown. */
  readonly refusal?: (body: string) => SourceFault | undefined
}

export interface Got {
  readonly bytes: Uint8Array
  /** The service's clock, epoch ms. */
  readonly sourceNowMs: number | undefined
}

/** The answer to a 200; every other end is a SourceFault. following: a 4xx may be about the link itself. */
export async function get(
  line: Line,
  url: URL,
  { signal, following }: { readonly signal: AbortSignal; readonly following: boolean },
): Promise<Got> {
  demandReachable(url)
  const late = new AbortController()
  const silence = setTimeout(() => late.abort(), line.limits.silenceMs)
  const total = setTimeout(() => late.abort(), line.limits.totalMs)
  try {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: line.headers,
      signal: AbortSignal.any([signal, late.signal]),
    })
    silence.refresh()
    const fault = faultOf(response, line.clock, following)
    if (fault !== undefined) {
      const told = response.status === 400 ? await refusalOf(response, line) : undefined
      await response.body?.cancel()
      throw told ?? fault
    }
    const bytes = await readAll(response, line.limits.mostBytes, () => silence.refresh())
    return { bytes, sourceNowMs: timeOf(response.headers.get('date')) }
  } catch (error) {
    throw told(error, late.signal, signal)
  } finally {
    clearTimeout(silence)
    clearTimeout(total)
  }
}

function faultOf(response: Response, clock: Clock, following: boolean): SourceFault | undefined {
  const { status } = response
  if (status === 200) return undefined
  if (status === 401 || status === 403)
    return sourceFault('source_refuses_us', `the list service refuses these credentials (${status})`)
  if (status === 429 || status === 503) {
    const retryAfterMs = waitOf(response.headers.get('retry-after'), clock)
    return sourceFault('source_busy', `the list service asks to wait (${status})`, { retryAfterMs })
  }
  if (status >= 500) return sourceFault('source_failed', `the list service failed (${status})`)
  // A redirect's address is not even read: credentials go to one origin only.
  if (status >= 300 && status < 400)
    return sourceFault('source_odd', `the list service sends us elsewhere (${status}), and we do not go`)
  if (following && [400, 404, 410].includes(status))
    return sourceFault('next_expired', `the list service knows its own link no longer (${status})`)
  return sourceFault('source_odd', `the list service gave an answer that is not documented (${status})`)
}

const mostRefusalBytes = 64 * 1024

async function refusalOf(response: Response, { refusal }: Line): Promise<SourceFault | undefined> {
  if (refusal === undefined) return undefined
  const bytes = await readAll(response, mostRefusalBytes, () => {})
  return refusal(Buffer.from(bytes).toString('utf8'))
}

async function readAll(response: Response, mostBytes: number, heard: () => void): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of response.body ?? []) {
    heard()
    sizeBytes += piece.byteLength
    if (sizeBytes > mostBytes)
      throw sourceFault('answer_odd', `an answer was longer than ${Math.floor(mostBytes / 1024 / 1024)} MB`)
    pieces.push(piece)
  }
  return pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces, sizeBytes)
}

/** fetch's own errors quote the address, and an address may hold a token. */
function told(error: unknown, late: AbortSignal, stopped: AbortSignal): unknown {
  if (error instanceof Error && error.name === 'Fault') return error
  if (stopped.aborted) return sourceFault('source_unreachable', 'the call was broken off: we are stopping')
  if (late.aborted) return sourceFault('source_slow', 'the list service took too long')
  const code = codeOf(error)
  return sourceFault('source_unreachable', `the list service does not answer (${code})`)
}

function codeOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const code: unknown = Object(at).code
    if (typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code)) return code
  }
  return 'broken off'
}

/** RFC 9110, section 10.2.3: seconds or a date. */
function waitOf(header: string | null, clock: Clock): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - clock.now())
}

function timeOf(header: string | null): number | undefined {
  const at = header === null ? Number.NaN : Date.parse(header)
  return Number.isNaN(at) ? undefined : at
}
