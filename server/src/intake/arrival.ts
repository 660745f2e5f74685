// The request as the river sees it, and the answer a platform gets: a verdict, and nothing about lists or distances.
import { type ScanAnswer, type ScanAnswers, type ScanContext, worst } from '@wardline/api'

export interface ArrivedImage {
  /** The bytes as received; nobody changes them. */
  readonly bytes: Uint8Array
  readonly fileName?: string | undefined
}

export interface Arrival {
  /** The API key (or person at a terminal) that sent it. */
  readonly sentBy: string
  /** Its key holds the scope `selftest`: test cards count. */
  readonly mayTest?: boolean | undefined
  readonly receivedAt: number
  readonly images: readonly ArrivedImage[]
  readonly context: ScanContext
  readonly idempotencyKey?: string | undefined
}

/** One image: its answer. Several: the worst verdict, and each answer in the order of arrival. */
export type Answer = ScanAnswer | ScanAnswers

export function answerFor(results: readonly [ScanAnswer, ...ScanAnswer[]]): Answer {
  if (results.length === 1) return results[0]
  return { verdict: worst(results.map((result) => result.verdict)), results: [...results] }
}

/** Reasons that tell of the moment, not of the image: another try may see what this one did not. */
const passing: ReadonlySet<string | undefined> = new Set([
  'too_slow',
  'too_much_memory',
  'decoder_crashed',
  // The clock may have ended it.
  'too_many_frames',
])

/**
 * Whether the answer may stand for the next request too. Where something is held it does, whatever became of the other
 * images: a second look would preserve the evidence a second time.
 */
export function lasting(answer: Answer): boolean {
  const results = 'results' in answer ? answer.results : [answer]
  return answer.verdict === 'held' || !results.some(({ reason }) => passing.has(reason))
}
