import { StillClock } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { Fault, type Log } from '#base'
import { type Database, type DatabaseSettings, migrate, openDatabase, readMeta, type Transaction, writeMeta } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import {
  countJobs,
  enqueue,
  enqueueNow,
  finish,
  type Handler,
  holdLease,
  type Job,
  listJobs,
  openWorker,
  releaseJobs,
  retryJob,
} from './jobs.ts'

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} }
const leaseMs = 30_000

describe.each(emptyDatabases)('a job on %s', (_kind, empty) => {
  it('is there exactly when its transaction committed, and once for a unique key', async () => {
    await using world = await open(await empty())
    await expect(
      world.database.transact(async (tx) => {
        await world.ask(tx, 'rolled_back')
        throw new Error('stop')
      }),
    ).rejects.toThrow('stop')
    for (const subject of ['one', 'other'])
      await world.database.transact((tx) =>
        enqueue(tx, world.clock, { kind: 'work', subject, runAt: 5, uniqueKey: 'the same' }),
      )
    await world.add('no_key')
    await world.add('no_key')
    const jobs = await listJobs(world.database.read)
    expect(jobs.map((job) => job.subject)).toEqual(['one', 'no_key', 'no_key'])
    expect(await countJobs(world.database.read)).toEqual({ waiting: 3, running: 0, dead: 0 })
  })

  it('is done with the change that it makes, and then gone', async () => {
    await using world = await open(await empty())
    world.work(async (job) => {
      await world.database.transact(async (tx) => {
        await writeMeta(tx, job.subject, 'done')
        await finish(tx, job)
      })
      return { kind: 'done' }
    })
    await world.add('thing')
    await expect.poll(() => readMeta(world.database.read, 'thing')).toBe('done')
    expect(await listJobs(world.database.read)).toEqual([])
  })

  it('is not begun before its time, and then without being told', async () => {
    await using world = await open(await empty())
    const begun: number[] = []
    world.work(async (job) => {
      begun.push(world.clock.now())
      return world.done(job)
    })
    const dueAt = world.clock.now() + 2500
    await world.add('thing', dueAt)
    await world.untilIdle()
    expect(begun).toEqual([])
    while (world.clock.now() < dueAt) {
      world.clock.set(Math.min(dueAt, world.clock.now() + 1000))
      await world.untilIdle()
    }
    await expect.poll(() => begun).toEqual([dueAt])
  })

  it('comes again when its handler says so, without counting as a failure', async () => {
    await using world = await open(await empty())
    const at = world.clock.now() + 60_000
    world.work(async () => ({ kind: 'again', at, why: 'the case still settles' }))
    await world.add('thing')
    await expect
      .poll(() => world.job())
      .toMatchObject({ state: 'waiting', runAt: at, attempts: 0, lastError: 'the case still settles' })
  })

  it('is tried again later when what failed may pass', async () => {
    await using world = await open(await empty())
    let times = 0
    world.work(async (job) => {
      times += 1
      if (times === 1) throw new Fault('away', 'the other side is away', { retry: 'later', retryAfterMs: 90_000 })
      expect(job.attempts).toBe(2)
      return world.done(job)
    })
    await world.add('thing')
    const runAt = world.clock.now() + 90_000
    await expect
      .poll(() => world.job())
      .toMatchObject({ state: 'waiting', runAt, attempts: 1, lastError: 'away: the other side is away' })
    world.clock.set(runAt)
    await expect.poll(() => listJobs(world.database.read)).toEqual([])
    expect(times).toBe(2)
  })

  it('is dead when it cannot succeed, is seen, and lives again when a person says so', async () => {
    await using world = await open(await empty())
    let broken = true
    world.work(async (job) => {
      if (broken) throw new Fault('refused', 'the other side refused it', { retry: 'ask_a_person' })
      return world.done(job)
    })
    await world.add('thing')
    await expect
      .poll(() => world.job())
      .toMatchObject({ state: 'dead', lastError: 'refused: the other side refused it' })
    const [dead] = await listJobs(world.database.read, { state: 'dead' })
    expect(await listJobs(world.database.read, { state: 'waiting' })).toEqual([])
    const id = dead?.id ?? ''
    broken = false
    await world.database.transact((tx) => retryJob(tx, world.clock, id))
    await expect(world.database.transact((tx) => retryJob(tx, world.clock, 'job_none'))).rejects.toMatchObject({
      code: 'job_unknown',
    })
    world.worker?.poke()
    await expect.poll(() => listJobs(world.database.read)).toEqual([])
  })

  it('cannot be retried while it goes on by itself', async () => {
    await using world = await open(await empty())
    await world.add('thing')
    const { id } = (await world.job()) ?? { id: '' }
    await expect(world.database.transact((tx) => retryJob(tx, world.clock, id))).rejects.toMatchObject({
      code: 'job_not_dead',
    })
  })

  it('is not lost when its handler says done and forgot to finish it', async () => {
    await using world = await open(await empty())
    world.work(async () => ({ kind: 'done' }))
    await world.add('thing')
    await expect
      .poll(() => world.job())
      .toMatchObject({ state: 'waiting', attempts: 1, lastError: expect.stringContaining('did not finish') })
  })

  it('that is asked for at once is new, or hurried, or revived, and a running one is left alone', async () => {
    await using world = await open(await empty())
    const now = world.clock.now()
    const wanted = { kind: 'work', subject: 'thing', uniqueKey: 'thing' }
    const hurry = () => world.database.transact((tx) => enqueueNow(tx, world.clock, wanted))
    const set = (change: object) => world.database.read.updateTable('jobs').set(change).execute()
    await hurry()
    expect(await listJobs(world.database.read)).toMatchObject([{ state: 'waiting', runAt: now }])
    await set({ run_at: now + 5000, attempts: 7 })
    await hurry()
    expect(await listJobs(world.database.read)).toMatchObject([{ state: 'waiting', runAt: now, attempts: 0 }])
    await set({ state: 'dead', run_at: now - 5000 })
    await hurry()
    expect(await listJobs(world.database.read)).toMatchObject([{ state: 'waiting', runAt: now }])
    await set({ state: 'running', run_at: now - 5000, lease: 'of another' })
    await hurry()
    expect(await listJobs(world.database.read)).toMatchObject([{ state: 'running', runAt: now - 5000 }])
  })

  it('whose worker is known to be gone is due at once, and the lease is worth nothing', async () => {
    await using world = await open(await empty())
    const begun = Promise.withResolvers<Job>()
    const release = Promise.withResolvers<void>()
    world.work(async (job) => {
      begun.resolve(job)
      await release.promise
      return { kind: 'done' }
    })
    await world.add('thing')
    const job = await begun.promise
    expect(await world.database.transact((tx) => releaseJobs(tx))).toBe(1)
    expect(await world.job()).toMatchObject({ state: 'waiting', attempts: 1 })
    await expect(world.database.transact((tx) => finish(tx, job))).rejects.toMatchObject({ code: 'lease_lost' })
    release.resolve()
  })

  it('of a kind that this worker does not know is left for another', async () => {
    await using world = await open(await empty())
    world.work((job) => world.done(job))
    await world.database.transact((tx) => enqueue(tx, world.clock, { kind: 'newer', subject: 'thing', runAt: 0 }))
    await world.add('thing')
    await expect.poll(async () => (await listJobs(world.database.read)).map((job) => job.kind)).toEqual(['newer'])
  })

  it('is taken over when its worker died, and the dead one changes nothing any more', async () => {
    const settings = await empty()
    await using dying = await open(settings)
    const late = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const end = Promise.withResolvers<unknown>()
    const signals: AbortSignal[] = []
    dying.work(async (job, signal) => {
      signals.push(signal)
      begun.resolve()
      await late.promise
      await dying.database
        .transact(async (tx) => {
          await writeMeta(tx, 'by', 'the dead one')
          await finish(tx, job)
        })
        .catch(end.resolve)
      throw new Fault('lease_lost', 'as a handler would', { retry: 'never' })
    })
    await dying.add('thing')
    await begun.promise

    await using other = await open(settings)
    const attempts: number[] = []
    other.work(async (job) => {
      attempts.push(job.attempts)
      await other.database.transact(async (tx) => {
        await writeMeta(tx, 'by', 'the other one')
        await finish(tx, job)
      })
      return { kind: 'done' }
    })
    await other.untilIdle()
    expect(attempts).toEqual([])
    await other.database.read.updateTable('jobs').set({ leased_until: 1 }).execute()
    other.worker?.poke()
    await expect.poll(() => readMeta(other.database.read, 'by')).toBe('the other one')
    expect(attempts).toEqual([2])
    late.resolve()
    expect(await end.promise).toMatchObject({ code: 'lease_lost', retry: 'never' })
    await dying.worker?.stop()
    expect(await readMeta(other.database.read, 'by')).toBe('the other one')
    expect(await listJobs(other.database.read)).toEqual([])
    expect(signals).toHaveLength(1)
  })

  it('stays with its worker though the clock of another replica is a day ahead', async () => {
    const settings = await empty()
    await using world = await open(settings)
    await using other = await open(settings)
    const begun = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    world.work(async (job) => {
      begun.resolve()
      await release.promise
      return world.done(job)
    })
    await world.add('thing')
    await begun.promise
    other.clock.set(world.clock.now() + 24 * 3_600_000)
    const taken: string[] = []
    other.work(async (job) => {
      taken.push(job.id)
      return other.done(job)
    })
    await other.untilIdle()
    release.resolve()
    await expect.poll(() => listJobs(world.database.read)).toEqual([])
    expect(taken).toEqual([])
  })

  it('keeps its lease while its handler runs, however long that is', async () => {
    const settings = await empty()
    await using world = await open(settings, 3_000)
    await using other = await open(settings, 3_000)
    const release = Promise.withResolvers<void>()
    let aborted = false
    world.work(async (job, signal) => {
      await release.promise
      aborted = signal.aborted
      return world.done(job)
    })
    await world.add('thing')
    await expect.poll(() => world.job()).toMatchObject({ state: 'running' })
    const taken: string[] = []
    other.work(async (job) => {
      taken.push(job.id)
      return other.done(job)
    })
    const first = await leasedUntil(world.database)
    await expect.poll(() => leasedUntil(world.database), { timeout: 10_000 }).toBeGreaterThan(first + world.leaseMs / 3)
    await other.untilIdle()
    release.resolve()
    await expect.poll(() => listJobs(world.database.read)).toEqual([])
    expect(taken).toEqual([])
    expect(aborted).toBe(false)
  })

  it('is held, for a whole lease again, through a transaction in its middle while nobody else took it', async () => {
    await using world = await open(await empty())
    const held: unknown[] = []
    const over = Promise.withResolvers<void>()
    world.work(async (job) => {
      const hold = async () => {
        const write = async (tx: Transaction) => {
          await writeMeta(tx, 'step', String(held.length))
          await holdLease(tx, world.clock, job)
        }
        held.push(
          await world.database.transact(write).then(
            () => 'held',
            (fault: Fault) => fault.code,
          ),
        )
      }
      const set = (change: object) => world.database.read.updateTable('jobs').set(change).execute()
      await set({ leased_until: 1 })
      await hold()
      expect(await leasedUntil(world.database)).toBeGreaterThan(Date.now() + leaseMs / 2)
      await set({ lease: 'of another' })
      await hold()
      over.resolve()
      return { kind: 'done' }
    }, 1)
    await world.add('thing')
    await over.promise
    expect(held).toEqual(['held', 'lease_lost'])
    expect(await readMeta(world.database.read, 'step')).toBe('0')
  })

  it("aborts its handler's signal when its lease was taken over", async () => {
    await using world = await open(await empty(), 600)
    const seen = Promise.withResolvers<void>()
    world.work(async (_job, signal) => {
      signal.addEventListener('abort', () => seen.resolve())
      await seen.promise
      throw new Error('interrupted')
    })
    await world.add('thing')
    await expect.poll(() => world.job()).toMatchObject({ state: 'running' })
    await world.database.read
      .updateTable('jobs')
      .set({ lease: 'of another', leased_until: 2 ** 50 })
      .execute()
    await seen.promise
    await world.worker?.stop()
    expect(await world.job()).toMatchObject({ state: 'running', lastError: null })
  })

  it('never runs twice at once, though workers and jobs are many', async () => {
    const settings = await empty()
    await using one = await open(settings)
    await using two = await open(settings)
    const inside = new Set<string>()
    let most = 0
    let met = false
    const ran: string[] = []
    for (const world of [one, two])
      world.work(async (job) => {
        met ||= inside.has(job.id)
        inside.add(job.id)
        most = Math.max(most, inside.size)
        ran.push(job.subject)
        const outcome = await world.done(job)
        inside.delete(job.id)
        return outcome
      }, 3)
    const subjects = Array.from({ length: 40 }, (_, i) => `thing_${i}`)
    await one.database.transact(async (tx) => {
      for (const subject of subjects) await one.ask(tx, subject)
    })
    one.worker?.poke()
    two.worker?.poke()
    await expect.poll(() => listJobs(one.database.read), { timeout: 20_000 }).toEqual([])
    expect(met).toBe(false)
    expect(most).toBeLessThanOrEqual(6)
    expect(ran.toSorted()).toEqual(subjects.toSorted())
  })

  it('that is running is waited for when the worker stops, and no other is begun', async () => {
    await using world = await open(await empty())
    const begun = Promise.withResolvers<void>()
    const told = Promise.withResolvers<void>()
    const release = Promise.withResolvers<void>()
    world.work(async (job, signal) => {
      signal.addEventListener('abort', () => told.resolve())
      begun.resolve()
      await release.promise
      return world.done(job)
    }, 1)
    await world.add('first')
    await begun.promise
    await world.add('second')
    let stopped = false
    const stopping = world.worker?.stop().then(() => {
      stopped = true
    })
    await told.promise
    expect(stopped).toBe(false)
    release.resolve()
    await stopping
    expect(await listJobs(world.database.read)).toMatchObject([{ subject: 'second', state: 'waiting', attempts: 0 }])
  })

  it('that is interrupted by a stop is due again at once, as if it had not been begun', async () => {
    await using world = await open(await empty())
    const begun = Promise.withResolvers<void>()
    world.work(async (_job, signal) => {
      begun.resolve()
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      throw new Error('interrupted')
    })
    await world.add('thing')
    await begun.promise
    await world.worker?.stop()
    expect(await world.job()).toMatchObject({
      state: 'waiting',
      attempts: 0,
      runAt: world.clock.now(),
      lastError: null,
    })
  })
})

