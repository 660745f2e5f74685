// What a sync carries from range to range, and the notes that go with what it writes.
import type { Transaction } from '#db'
import { CHANGES_A_BLOCK } from '../changes.ts'
import type { RangedSource } from '../sources/source.ts'
import type { Batch } from './batch.ts'
import type { NoteRow, Notes } from './notes.ts'
import type { Position, RangePosition } from './position.ts'
import { batches, type Run } from './run.ts'
import { deleteNotes, insertNotes, sealNotes } from './store.ts'

export interface Reading {
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

export type Begun = Position & { readonly range: RangePosition }

export function begin(reading: Reading): void {
  reading.pass += 1
  reading.links.clear()
}

export function numbered(reading: Reading, rows: readonly NoteRow[]) {
  if (rows.length === 0) return undefined
  reading.noteNumber += 1
  return { number: reading.noteNumber, rows }
}

export function replaceNotes(reading: Reading, rows: readonly NoteRow[]): (tx: Transaction) => Promise<void> {
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
