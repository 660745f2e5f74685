// What becomes of a job whose handler ended: pure, so that every case can be read here and tried without a database.
import { Fault } from '#base'
import type { Job, Settled } from './store.ts'

const firstBackoffMs = 1000
const longestBackoffMs = 10 * 60 * 1000
/** A job may end in bugs this often: deploying a repair may be what helps, but not for ever. Faults do not count. */
const mostBugs = 10

export interface Situation {
  readonly job: Job
  readonly now: number
  /** A whole number from 0 to below its argument. */
  readonly chance: (below: number) => number
}

/**
 * A Fault that may pass is tried for ever, since evidence is not given up because a server was down for a week; one
 * that cannot pass waits, dead and visible, for a person.
 */
export function afterFailure(error: unknown, situation: Situation): Settled {
  const words = wordsFor(error)
  if (!(error instanceof Fault)) return afterBug(words, situation)
  return mayPass(error) ? later(words, situation, { leastMs: error.retryAfterMs }) : { state: 'dead', words }
}

export const mayPass = (error: unknown): boolean =>
  error instanceof Fault && (error.retry === 'now' || error.retry === 'later')

/** Has an effect only when the job is still there. */
export function afterDone(situation: Situation): Settled {
  return afterBug('a bug: the handler said done and did not finish its job', situation)
}

function afterBug(words: string, situation: Situation): Settled {
  const bugs = situation.job.bugs + 1
  return bugs >= mostBugs ? { state: 'dead', words } : later(words, situation, { bugs })
}

function later(
  words: string,
  { job, now, chance }: Situation,
  { leastMs = 0, bugs = job.bugs }: { leastMs?: number | undefined; bugs?: number },
): Settled {
  const waitMs = Math.max(leastMs, backoffMs(job.attempts, chance))
  return { state: 'waiting', runAt: now + waitMs, attempts: job.attempts, bugs, words }
}

/** 1 s, 2 s, 4 s ... 10 min; the latter half is jitter, so that what failed together does not come back together. */
function backoffMs(attempts: number, chance: (below: number) => number): number {
  const fullMs = Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(attempts - 1, 30))
  return fullMs / 2 + chance(fullMs / 2 + 1)
}

/**
 * A Fault's message is safe by contract. A bug's message may quote what it choked on (a file name, an address), so
 * only its name and its place in our code are kept.
 */
export function wordsFor(error: unknown): string {
  if (error instanceof Fault) return `${error.code}: ${error.message}`
  if (!(error instanceof Error)) return 'a bug: something was thrown that is no error'
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line))
  const place = frames.map((line) => /([\w-]+\/[\w.-]+\.[cm]?[jt]s:\d+):\d+\)?$/.exec(line)?.[1]).find(Boolean)
  return `a bug (${error.name}) at ${place ?? 'an unknown place'}`
}
