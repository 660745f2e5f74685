// What one page means for the range it belongs to: which of its states are news, and where to ask next.
import type { Change } from '../entry.ts'
import type { Page, Rejected } from '../sources/source.ts'
import type { NoteRow, Notes } from './notes.ts'
import type { Position, RangePosition } from './position.ts'
import { halved, LAG_MS, MOST_ENTRIES } from './ranges.ts'
import { changeOf, type Run } from './run.ts'
import { fitting } from './too-large.ts'

/** An entry that changes while its range is read may leave it and move others past us: then the range is read once more. */
const mostReadings = 2
/** Of a range that says nothing of its length and cannot be cut. */
const mostInOneRange = 5_000_000

export const unread = {
  next: null,
  nextAtMs: 0,
  pages: 0,
  entries: 0,
  skipped: { videos: 0, otherKinds: 0 },
  expected: null,
  trustMs: null,
  whole: false,
} as const

export interface Met {
  readonly changes: readonly Change[]
  readonly rows: readonly NoteRow[]
  readonly rejected: readonly Rejected[]
  /** Something on the page had not been met in this reading. */
  readonly fresh: boolean
}

export interface Meeting {
  readonly run: Run
  readonly notes: Notes
  /** Which reading of which range this is, counted in this process. */
  readonly pass: number
}

export function meetAll({ run, notes, pass }: Meeting, page: Page, range: RangePosition): Met {
  const changes: Change[] = []
  const rows: NoteRow[] = []
  const applied = new Set<string>()
  let fresh = false
  const fit = fitting(page.seen)
  for (const seen of fit.seen) {
    const change = changeOf(seen, run.list)
    const met = notes.meet(change, seen.atMs, pass)
    fresh ||= met.fresh
    // Older than the range: everything from back then was applied when its own range was drained, and may have changed since.
    if (met.verdict !== 'apply' || seen.atMs < range.fromMs) continue
    changes.push(change)
    rows.push(met.row)
    applied.add(`${seen.source}\n${seen.entryId}`)
  }
  const rejected = [...page.rejected, ...fit.rejected].filter(({ source, entryId }) =>
    applied.has(`${source}\n${entryId}`),
  )
  run.tally.met += page.entries
  run.tally.pages += 1
  return { changes, rows, rejected, fresh }
}

export function behind(range: RangePosition, page: Page, nowMs: number): RangePosition {
  const first = range.next === null
  return {
    ...range,
    next: page.next ?? null,
    nextAtMs: nowMs,
    pages: range.pages + 1,
    entries: range.entries + page.entries,
    skipped: {
      videos: range.skipped.videos + page.skipped.videos,
      otherKinds: range.skipped.otherKinds + page.skipped.otherKinds,
    },
    expected: first ? (page.expected ?? null) : range.expected,
    trustMs: first && page.sourceNowMs !== undefined ? page.sourceNowMs - LAG_MS : range.trustMs,
  }
}

/** Far more than its links had promised, or than any second can hold: nothing that changes meanwhile explains that. */
export function isEndless({ expected, entries }: RangePosition, page: Page): boolean {
  return entries + page.entries > (expected === null ? mostInOneRange : 2 * expected + 1_000)
}

/**
 * At the end of a range that brought less than its links had promised: once more, and then its halves, which keep still for as
 * long as they are read. undefined: it is read, or so short that nothing more can be done.
 */
export function lookAgain(position: Position, after: RangePosition): RangePosition | undefined {
  if (after.expected === null || after.entries >= after.expected) return undefined
  const { readings, whole } = after
  if (readings < mostReadings) return { ...after, ...unread, whole, readings: readings + 1 }
  if (whole) return undefined
  const half = halved(position, after)
  return half && { ...unread, ...half, readings: 1 }
}

/** Where the source gives no numbers, a range that turns out to be huge is cut once that is seen. */
export function tooMany(position: Position, after: RangePosition): RangePosition | undefined {
  if (after.expected !== null || after.entries <= MOST_ENTRIES) return undefined
  const half = halved(position, after)
  return half && { ...after, ...unread, ...half }
}
