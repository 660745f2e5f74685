// Servers that are killed again and again: right after a journaled step, the one that was hit least so far, or at any moment.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as realWait } from 'node:timers/promises'
import type { ConfigOverrides } from '#config'
import type { Anchor } from './scaled-clock.ts'

export interface Servers {
  /** Of one that listens, by turns. */
  url(): Promise<string>
  /** SIGKILLs so far. */
  readonly kills: () => number
  /** How often each journaled step was the last thing that a server did. */
  readonly hits: ReadonlyMap<string, number>
  /** What servers said in warning and alarm, the last of it. */
  readonly said: readonly string[]
  /** No further kill; those that run go on, and one that is dead is started again. */
  calm(): void
  stop(): Promise<void>
}

/** Drawn once, the same at each run of one seed. */
export function chances(seed: number): () => number {
  let state = seed | 1
  return () => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d)
    state = Math.imul(state ^ (state >>> 12), 0x297a2d39)
    state ^= state >>> 15
    return (state >>> 0) / 2 ** 32
  }
}

/**
 * Few enough that it comes to it, for each life is given a handful of filings and dies idle when it never meets its step; and enough that
 * what the life before left has gone further, or the same reports would be begun anew until they ask for a person. Few are retracted.
 */
const times = (step: string, chance: () => number) => (step.startsWith('retract') ? 1 : 3 + Math.floor(chance() * 5))

export function keepServers({
  config,
  folder,
  anchor,
  many,
  kills: most,
  isAhead,
  chance,
}: {
  readonly config: ConfigOverrides
  readonly folder: string
  readonly anchor: Anchor
  /** Servers at once: on SQLite one. */
  readonly many: number
  readonly kills: number
  /** More of the kills than of the filings are done after so many: who lives goes on living. */
  readonly isAhead: (kills: number) => boolean
  readonly chance: () => number
}): Servers {
  const urls = new Map<number, string>()
  const hits = new Map<string, number>()
  const said: string[] = []
  const running = new Set<ChildProcess>()
  let [kills, turn] = [0, 0]
  let isCalm = false
  let isOver = false

  const wanted = () => {
    if (hits.size === 0 || chance() < 0.2) return null
    const [step] = [...hits].sort(([, one], [, other]) => one - other)[Math.floor(chance() * 2)] ?? []
    return step === undefined ? null : { step, times: times(step, chance) }
  }
  const life = async (slot: number) => {
    const die = isCalm || isAhead(kills) ? null : wanted()
    const program = join(import.meta.dirname, 'child.ts')
    const child = spawn(process.execPath, [program, JSON.stringify({ config, folder, anchor, die })], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.add(child)
    let last = ''
    createInterface({ input: child.stderr }).on('line', (line) => {
      const step = /^\{"step":"([^"]+)"/.exec(line)?.[1]
      if (step === undefined) said.push(line)
      else {
        last = step
        if (!hits.has(step)) hits.set(step, 0)
      }
      if (said.length > 200) said.splice(0, 100)
    })
    createInterface({ input: child.stdout }).on('line', (line) =>
      urls.set(slot, (JSON.parse(line) as { url: string }).url),
    )
    const exit = once(child, 'exit') as Promise<[number | null, string | null]>
    // One that never meets its step, or was given none, dies at any moment; it may be starting up then.
    const timer = setInterval(
      () => !isCalm && !isOver && !isAhead(kills) && child.kill('SIGKILL'),
      1_500 + chance() * (die ? 12_000 : 5_000),
    )
    const [code, signal] = await exit
    clearInterval(timer)
    urls.delete(slot)
    running.delete(child)
    if (signal === 'SIGKILL') {
      kills += 1
      if (last !== '') hits.set(last, (hits.get(last) ?? 0) + 1)
      if (kills >= most) isCalm = true
    } else if (!isOver) {
      said.push(`a server ended by itself: ${code} ${signal}`)
      await realWait(200)
    }
  }
  const lane = async (slot: number) => {
    while (!isOver) await life(slot)
  }
  const lanes = Array.from({ length: many }, (_, slot) => lane(slot))
  return {
    hits,
    said,
    kills: () => kills,
    url: async () => {
      for (;;) {
        const listening = [...urls.values()]
        turn += 1
        const url = listening[turn % Math.max(1, listening.length)]
        if (url !== undefined) return url
        await realWait(20)
      }
    },
    calm: () => {
      isCalm = true
    },
    stop: async () => {
      isOver = true
      for (const child of running) child.kill('SIGTERM')
      await Promise.all(lanes)
    },
  }
}
