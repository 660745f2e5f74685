// A server's process that dies between any two of its writes, before a commit or just after it, and leaves its work as it lies.

import type { Log } from '#base'
import type { Database } from '#db'
import { eventTaken } from '../../src/flow/event-taken.ts'
import { notify } from '../../src/flow/notify.ts'
import { unlessPaused } from '../../src/flow/paused.ts'
import type { River } from '../../src/flow/river.ts'
import { webhookHandlers } from '../../src/flow/webhooks.ts'
import { openWorker, releaseJobs } from '../../src/jobs/jobs.ts'
import type { Chance } from './notices-model.ts'

export class Killed extends Error {}

export interface Process {
  readonly river: River
  isDead(): boolean
  poke(): void
  stop(): Promise<void>
}

/** odds: that it dies at one of its writes. */
export async function startProcess(ground: River, chance: Chance, odds: number): Promise<Process> {
  // What the dead one held is free: nobody else is alive.
  await ground.database.transact((tx) => releaseJobs(tx))
  let dead = false
  const die = () => {
    dead = true
    throw new Killed('this process is dead')
  }
  const { transact } = ground.database
  const database: Database = {
    ...ground.database,
    get read() {
      return dead ? die() : ground.database.read
    },
    transact: async (work) => {
      const roll = chance()
      if (dead || roll < odds / 2) die()
      const done = await transact(work)
      if (roll < odds) die()
      return done
    },
  }
  const log: Log = { info: () => {}, warn: () => {}, error: () => {} }
  const workers: ReturnType<typeof openWorker>[] = []
  const poke = () => {
    for (const worker of workers) worker.poke()
  }
  const river: River = { ...ground, database, log, wake: poke }
  const handlers = { notify: unlessPaused(river, notify(river)), event_taken: eventTaken(river) }
  workers.push(
    openWorker({ database, clock: river.clock, log, handlers, concurrency: 4 }),
    openWorker({ database, clock: river.clock, log, handlers: webhookHandlers(river), concurrency: 4 }),
  )
  for (const worker of workers) worker.start()
  return {
    river,
    isDead: () => dead,
    poke,
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()))
    },
  }
}
