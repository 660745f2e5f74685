// Fetches what changed since, range by range. A page is applied together with the link to the next one; the checkpoint moves
// only when a range is drained, since entries come in no order.
import type { Transaction } from '#db'
import { CHANGES_A_BLOCK, readEntries } from '../changes.ts'
import type { Change } from '../entry.ts'
import { SourceFault, sourceFault } from '../sources/fault.ts'
import type { Page, RangedSource } from '../sources/source.ts'
import { Batch } from './batch.ts'
import { type NoteRow, Notes } from './notes.ts'
import { behind, isEndless, lookAgain, meetAll, tooMany, unread } from './page.ts'
import { patiently, type Timed } from './patience.ts'
import { beginning, type Position, type RangePosition } from './position.ts'
import {
  behindBusiest,
  boundAt,
  halved,
  MOST_ENTRIES,
  nextRange,
  OVERLAP_MS,
  SLOW_FLOOR_MS,
  SLOW_MS,
  stepAfter,
} from './ranges.ts'
import { batches, heedStop, nothingSkipped, type Run, takeStep } from './run.ts'
import { deleteNotes, insertNotes, loadNotes, sealNotes } from './store.ts'
import { forgetAllRejected } from './store-rejected.ts'

/** A link is not kept for longer (hash list sources, section 10). */
const linkLivesMs = 12 * 3_600_000
/** So often links may turn out to be forgotten before the sync gives up for now. */
const mostRestarts = 3
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

interface Reading {
  readonly run: Run
  readonly source: RangedSource
  readonly notes: Notes
  noteNumber: number
  /** Which reading of which range this is, counted in this process: tells what was met in it from what was met before. */
  pass: number
  /** Links followed in this reading of the range, by this process. */
  readonly links: Set<string>
  restarts: number
  readonly untilMs: number
  /** The source's clock ended the last range before its time. */
  behindUs: boolean
  readonly batch: Batch
}

type Begun = Position & { readonly range: RangePosition }

/** Where to go on; or from the beginning, when it is another source or its deletions are forgotten there. */
function startAt({ run, source }: Reading, from: Position | undefined): Position {
  if (from === undefined) return beginning(source.identity, { anew: false })
  if (from.identity !== source.identity) return beginning(source.identity, { anew: true })
  const { checkpointMs } = from
  const { tombstonesLastMs = Number.POSITIVE_INFINITY } = source
  const forgotten = checkpointMs !== null && run.ground.clock.now() - checkpointMs > tombstonesLastMs
  return forgotten && !from.anew ? beginning(source.identity, { anew: true }) : from
}

async function startOver({ run, notes }: Reading, position: Position): Promise<void> {
  notes.clear()
  await takeStep(run, {
    changes: [],
    rejected: [],
    skipped: nothingSkipped,
    position,
    also: async (tx) => {
      await deleteNotes(tx, run.list.id)
      await forgetAllRejected(tx, run.list.id)
    },
  })
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

function begin(reading: Reading): void {
  reading.pass += 1
  reading.links.clear()
}

type Asked =
  | { readonly kind: 'answer'; readonly answer: Timed<Page> }
  | { readonly kind: 'elsewhere'; readonly position: Begun }

/** The page; or where to ask instead, since the range is too large, too slow, or its link forgotten. */
async function answerTo(reading: Reading, position: Begun, ahead: Promise<Timed<Page>> | undefined): Promise<Asked> {
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

function ask({ run, source }: Reading, range: RangePosition): Promise<Timed<Page>> {
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

function numbered(reading: Reading, rows: readonly NoteRow[]) {
  if (rows.length === 0) return undefined
  reading.noteNumber += 1
  return { number: reading.noteNumber, rows }
}

function replaceNotes(reading: Reading, rows: readonly NoteRow[]): (tx: Transaction) => Promise<void> {
  const { run } = reading
  const sealed = batches(rows, CHANGES_A_BLOCK).map((batch) => {
    reading.noteNumber += 1
    return sealNotes(run.ground.vault, run.list.id, reading.noteNumber, batch)
  })
  return async (tx) => {
    await deleteNotes(tx, run.list.id)
    for (const one of sealed) await insertNotes(tx, run.list.id, one)
  }
}

/** Everything was fetched anew: what the source did not name is no longer on its list. */
async function removeUnmet(reading: Reading, position: Position): Promise<void> {
  const { run, notes } = reading
  const { database, vault } = run.ground
  const gone: Change[] = []
  for await (const { source, entryId } of readEntries(database.read, vault, run.list.id)) {
    if (run.signal.aborted) break
    if (!notes.has({ source, entryId })) gone.push({ kind: 'remove', source, entryId })
  }
  heedStop(run)
  for (const changes of batches(gone, CHANGES_A_BLOCK)) {
    heedStop(run)
    await takeStep(run, { changes, rejected: [], skipped: nothingSkipped, position })
  }
  notes.dropBefore((position.checkpointMs ?? 0) - OVERLAP_MS)
  await takeStep(run, {
    changes: [],
    rejected: [],
    skipped: nothingSkipped,
    position: { ...position, anew: false },
    also: replaceNotes(reading, [...notes.rows()]),
  })
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
