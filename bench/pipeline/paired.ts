// Times on a shared machine wander by a third, so things are measured in turns (A B A B) and compared pair by pair.

export interface Contest {
  /** Medians, in milliseconds. */
  readonly ms: Readonly<Record<string, number>>
  /** Of each against the first: the median of the ratios within a round. */
  readonly ratio: Readonly<Record<string, number>>
  /** The same of this process's processor time, all threads: it hardly depends on what else the machine does. */
  readonly processorRatio: Readonly<Record<string, number>>
  readonly rounds: number
}

/** The first of `runners` is what the others are compared with. One round warms up. */
export async function contest(
  runners: Readonly<Record<string, () => Promise<unknown>>>,
  rounds: number,
): Promise<Contest> {
  const names = Object.keys(runners)
  const times = new Map<string, number[]>(names.map((name) => [name, []]))
  const processor = new Map<string, number[]>(names.map((name) => [name, []]))
  for (let round = -1; round < rounds; round += 1) {
    // Each goes first equally often.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const [started, before] = [performance.now(), process.cpuUsage()]
      await runners[name]?.()
      const [ms, { user, system }] = [performance.now() - started, process.cpuUsage(before)]
      if (round < 0) continue
      times.get(name)?.push(ms)
      processor.get(name)?.push((user + system) / 1000)
    }
  }
  return { ms: each(times, median), ratio: ratios(times), processorRatio: ratios(processor), rounds }
}

function ratios(times: ReadonlyMap<string, readonly number[]>): Record<string, number> {
  const [first = []] = times.values()
  return each(times, (own) => median(own.map((ms, round) => ms / (first[round] ?? ms))))
}

function each(
  times: ReadonlyMap<string, readonly number[]>,
  of: (own: readonly number[]) => number,
): Record<string, number> {
  return Object.fromEntries([...times].map(([name, own]) => [name, rounded(of(own))]))
}

function median(of: readonly number[]): number {
  const sorted = of.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
