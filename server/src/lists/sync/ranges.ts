// Which time to ask for next. Pure: a range is drained before the next one begins, overlaps it by a second, and is cut
// where it is slow or huge.
import type { TimeRange } from '../sources/source.ts'

/** What is stamped by then may not be visible yet (hash list sources, section 10). */
export const LAG_MS = 5_000
/** Whether a range includes its ends is documented nowhere, so each range begins where the former one's last second does. */
export const OVERLAP_MS = 1_000
const SECOND_MS = 1_000
/** Longer than there have been computers: a small list comes in one range. */
export const WHOLE_MS = 100 * 365 * 86_400_000

/** A range of more entries is cut: its states are held in memory until it is drained, and a link lives 12 hours. */
export const MOST_ENTRIES = 100_000
/** A first page that takes longer is asked for with half the range. */
export const SLOW_MS = 15_000

/** And with no less than this: what takes a service so long then is not the length of the range. */
export const SLOW_FLOOR_MS = 60_000

export interface Course {
  readonly checkpointMs: number | null
  readonly stepMs: number
}

/** The latest time that may be asked for. */
export const boundAt = (nowMs: number): number => wholeSecond(nowMs - LAG_MS)

/** undefined: everything up to now is here. */
export function nextRange({ checkpointMs, stepMs }: Course, nowMs: number): TimeRange | undefined {
  const bound = boundAt(nowMs)
  const done = checkpointMs ?? 0
  if (checkpointMs !== null && bound <= done) return undefined
  const fromMs = Math.max(0, done - (checkpointMs === null ? 0 : OVERLAP_MS))
  return { fromMs, toMs: Math.max(fromMs, Math.min(bound, wholeSecond(done + Math.max(SECOND_MS, stepMs)))) }
}

/**
 * The first half of what a range adds; undefined when that is the least already. A single second has to be read however many it
 * holds.
 */
export function halved(
  { checkpointMs }: Pick<Course, 'checkpointMs'>,
  range: TimeRange,
  leastMs: number = SECOND_MS,
): TimeRange | undefined {
  const done = checkpointMs ?? range.fromMs
  const added = range.toMs - done
  if (added <= leastMs) return undefined
  return { fromMs: range.fromMs, toMs: done + Math.max(leastMs, wholeSecond(added / 2)) }
}

/**
 * Ranges overlap by a second, so a second lies in its own range and, at its edges, in both neighbours: one of 400,000 entries would
 * be read three times. A range that is huge and cannot be cut is therefore ended behind the overlap of the next one: where the
 * busiest second of its first page is over by a second. undefined: it ends there already, or that second is too new.
 */
export function behindBusiest(range: TimeRange, stamps: readonly number[], latestMs: number): TimeRange | undefined {
  const counts = new Map<number, number>()
  for (const at of stamps) counts.set(wholeSecond(at), (counts.get(wholeSecond(at)) ?? 0) + 1)
  const [busiest] = [...counts].toSorted(([, one], [, other]) => other - one)[0] ?? [range.toMs]
  const toMs = busiest + SECOND_MS + OVERLAP_MS
  return toMs > range.toMs && toMs <= latestMs ? { fromMs: range.fromMs, toMs } : undefined
}

/** How long the next range may be, from how the last one went. */
export function stepAfter(
  addedMs: number,
  { entries, tookMs }: { readonly entries: number; readonly tookMs: number },
): number {
  const factor = entries < 5_000 && tookMs < SLOW_MS ? 8 : entries < MOST_ENTRIES / 3 && tookMs < 4 * SLOW_MS ? 2 : 1
  const step = entries > MOST_ENTRIES ? addedMs / 2 : addedMs * factor
  return Math.round(Math.min(WHOLE_MS, Math.max(SECOND_MS, step)))
}

function wholeSecond(ms: number): number {
  return Math.floor(ms / SECOND_MS) * SECOND_MS
}
