// A list whose source is read whole: what it says now is compared with what the list holds, and only the difference is written.
import { setImmediate } from 'node:timers/promises'
import { CHANGES_A_BLOCK, keyOf, readEntries } from '../changes.ts'
import type { Change } from '../entry.ts'
import { sourceFault } from '../sources/fault.ts'
import type { Seen, WholeSource } from '../sources/source.ts'
import { printOf } from './notes.ts'
import { patiently } from './patience.ts'
import { beginning, type Position } from './position.ts'
import { changeOf, heedStop, nothingSkipped, type Run, takeStep } from './run.ts'
import { forgetAllRejected } from './store-rejected.ts'
import { fitting } from './too-large.ts'

export async function syncWhole(run: Run, source: WholeSource, from: Position | undefined): Promise<void> {
  const { clock } = run.ground
  const position = from ?? beginning(source.identity, { anew: false })
  const former = position.identity === source.identity && !position.anew ? (position.mark ?? undefined) : undefined
  const { value: whole } = await patiently(clock, run.signal, () => source.read(former, run.signal))
  if (whole === undefined) {
    await takeStep(run, { ...nothing, position: { ...position, checkpointMs: clock.now() } })
    return
  }
  const fit = fitting(whole.seen)
  const kept = fit.seen.filter((one) => one.kind === 'put')
  const { puts, removes } = await difference(run, kept, position)
  run.tally.met = whole.seen.length
  const expected = puts.length + removes.length
  for (let from = 0; from < expected; from += CHANGES_A_BLOCK) {
    heedStop(run)
    const put = puts.slice(from, from + CHANGES_A_BLOCK).map((seen) => changeOf(seen, run.list))
    const gone = Math.max(0, from - puts.length)
    const removed = removes.slice(gone, gone + CHANGES_A_BLOCK - put.length)
    // Dying here does no harm: the mark is the old one still, so the next sync finds what is left of the difference.
    await takeStep(run, { ...nothing, changes: [...put, ...removed], position })
    run.tally.pages += 1
    const applied = run.tally.puts + run.tally.removes
    const { pages, met } = run.tally
    run.told({ applied, met, pages, range: undefined, currentTo: null, expected, inRange: applied })
    await setImmediate()
  }
  const done = { ...beginning(source.identity, { anew: false }), mark: whole.mark, checkpointMs: clock.now() }
  await takeStep(run, {
    ...nothing,
    rejected: [...whole.rejected, ...fit.rejected],
    unnamed: whole.unnamed,
    position: done,
    before: (tx) => forgetAllRejected(tx, run.list.id),
  })
}

const nothing = { changes: [], rejected: [], skipped: nothingSkipped } as const

/** What must be done so that the list holds what its source says. Faults `list_shrinks`, and that of a stop. */
async function difference(
  run: Run,
  seen: readonly Seen[],
  { anew }: Pick<Position, 'anew'>,
): Promise<{ readonly puts: readonly Seen[]; readonly removes: readonly Change[] }> {
  const { database, vault } = run.ground
  const wanted = new Map<string, Seen>()
  for (const one of seen) {
    wanted.set(keyOf(one), one)
    if (wanted.size % rowsATurn !== 0) continue
    await setImmediate()
    heedStop(run)
  }
  const removes: Change[] = []
  let held = 0
  for await (const entry of readEntries(database.read, vault, run.list.id)) {
    held += 1
    if (held % rowsATurn === 0) heedStop(run)
    const key = keyOf(entry)
    const one = wanted.get(key)
    const { source, entryId } = entry
    if (one === undefined) removes.push({ kind: 'remove', source, entryId })
    else if (printOf(entry) === printOf(changeOf(one, run.list))) wanted.delete(key)
  }
  if (removes.length > held / 2 && !anew)
    throw sourceFault(
      'list_shrinks',
      `${removes.length} of its ${held} entries would go with what the files hold now, so the list stays as it was; ` +
        `mend the files, or if this is meant: \`wardline sync ${run.list.id} --anew\``,
    )
  return { puts: [...wanted.values()], removes }
}

const rowsATurn = 1_000
