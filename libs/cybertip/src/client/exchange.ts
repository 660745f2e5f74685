// One request and its answer over HTTP: no redirect, no retry, no silence longer than allowed, no endless answer.
import { CybertipFault, type FaultCode, type FaultFacts } from './fault.ts'

export type Line = {
  /** Without trailing slash. */
  readonly baseUrl: string
  readonly authorization: string
  /** Longest silence: of the server, or of the source of an upload. */
  readonly timeoutMs: number
  readonly fetch: typeof globalThis.fetch
}

export type Request = { readonly method: 'GET' | 'POST'; readonly path: string; readonly body?: Body }
export type Body = {
  readonly contentType: string
  readonly content: string | AsyncIterable<Uint8Array>
  readonly sizeBytes?: number
}

export type Answer = {
  readonly httpStatus: number
  readonly bytes: Uint8Array
  readonly requestId: string | undefined
  readonly retryAfterMs: number | undefined
}

export async function exchange(line: Line, request: Request): Promise<Answer | CybertipFault> {
  using silence = silenceOf(line.timeoutMs)
  // What an answer's head has said stays known when its body never comes to its end.
  let seen: Seen = {}
  try {
    const response = await line.fetch(`${line.baseUrl}${request.path}`, {
      method: request.method,
      redirect: 'manual',
      signal: silence.signal,
      headers: headersOf(line, request.body),
      ...bodyOf(request.body, silence),
    })
    seen = headOf(response)
    return {
      httpStatus: response.status,
      requestId: seen.requestId,
      retryAfterMs: seen.retryAfterMs,
      bytes: await readAll(response, silence),
    }
  } catch (error) {
    return faultOf(error, silence.timedOut(), seen)
  }
}

type Seen = Pick<FaultFacts, 'httpStatus' | 'requestId' | 'retryAfterMs'>

function headOf({ status, headers }: Response): Seen {
  const requestId = headers.get('request-id')
  const retryAfterMs = retryAfter(headers.get('retry-after'))
  return {
    httpStatus: status,
    ...(requestId === null ? {} : { requestId }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  }
}

function headersOf(line: Line, body: Body | undefined): Record<string, string> {
  return {
    authorization: line.authorization,
    accept: 'application/xml, text/xml',
    // The receipt is kept byte for byte, as it was sent.
    'accept-encoding': 'identity',
    ...(body ? { 'content-type': body.contentType } : {}),
    ...(body?.sizeBytes === undefined ? {} : { 'content-length': String(body.sizeBytes) }),
  }
}

type Sending = Pick<RequestInit, 'redirect' | 'window'> & { body?: string | ReadableStream; duplex?: 'half' }

/**
 * fetch keeps a copy of a body it may have to send again: all of a file, in memory, until the answer comes. It does not where a redirect is
 * an error and no window can ask for credentials; such a redirect is told by its error's words alone.
 */
function bodyOf(body: Body | undefined, silence: Silence): Sending {
  if (!body) return {}
  if (typeof body.content === 'string') return { body: body.content }
  const stream = ReadableStream.from(noticing(body.content, silence))
  return { body: stream, duplex: 'half', redirect: 'error', window: null }
}

/** The pieces as they are, each one breaking the silence; none any more when the exchange is over, as fetch would go on pulling them. */
async function* noticing(pieces: AsyncIterable<Uint8Array>, silence: Silence): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    if (silence.over()) throw new Error('the exchange is over')
    silence.broken()
    yield piece
  }
  silence.broken()
}

async function readAll(response: Response, silence: Silence): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  let sizeBytes = 0
  for await (const piece of response.body ?? []) {
    silence.broken()
    sizeBytes += piece.byteLength
    if (sizeBytes > maxAnswerBytes) throw new CybertipFault('unreadable_answer')
    pieces.push(piece)
  }
  return new Uint8Array(Buffer.concat(pieces))
}

/** A receipt names 32 characters a file; this holds more than a hundred thousand of them. */
const maxAnswerBytes = 16 * 1024 * 1024

type Silence = Disposable & { readonly signal: AbortSignal; broken(): void; over(): boolean; timedOut(): boolean }

/** A timer that aborts after so long without `broken()`. */
function silenceOf(timeoutMs: number): Silence {
  const controller = new AbortController()
  let [disposed, timedOut] = [false, false]
  const timer = setTimeout(() => {
    timedOut = true
    controller.abort()
  }, timeoutMs)
  return {
    signal: controller.signal,
    broken() {
      if (!disposed) timer.refresh()
    },
    over: () => disposed || timedOut,
    timedOut: () => timedOut,
    [Symbol.dispose]() {
      disposed = true
      clearTimeout(timer)
      // An answer may have come before the file was sent to its end, or be longer than anybody reads: nobody goes on with either.
      controller.abort()
    },
  }
}

function retryAfter(header: string | null): number | undefined {
  if (header === null) return undefined
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000
  const at = Date.parse(header)
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now())
}

function faultOf(error: unknown, timedOut: boolean, seen: Seen): CybertipFault {
  const chain = causes(error)
  const own = chain.find((one) => one instanceof CybertipFault)
  const cause = own instanceof CybertipFault ? own.cause : error
  const fallen = timedOut ? 'timed_out' : own instanceof CybertipFault ? own.code : nameOf(chain)
  return new CybertipFault(byHead(seen) ?? fallen, { ...seen, cause })
}

/** What an answer's head alone decides, whatever its body would have said. */
function byHead({ httpStatus = 0 }: Seen): FaultCode | undefined {
  if (httpStatus === 401 || httpStatus === 403) return 'credentials'
  if (httpStatus >= 300 && httpStatus < 400) return 'redirected'
  return httpStatus === 429 ? 'too_busy' : undefined
}

function nameOf(chain: readonly unknown[]): FaultCode {
  const codes = chain.map((one) => String(Object(one).code ?? ''))
  if (chain.some((one) => Object(one).message === 'unexpected redirect')) return 'redirected'
  if (codes.some((code) => notConnected.has(code))) return 'unreachable'
  if (codes.some((code) => untrusted.test(code))) return 'untrusted_certificate'
  return codes.some((code) => code.endsWith('TIMEOUT') || code === 'ETIMEDOUT') ? 'timed_out' : 'broken_off'
}

/** fetch hides the reason in the cause of a TypeError. */
function causes(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causes(error.cause)] : [error]
}

/** Errors that come before the first byte was sent. */
const notConnected = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])
const untrusted = /CERT|SELF_SIGNED|UNABLE_TO_(GET_ISSUER|VERIFY)/
