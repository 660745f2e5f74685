// Fetching everything anew: when it must be, and what is gone once it is done.
import { CHANGES_A_BLOCK, readEntries } from '../changes.ts'
import type { Change } from '../entry.ts'
import { beginning, type Position } from './position.ts'
import { OVERLAP_MS } from './ranges.ts'
import { type Reading, replaceNotes } from './reading.ts'
import { batches, heedStop, nothingSkipped, takeStep } from './run.ts'
import { deleteNotes } from './store.ts'
import { forgetAllRejected } from './store-rejected.ts'

/** Where to go on; or from the beginning, when it is another source or its deletions are forgotten there. */
export function startAt({ run, source }: Reading, from: Position | undefined): Position {
  if (from === undefined) return beginning(source.identity, { anew: false })
  if (from.identity !== source.identity) return beginning(source.identity, { anew: true })
  const { checkpointMs } = from
  const { tombstonesLastMs = Number.POSITIVE_INFINITY } = source
  const forgotten = checkpointMs !== null && run.ground.clock.now() - checkpointMs > tombstonesLastMs
  return forgotten && !from.anew ? beginning(source.identity, { anew: true }) : from
}

export async function startOver({ run, notes }: Reading, position: Position): Promise<void> {
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

/** Everything was fetched anew: what the source did not name is no longer on its list. */
export async function removeUnmet(reading: Reading, position: Position): Promise<void> {
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
