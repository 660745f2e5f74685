// The worker: claims due jobs, runs their handlers a few at a time, and writes down what became of them.
import { type Clock, chance, type Log, secretText, systemClock } from '#base'
import type { Database } from '#db'
import { afterDone, afterFailure, mayPass, wordsFor } from './after.ts'
import { keepLease } from './lease.ts'
import { claimJobs, type Job, nextDue, type Settled, settleJob } from './store.ts'

export type Outcome =
  /** The handler has called `finish` in its own last transaction. */
  | { readonly kind: 'done' }
  /** Nothing failed, it is only too early; `why` is shown to the operator. */
  | { readonly kind: 'again'; readonly at: number; readonly why: string }

/**
 * May run twice and may die between any two lines. The signal aborts when the server stops or the lease is lost; a
 * handler that throws after a stop gives its job back untouched.
 */
export type Handler = (job: Job, signal: AbortSignal) => Promise<Outcome>

export interface WorkerSettings {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** By kind; jobs of other kinds are left for other workers. */
  readonly handlers: Readonly<Record<string, Handler>>
  /** How long a dead worker's job stays with it, in real time by the database's clock. */
  readonly leaseMs?: number | undefined
  /** Handlers at once. */
  readonly concurrency?: number | undefined
}

export interface Worker {
  start(): void
  /** Says that a job may be due. */
  poke(): void
  /** Claims nothing more, tells the running handlers by their signal, and waits for them. */
  stop(): Promise<void>
}

const pollMs = 1000

export function openWorker(settings: WorkerSettings): Worker {
  const { database, clock, log, handlers, leaseMs = 30_000, concurrency = 4 } = settings
  const kinds = Object.keys(handlers)
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()
  let nudge = new AbortController()
  let looping: Promise<void> | undefined

  const claim = async (limit: number): Promise<{ jobs: readonly Job[]; dueInMs: number }> => {
    const dueInMs = (await nextDue(database.read, kinds, clock.now())) ?? pollMs
    if (dueInMs > 0) return { jobs: [], dueInMs }
    const wanted = { kinds, limit, now: clock.now(), lease: secretText(16), leaseMs }
    return { jobs: await database.transact((tx) => claimJobs(tx, database.kind, wanted)), dueInMs: 0 }
  }
  const loop = async () => {
    while (!stopping.signal.aborted) {
      nudge = new AbortController()
      let waitMs = pollMs
      try {
        const free = concurrency - running.size
        const { jobs, dueInMs } = free > 0 ? await claim(free) : { jobs: [], dueInMs: pollMs }
        for (const job of jobs) begin(job)
        // Due and yet not claimed: another worker has just taken it, or all hands are full; the poll comes soon enough.
        if (dueInMs > 0) waitMs = Math.min(pollMs, dueInMs)
        if (jobs.length > 0 && running.size < concurrency) continue
      } catch (error) {
        log.error({ trouble: wordsFor(error) }, 'jobs could not be claimed')
      }
      if (!stopping.signal.aborted) await clock.wait(waitMs, nudge.signal)
    }
  }
  const begin = (job: Job) => {
    const work = runJob(job, settings, stopping.signal).finally(() => {
      running.delete(work)
      nudge.abort()
    })
    running.add(work)
  }
  return {
    start: () => {
      if (kinds.length > 0 && !stopping.signal.aborted) looping ??= loop()
    },
    poke: () => nudge.abort(),
    stop: async () => {
      stopping.abort()
      nudge.abort()
      await looping
      await Promise.all(running)
    },
  }
}

/** Runs one claimed job to its end. Never rejects: what cannot be written down is left to the lease's end. */
async function runJob(job: Job, settings: WorkerSettings, stopping: AbortSignal): Promise<void> {
  const { database, log } = settings
  const fields = { job: job.id, kind: job.kind, attempt: job.attempts }
  const over = new AbortController()
  const lost = new AbortController()
  const keeping = keepLease(job, database, over.signal, () => lost.abort())
  const settled = await handle(job, settings, AbortSignal.any([stopping, lost.signal]), stopping)
  over.abort()
  await keeping
  try {
    const ours = await writeEnd(database, job, settled, stopping)
    if (lost.signal.aborted) log.warn(fields, 'a job was taken over by another worker')
    else if (ours && settled.state === 'dead') log.error({ ...fields, trouble: settled.words }, 'a job needs a person')
    else if (ours && settled.words !== null)
      log.info({ ...fields, trouble: settled.words }, 'a job will be begun again')
  } catch (error) {
    log.error({ ...fields, trouble: wordsFor(error) }, 'the end of a job could not be written down')
  }
}

/** A database that is away for a moment may be back before the lease ends; else the job waits for that end. */
async function writeEnd(database: Database, job: Job, settled: Settled, stopping: AbortSignal): Promise<boolean> {
  const until = systemClock.now() + job.leaseMs
  for (;;) {
    try {
      return await database.transact((tx) => settleJob(tx, job, settled))
    } catch (error) {
      if (!mayPass(error) || stopping.aborted || systemClock.now() > until) throw error
      await systemClock.wait(pollMs, stopping)
    }
  }
}

async function handle(
  job: Job,
  { handlers, clock }: WorkerSettings,
  signal: AbortSignal,
  stopping: AbortSignal,
): Promise<Settled> {
  const handler = handlers[job.kind]
  if (handler === undefined) throw new Error('a job was claimed that nobody here can do')
  // Interrupted, not failed: the next start goes on at once.
  const untouched = () =>
    ({
      state: 'waiting',
      runAt: clock.now(),
      attempts: job.attempts - 1,
      bugs: job.bugs,
      words: null,
    }) as const
  // A claim that was under way at the stop.
  if (stopping.aborted) return untouched()
  try {
    const outcome = await handler(job, signal)
    switch (outcome.kind) {
      case 'again':
        return { state: 'waiting', runAt: outcome.at, attempts: 0, bugs: 0, words: outcome.why }
      case 'done':
        return afterDone({ job, now: clock.now(), chance })
    }
  } catch (error) {
    const settled = afterFailure(error, { job, now: clock.now(), chance })
    return stopping.aborted && settled.state !== 'dead' ? untouched() : settled
  }
}
