// The world failing, in a closed list of names, each with what to do next.
import type { ResponseCode } from '../response/codes.ts'

export type FaultCode = keyof typeof sentences
export type Retry = 'now' | 'later' | 'never' | 'ask_a_person'

/** What a caller, or a journal, keeps of a fault. A CybertipFault is one; so is its plain copy from `facts()`. */
export type FaultFacts = {
  readonly kind: 'fault'
  readonly code: FaultCode
  /** Of this very call. That a filing should restart or retract is for the filing to know. */
  readonly retry: Retry
  /** refused: it certainly did not happen. unknown: it may have happened, only the answer is missing. */
  readonly outcome: 'refused' | 'unknown'
  readonly responseCode?: ResponseCode
  readonly httpStatus?: number
  /** NCMEC's Request-ID, to be named when writing to their support. */
  readonly requestId?: string
  readonly retryAfterMs?: number
}

type Circumstances = Omit<FaultFacts, 'kind' | 'code' | 'retry' | 'outcome'> & {
  readonly retry?: Retry
  readonly outcome?: FaultFacts['outcome']
  readonly rawAnswer?: Uint8Array
  readonly cause?: unknown
}

/** Message and fields carry no byte of the report; `rawAnswer()` may, as NCMEC's descriptions echo content. */
export class CybertipFault extends Error implements FaultFacts {
  readonly kind = 'fault'
  readonly code: FaultCode
  readonly retry: Retry
  readonly outcome: FaultFacts['outcome']
  declare readonly responseCode?: ResponseCode
  declare readonly httpStatus?: number
  declare readonly requestId?: string
  declare readonly retryAfterMs?: number
  readonly #rawAnswer: Uint8Array | undefined

  constructor(code: FaultCode, { retry, outcome, rawAnswer, cause, ...seen }: Circumstances = {}) {
    super(`CyberTipline: ${sentences[code][2]}`, cause === undefined ? {} : { cause })
    this.name = 'CybertipFault'
    this.code = code
    this.retry = retry ?? sentences[code][0]
    this.outcome = outcome ?? sentences[code][1]
    this.#rawAnswer = rawAnswer
    Object.assign(this, seen)
  }

  /** The answer's bytes, if one came. For sealed storage or an operator's eyes, not for logs. */
  rawAnswer(): Uint8Array | undefined {
    return this.#rawAnswer
  }

  /** A plain copy for a journal. */
  facts(): FaultFacts {
    const { kind, code, retry, outcome, responseCode, httpStatus, requestId, retryAfterMs } = this
    return {
      kind,
      code,
      retry,
      outcome,
      ...(responseCode === undefined ? {} : { responseCode }),
      ...(httpStatus === undefined ? {} : { httpStatus }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    }
  }
}

const sentences = {
  wrong_address: ['never', 'refused', 'this environment may not talk to this address'],
  unreachable: ['later', 'refused', 'no connection could be made; nothing was sent'],
  untrusted_certificate: ['ask_a_person', 'refused', 'the certificate is not trusted; nothing was sent'],
  timed_out: ['later', 'unknown', 'no answer in time'],
  broken_off: ['now', 'unknown', 'the connection broke before an answer came'],
  file_unreadable: ['later', 'unknown', 'the bytes to upload could not be read to their end'],
  server_failed: ['later', 'unknown', 'the server failed without saying how'],
  unreadable_answer: ['later', 'unknown', 'the answer could not be read'],
  contradictory_answer: ['ask_a_person', 'unknown', 'the answer speaks of another report'],
  too_busy: ['later', 'refused', 'too many requests'],
  redirected: ['ask_a_person', 'refused', 'the server redirects; credentials are not carried elsewhere'],
  wrong_endpoint: ['ask_a_person', 'refused', 'there is nothing at this address'],
  credentials: ['ask_a_person', 'refused', 'the credentials or their rights do not suffice'],
  temporarily_refused: ['later', 'refused', 'the server says it could not do this'],
  not_accepted: ['never', 'refused', 'the request is not accepted and never will be'],
  unknown_code: ['ask_a_person', 'refused', 'the response code is not known'],
  report_gone: ['never', 'refused', 'the report does not exist (any more)'],
  file_gone: ['never', 'refused', 'the file does not exist'],
  already_retracted: ['never', 'refused', 'the report is already retracted'],
  already_finished: ['never', 'refused', 'the report is already finished'],
} as const satisfies { readonly [code: string]: readonly [Retry, FaultFacts['outcome'], string] }
