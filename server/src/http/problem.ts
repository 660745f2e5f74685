// Turns whatever was thrown into a problem of the table. RFC 9457.
import type { Problem, WrongKey } from '@wardline/api'
import { Fault } from '#base'
import { type ProblemCode, problems } from './problems.ts'
import type { Words } from './words.ts'

/** A refusal of the request itself; `wrong` names keys, never values. */
export class Refused extends Fault<ProblemCode> {
  readonly wrong: readonly WrongKey[] | undefined

  constructor(
    code: ProblemCode,
    options: { wrong?: readonly WrongKey[]; retryAfterMs?: number; cause?: unknown } = {},
  ) {
    super(code, problems[code].title, { retry: 'never', retryAfterMs: options.retryAfterMs, cause: options.cause })
    this.wrong = options.wrong
  }
}

export interface ProblemReply {
  readonly problem: Problem
  readonly headers: Readonly<Record<string, string>>
  /** True when the server, not the caller, is to blame; then it belongs in the log. */
  readonly ours: boolean
}

/** Words for whatever was thrown. Only a fault known here speaks in its own words. */
export function problemFor(error: unknown, requestId: string): ProblemReply {
  const code = codeFor(error)
  const words: Words = problems[code]
  const wrong = error instanceof Refused ? error.wrong : undefined
  const retryAfterMs = error instanceof Fault ? error.retryAfterMs : undefined
  const retryAfter = retryAfterMs === undefined ? words.retryAfterSeconds : Math.max(1, Math.ceil(retryAfterMs / 1000))
  return {
    problem: {
      type: `urn:wardline:problem:${code}`,
      title: words.title,
      status: words.status,
      code,
      detail: words.detail ?? (error instanceof Fault ? error.message : words.title),
      next: words.next,
      requestId,
      ...(wrong === undefined ? {} : { wrong: [...wrong] }),
    },
    headers: {
      ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
      ...(words.status === 401 ? { 'www-authenticate': challenge(code) } : {}),
      ...(code === 'not_allowed' ? { 'www-authenticate': 'Bearer realm="wardline", error="insufficient_scope"' } : {}),
    },
    ours: words.status >= 500 && !crowded.has(code),
  }
}

/** Not faults: the server does what it should. */
const crowded: ReadonlySet<ProblemCode> = new Set(['shutting_down', 'uploads_busy', 'decoders_busy', 'lists_loading'])

const challenge = (code: ProblemCode) =>
  code === 'key_missing' ? 'Bearer realm="wardline"' : 'Bearer realm="wardline", error="invalid_token"'

function codeFor(error: unknown): ProblemCode {
  const code: unknown = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  if (error instanceof Fault) {
    if (isProblemCode(error.code)) return error.code
    return error.retry === 'now' || error.retry === 'later' ? 'unavailable' : 'internal'
  }
  if (typeof code === 'string') {
    const known = foreign[code]
    if (known !== undefined) return known
  }
  const status: unknown =
    typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined
  return typeof status === 'number' && status >= 400 && status < 500 ? 'request_wrong' : 'internal'
}

const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code)

/** The web framework's own refusals. */
const foreign: Readonly<Record<string, ProblemCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media_type_wrong',
}
