// The next page of a range; or where to ask instead, since the range is too large, too slow, or its link forgotten.
import { SourceFault, sourceFault } from '../sources/fault.ts'
import type { Page } from '../sources/source.ts'
import { unread } from './page.ts'
import { patiently, type Timed } from './patience.ts'
import type { RangePosition } from './position.ts'
import { behindBusiest, boundAt, halved, MOST_ENTRIES, SLOW_FLOOR_MS, SLOW_MS } from './ranges.ts'
import type { Begun, Reading } from './reading.ts'

/** A link is not kept for longer (hash list sources, section 10). */
const linkLivesMs = 12 * 3_600_000
/** So often links may turn out to be forgotten before the sync gives up for now. */
const mostRestarts = 3

type Asked =
  | { readonly kind: 'answer'; readonly answer: Timed<Page> }
  | { readonly kind: 'elsewhere'; readonly position: Begun }

/** The page; or where to ask instead, since the range is too large, too slow, or its link forgotten. */
export async function answerTo(
  reading: Reading,
  position: Begun,
  ahead: Promise<Timed<Page>> | undefined,
): Promise<Asked> {
  const { range } = position
  const first = range.next === null
  const smaller = (leastMs?: number) => {
    if (range.whole) return undefined
    const half = halved(position, range, leastMs)
    if (half === undefined) return undefined
    const stepMs = Math.max(1000, half.toMs - (position.checkpointMs ?? half.fromMs))
    return elsewhere({ ...position, stepMs, range: { ...range, ...unread, ...half } })
  }
  /** Huge, and as short as can be: so that at least no other range reads it again. */
  const whole = ({ seen }: Page) => {
    const stamps = seen.map(({ atMs }) => atMs)
    const wider = range.whole ? undefined : behindBusiest(range, stamps, boundAt(reading.untilMs))
    return wider && elsewhere({ ...position, range: { ...range, ...unread, ...wider, whole: true } })
  }
  try {
    const answer = await (ahead ?? ask(reading, range))
    const huge = (answer.value.expected ?? 0) > MOST_ENTRIES
    // Who is slow to say everything at once would not be quicker with half of it.
    const slow = answer.tookMs > SLOW_MS && answer.value.next !== undefined
    const less = huge ? (smaller() ?? whole(answer.value)) : slow ? smaller(SLOW_FLOOR_MS) : undefined
    return (first ? less : undefined) ?? { kind: 'answer', answer }
  } catch (error) {
    const code = error instanceof SourceFault ? error.code : undefined
    // A link that lives shorter than its range takes does so every time.
    const shorter = code === 'next_expired' && range.entries > 0
    const less = first && code === 'source_slow' ? smaller(SLOW_FLOOR_MS) : shorter ? smaller() : undefined
    if (less !== undefined) return less
    if (code !== 'next_expired' || reading.restarts >= mostRestarts) throw error
    reading.restarts += 1
    return elsewhere({ ...position, range: { ...range, ...unread, whole: range.whole } })
  }
}

const elsewhere = (position: Begun): Asked => ({ kind: 'elsewhere', position })

export function ask({ run, source }: Reading, range: RangePosition): Promise<Timed<Page>> {
  const { clock } = run.ground
  const { next } = range
  const call = () => {
    if (next === null) return source.first(range, run.signal)
    if (clock.now() - range.nextAtMs > linkLivesMs)
      throw sourceFault('next_expired', 'the link to the next page is older than 12 hours')
    return source.follow(next, run.signal)
  }
  // A slow first page is asked for with half the range instead.
  return patiently(clock, run.signal, async () => call(), next === null ? ['source_slow'] : [])
}