async function leasedUntil(database: Database): Promise<number> {
  const row = await database.read.selectFrom('jobs').select('leased_until').executeTakeFirstOrThrow()
  return row.leased_until ?? 0
}

async function open(settings: DatabaseSettings, lengthMs = leaseMs) {
  const database = openDatabase(settings)
  await migrate(database)
  const clock = new StillClock()
  const ask = (tx: Transaction, subject: string, runAt = clock.now()) =>
    enqueue(tx, clock, { kind: 'work', subject, runAt })
  const world = {
    leaseMs: lengthMs,
    database,
    clock,
    ask,
    worker: undefined as ReturnType<typeof openWorker> | undefined,
    work: (handler: Handler, concurrency = 2) => {
      world.worker = openWorker({
        database,
        clock,
        log: quiet,
        handlers: { work: handler },
        leaseMs: lengthMs,
        concurrency,
      })
      world.worker.start()
    },
    add: async (subject: string, runAt?: number) => {
      await database.transact((tx) => ask(tx, subject, runAt))
      world.worker?.poke()
    },
    done: async (job: Job) => {
      await database.transact((tx) => finish(tx, job))
      return { kind: 'done' } as const
    },
    job: async () => (await listJobs(database.read))[0],
    /** The worker has looked for work, found none, and waits for the clock. */
    untilIdle: () => expect.poll(() => clock.waiting()).toBe(1),
    [Symbol.asyncDispose]: async () => {
      await world.worker?.stop()
      await database.close()
    },
  }
  return world
}
