// The first word of a decoder process: that it can take images, or why it never will.
import { Fault, systemClock } from '#base'
import type { Answer } from './words.ts'

/** Loading takes 0.1 s on an idle machine. */
const startMs = 30_000

/** Rejects with a Fault `decoder_cannot_start`. first: what it said first; gone: when it ended. */
export async function started(first: Promise<Answer>, gone: Promise<void>): Promise<void> {
  const stop = new AbortController()
  const said = await Promise.race([
    first,
    systemClock.wait(startMs, stop.signal).then(() => 'overdue' as const),
    gone.then(() => 'gone' as const),
  ]).finally(() => stop.abort())
  if (typeof said === 'string' || said.kind !== 'ready') throw cannotStart(whyNot(said))
}

/** Where the system refuses a process. */
export function refused(cause: unknown): Fault {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
  const words = `the system refuses another process (${code}); are too many files or processes open (ulimit -n, -u)?`
  return cannotStart(words, cause)
}

function whyNot(said: Answer | 'gone' | 'overdue'): string {
  const words =
    said === 'overdue'
      ? `it was not ready after ${startMs / 1000} s`
      : typeof said === 'object' && said.kind === 'cannot_start'
        ? said.words
        : 'it ended before it was ready'
  return `${words}; is sharp installed, are the libraries built (npm ci)?`
}

function cannotStart(words: string, cause?: unknown): Fault {
  return new Fault('decoder_cannot_start', `the process that decodes images cannot start: ${words}`, {
    retry: 'later',
    ...(cause !== undefined && { cause }),
  })
}
