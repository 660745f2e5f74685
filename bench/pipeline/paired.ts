// Times on a shared machine wander by a third, so things are measured in turns (A B A B) and compared pair by pair.

export interface Contest {
  /** Medians, in milliseconds. */
  readonly ms: Readonly<Record<string, number>>
  /** Of each against the first: the median of the ratios within a round. */
  readonly ratio: Readonly<Record<string, number>>
  readonly rounds: number
}

/** The first of `runners` is what the others are compared with. One round warms up. */
export async function contest(
  runners: Readonly<Record<string, () => Promise<unknown>>>,
  rounds: number,
): Promise<Contest> {
  const names = Object.keys(runners)
  const times = new Map<string, number[]>(names.map((name) => [name, []]))
  for (let round = -1; round < rounds; round += 1) {
    // Each goes first equally often.
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const started = performance.now()
      await runners[name]?.()
      if (round >= 0) times.get(name)?.push(performance.now() - started)
    }
  }
  const first = times.get(names[0] ?? '') ?? []
  const each = (of: (own: readonly number[]) => number) =>
    Object.fromEntries([...times].map(([name, own]) => [name, rounded(of(own))]))
  return {
    ms: each(median),
    ratio: each((own) => median(own.map((ms, round) => ms / (first[round] ?? ms)))),
    rounds,
  }
}

function median(of: readonly number[]): number {
  const sorted = of.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

export function rounded(value: number): number {
  return Math.round(value * 1000) / 1000
}
