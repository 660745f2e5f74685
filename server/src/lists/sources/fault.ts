// How a source fails. The words go to logs and screens: nothing from an answer, no address with a token, no value.
import { Fault, type Retry } from '#base'

export type SourceFaultCode =
  /** 401 or 403. */
  | 'source_refuses_us'
  /** 429 or 503. */
  | 'source_busy'
  | 'source_failed'
  | 'source_unreachable'
  | 'source_slow'
  /** Another status than documented, a redirect for one. */
  | 'source_odd'
  /** A body that is not the documented shape, or too long. */
  | 'answer_odd'
  /** A file of ours that is torn, no text, or holds nothing usable. */
  | 'file_odd'
  /** A link that leads elsewhere. */
  | 'next_refused'
  | 'next_expired'
  /** A file that is still being written, or a folder without one. */
  | 'source_not_ready'
  | 'source_missing'
  /** So much of the list would go that a person has to say that it is meant. */
  | 'list_shrinks'
  | 'address_refused'

export class SourceFault extends Fault<SourceFaultCode> {}

export function sourceFault(
  code: SourceFaultCode,
  words: string,
  { retryAfterMs }: { readonly retryAfterMs?: number | undefined } = {},
): SourceFault {
  // Without a cause on purpose: undici's errors and JSON's quote addresses and texts.
  return new SourceFault(code, words, { retry: retries[code], retryAfterMs })
}

const retries: Readonly<Record<SourceFaultCode, Retry>> = {
  source_refuses_us: 'ask_a_person',
  source_busy: 'later',
  source_failed: 'later',
  source_unreachable: 'later',
  source_slow: 'later',
  source_odd: 'later',
  answer_odd: 'later',
  file_odd: 'later',
  next_refused: 'later',
  next_expired: 'now',
  source_not_ready: 'later',
  source_missing: 'later',
  list_shrinks: 'later',
  address_refused: 'never',
}
