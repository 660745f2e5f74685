// A list whose source is read whole: what it says now is compared with what the list holds, and only the difference is written.
import { CHANGES_A_BLOCK, keyOf, readEntries } from '../changes.ts'
import type { Change } from '../entry.ts'
import type { WholeSource } from '../sources/source.ts'
import { printOf } from './notes.ts'
import { patiently } from './patience.ts'
import { beginning, type Position } from './position.ts'
import { batches, changeOf, nothingSkipped, type Run, takeStep } from './run.ts'
import { forgetAllRejected } from './store-rejected.ts'

export async function syncWhole(run: Run, source: WholeSource, from: Position | undefined): Promise<void> {
  const { clock } = run.ground
  const position = from ?? beginning(source.identity, { anew: false })
  const former = position.identity === source.identity && !position.anew ? (position.mark ?? undefined) : undefined
  const { value: whole } = await patiently(clock, run.signal, () => source.read(former, run.signal))
  if (whole === undefined) {
    await takeStep(run, { ...nothing, position: { ...position, checkpointMs: clock.now() } })
    return
  }
  const changes = await difference(
    run,
    whole.seen.map((seen) => changeOf(seen, run.list)),
  )
  run.tally.met = whole.seen.length
  for (const batch of batches(changes, CHANGES_A_BLOCK)) {
    // Dying here does no harm: the mark is the old one still, so the next sync finds what is left of the difference.
    await takeStep(run, { ...nothing, changes: batch, position })
    run.tally.pages += 1
    const { puts, removes, pages, met } = run.tally
    run.told({
      applied: puts + removes,
      met,
      pages,
      range: undefined,
      currentTo: null,
      expected: changes.length,
      inRange: puts + removes,
    })
  }
  const done = { ...beginning(source.identity, { anew: false }), mark: whole.mark, checkpointMs: clock.now() }
  await takeStep(run, {
    ...nothing,
    rejected: whole.rejected,
    position: done,
    before: (tx) => forgetAllRejected(tx, run.list.id),
  })
}

const nothing = { changes: [], rejected: [], skipped: nothingSkipped } as const

async function difference(run: Run, wanted: readonly Change[]): Promise<Change[]> {
  const { database, vault } = run.ground
  const held = new Map<string, { print: number; change: Change }>()
  for await (const entry of readEntries(database.read, vault, run.list.id)) {
    const { source, entryId } = entry
    held.set(keyOf(entry), { print: printOf(entry), change: { kind: 'remove', source, entryId } })
  }
  const changes: Change[] = []
  for (const change of wanted) {
    const key = keyOf(change)
    if (held.get(key)?.print !== printOf(change)) changes.push(change)
    held.delete(key)
  }
  return [...changes, ...[...held.values()].map(({ change }) => change)]
}
