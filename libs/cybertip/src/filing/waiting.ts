// How long a filing waits before it tries again.
import type { FaultCode, FaultFacts } from '../client/fault.ts'
import { type FilingState, hourMs } from './state.ts'

/** The state with a time before which nothing is to be done; longer with each try. A caller of many filings adds its own jitter. */
export function waiting<S extends FilingState>(state: S, fault: FaultFacts, now: Date): S {
  const asks = fault.retry === 'ask_a_person'
  const waitMs = Math.max(askedFor(fault), asks ? alertMs : backoffMs(state.tries, fault))
  if (waitMs === 0) return state
  const alert = asks || state.tries >= alertTries
  return { ...state, wait: { untilMs: now.getTime() + waitMs, because: fault.code, alert } }
}

/** Whether every other filing of the same client would meet this too, so that trying them only does harm. */
export function stopsQueue(code: FaultCode): code is QueueStopping {
  return queueStopping.some((one) => one === code)
}

const queueStopping = [
  'credentials',
  'wrong_address',
  'wrong_endpoint',
  'redirected',
  'untrusted_certificate',
] as const satisfies readonly FaultCode[]
export type QueueStopping = (typeof queueStopping)[number]

/** With the waits below some two hours: no passing trouble any more. */
const alertTries = 8

/** Somebody has to change something first; looking again now and then costs nothing. */
const alertMs = hourMs / 4

function askedFor({ retryAfterMs }: FaultFacts): number {
  // Nobody may park a report for longer than it lives.
  return Math.min(retryAfterMs ?? 0, 24 * hourMs)
}

/** 30 s, 1 min, 2 min ... 1 h; a first broken connection is tried again at once. */
function backoffMs(tries: number, { retry }: FaultFacts): number {
  if (retry === 'now' && tries <= 1) return 0
  return Math.min(hourMs, 30_000 * 2 ** Math.min(Math.max(tries - 1, 0), 10))
}
