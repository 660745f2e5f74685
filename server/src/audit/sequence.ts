// The sequencer: gives every committed line its place in the chain. Lines are written by many transactions at once,
// which cannot know their order; one sequencer at a time, across processes and replicas, decides it afterwards.
import type { Clock, Log } from '#base'
import type { Database, Transaction } from '#db'
import { chainHash } from './chain.ts'
import { countUnchained, lockChain, readHead, unchained, writeChain } from './store.ts'

export interface Sequencer {
  /** Chains every line that is committed by now; answers how many. */
  sequence(): Promise<number>
  /** Goes on chaining by itself, at least once a second. */
  start(): void
  /** Says that there is something to chain. */
  poke(): void
  /** Chains what is left, then ends. */
  stop(): Promise<void>
}

/** Lines per transaction: it holds the write lock for a few milliseconds. */
const batchRows = 500
const pollMs = 1000

export function openSequencer({ database, clock, log }: { database: Database; clock: Clock; log: Log }): Sequencer {
  let nudge = new AbortController()
  let stopping = false
  let running: Promise<void> | undefined

  const sequence = async () => {
    let total = 0
    // Looking first keeps an idle server from taking the write lock every second.
    if ((await countUnchained(database.read)) === 0) return 0
    for (;;) {
      const count = await database.transact((tx) => chainBatch(tx, database.kind))
      total += count
      if (count < batchRows) return total
    }
  }
  const attempt = async () => {
    try {
      await sequence()
    } catch (error) {
      log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'the audit trail could not be chained')
    }
  }
  const run = async () => {
    while (!stopping) {
      nudge = new AbortController()
      await attempt()
      if (!stopping) await clock.wait(pollMs, nudge.signal)
    }
    await attempt()
  }
  return {
    sequence,
    start: () => {
      if (!stopping) running ??= run()
    },
    poke: () => nudge.abort(),
    stop: async () => {
      stopping = true
      nudge.abort()
      await running
    },
  }
}

async function chainBatch(tx: Transaction, kind: Database['kind']): Promise<number> {
  if (kind === 'postgres') await lockChain(tx)
  let { seq, hash } = await readHead(tx)
  const rows = (await unchained(tx, batchRows)).map((line) => {
    seq += 1
    const row = { ...line, seq }
    hash = chainHash(hash, row)
    return { ...row, hash }
  })
  if (rows.length > 0) await writeChain(tx, rows, { seq, hash })
  return rows.length
}
