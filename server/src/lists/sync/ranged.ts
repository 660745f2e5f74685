// Fetches what changed since, range by range. A page is applied together with the link to the next one; the checkpoint moves
// only when a range is drained, since entries come in no order.
import { sourceFault } from '../sources/fault.ts'
import type { Page, RangedSource } from '../sources/source.ts'
import { removeUnmet, startAt, startOver } from './anew.ts'
import { answerTo, ask } from './asking.ts'
import { Batch } from './batch.ts'
import { Notes } from './notes.ts'
import { behind, isEndless, lookAgain, meetAll, tooMany, unread } from './page.ts'
import type { Timed } from './patience.ts'
import type { Position, RangePosition } from './position.ts'
import { nextRange, OVERLAP_MS, stepAfter } from './ranges.ts'
import { type Begun, begin, numbered, type Reading, replaceNotes } from './reading.ts'
import { nothingSkipped, type Run, takeStep } from './run.ts'
import { loadNotes } from './store.ts'

/** Pages in a row without an entry that was not there before: a service that never ends. */
const mostDullPages = 50

export async function syncRanged(run: Run, source: RangedSource, from: Position | undefined): Promise<void> {
  const { database, vault } = run.ground
  const notes = new Notes()
  const kept = await loadNotes(database.read, vault, run.list.id)
  notes.load(kept.rows)
  const reading: Reading = {
    run,
    source,
    notes,
    noteNumber: kept.last,
    pass: 0,
    links: new Set(),
    restarts: 0,
    untilMs: run.ground.clock.now(),
    behindUs: false,
    batch: new Batch(),
  }
  let position = startAt(reading, from)
  if (position !== from) await startOver(reading, position)
  for (;;) {
    // Up to when it began, and not to a now that runs ahead of every answer.
    const range = position.range ?? beginRange(position, reading.untilMs)
    if (range === undefined) break
    const begunNow = position.range === null
    position = await drain(reading, { ...position, range })
    // What the source cannot have shown yet is asked for another time.
    if (begunNow && reading.behindUs) break
  }
  if (position.anew) await removeUnmet(reading, position)
}

function beginRange(position: Position, nowMs: number): RangePosition | undefined {
  const range = nextRange(position, nowMs)
  return range && { ...range, ...unread, readings: 1 }
}

/** Reads one range to its end; the position behind it. What was read before a failure is kept. */
async function drain(reading: Reading, from: Begun): Promise<Position> {
  try {
    return await drainPages(reading, from)
  } catch (error) {
    await writeBatch(reading).catch(() => {})
    throw error
  }
}

async function drainPages(reading: Reading, from: Begun): Promise<Position> {
  const { run, links } = reading
  let position = from
  let ahead: Promise<Timed<Page>> | undefined
  let dull = 0
  let tookMs = 0
  reading.restarts = 0
  begin(reading)
  for (;;) {
    const { range } = position
    if (ahead !== undefined && !(await reading.batch.mayWaitFor(ahead))) await writeBatch(reading)
    const asked = await answerTo(reading, position, ahead)
    ahead = undefined
    if (asked.kind === 'elsewhere') {
      position = asked.position
      begin(reading)
      continue
    }
    const { value: page } = asked.answer
    tookMs += asked.answer.tookMs
    const met = meetAll(reading, page, range)
    // A page of nothing but videos says neither.
    if (page.seen.length > 0) dull = met.fresh ? 0 : dull + 1
    if (dull > mostDullPages || isEndless(range, page))
      throw sourceFault('answer_odd', 'the list service gives the same entries without end')

    const after = behind(range, page, run.ground.clock.now())
    if (after.next !== null && links.has(after.next))
      throw sourceFault('next_refused', 'the list service leads us in a circle')
    if (after.next !== null) links.add(after.next)
    const goesOn = after.next === null ? lookAgain(position, after) : (tooMany(position, after) ?? after)
    position = { ...position, range: goesOn ?? after }
    reading.batch.add({ ...met, skipped: goesOn === undefined ? after.skipped : nothingSkipped }, position)
    if (goesOn === undefined) {
      sayMissing(run, after)
      return finish(reading, position, tookMs)
    }
    // The next page is on its way while this one is written down.
    if (goesOn.next !== null) {
      ahead = ask(reading, goesOn)
      ahead.catch(() => {})
    } else begin(reading)
    if (reading.batch.isFull()) await writeBatch(reading)
    tell(reading, position, page)
  }
}

/** Even of a single second less came than its links had promised, twice: it is left so, and said. */
function sayMissing(run: Run, { expected, entries }: RangePosition): void {
  const missing = Math.max(0, (expected ?? 0) - entries)
  if (missing === 0) return
  run.missing += missing
  run.ground.log.warn({ list: run.list.id, missing }, 'a list service announced more entries than it gave')
}

async function writeBatch(reading: Reading): Promise<void> {
  const batch = reading.batch.take()
  if (batch !== undefined) await takeStep(reading.run, { ...batch, notes: numbered(reading, batch.rows) })
}

/** The last page of a range, and with it the checkpoint. Of the notes only those stay that the next range may meet again. */
async function finish(reading: Reading, position: Begun, tookMs: number): Promise<Position> {
  const { run, notes } = reading
  const batch = reading.batch.take()
  if (batch === undefined) throw new Error('a range ended without a page')
  const { range, checkpointMs } = position
  const done = checkpointMs ?? range.fromMs
  const toMs = Math.max(done, Math.min(range.toMs, range.trustMs ?? range.toMs))
  reading.behindUs = toMs < range.toMs
  const next: Position = {
    ...position,
    checkpointMs: toMs,
    range: null,
    stepMs: stepAfter(range.toMs - done, { entries: range.entries, tookMs }),
  }
  if (position.anew) await takeStep(run, { ...batch, notes: numbered(reading, batch.rows), position: next })
  else {
    notes.dropBefore(toMs - OVERLAP_MS)
    const also = replaceNotes(reading, [...notes.rows()])
    await takeStep(run, { ...batch, position: next, also })
  }
  tell(reading, next)
  return next
}

function tell({ run }: Reading, position: Position, page?: Page): void {
  const { tally } = run
  run.told({
    applied: tally.puts + tally.removes,
    met: tally.met,
    pages: tally.pages,
    range: position.range ?? undefined,
    currentTo: position.checkpointMs,
    expected: position.range?.expected ?? page?.expected,
    inRange: position.range?.entries ?? 0,
  })
}
