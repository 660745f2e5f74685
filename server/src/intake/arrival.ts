// The request as the river sees it, and the answer a platform gets: a verdict, and nothing about lists or distances.
import type { ScanContext } from '@wardline/api'
import type { Id } from '#base'

export interface ArrivedImage {
  /** The bytes as received; nobody changes them. */
  readonly bytes: Uint8Array
  readonly fileName?: string | undefined
}

export interface Arrival {
  /** The API key (or person at a terminal) that sent it. */
  readonly sentBy: string
  readonly receivedAt: number
  readonly images: readonly ArrivedImage[]
  readonly context: ScanContext
  readonly idempotencyKey?: string | undefined
}

export type Verdict = 'clear' | 'not_scanned' | 'unscannable' | 'held'

export interface Result {
  readonly id: Id<'scan'>
  readonly verdict: Verdict
  readonly reason?: string
}

/** One image: its result. Several: the worst verdict, and each result in the order of arrival. */
export type ScanAnswer = Result & { readonly results?: readonly Result[] }

const order: readonly Verdict[] = ['clear', 'not_scanned', 'unscannable', 'held']

/** The answer for a whole request; the first of the worst stands for all. */
export function worstOf(results: readonly [Result, ...Result[]]): ScanAnswer {
  const worst = results.reduce((a, b) => (order.indexOf(b.verdict) > order.indexOf(a.verdict) ? b : a))
  return results.length === 1 ? worst : { ...worst, results }
}
