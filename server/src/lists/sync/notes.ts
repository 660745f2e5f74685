// Which state of each entry was applied last, of the entries of the range being read and of the second before it. Pages come in
// no order and more than once; an older state must not replace a newer one. Kept sealed beside the position, so that a
// process that dies forgets none of them.

import { keyOf } from '../changes.ts'
import type { Change } from '../entry.ts'

interface Note {
  readonly atMs: number
  /** Tells states of the same time apart. */
  readonly print: number
  /** The reading of the range in which it was met last. */
  reading: number
}

/** As it is sealed: source, entry id, time, print. */
export type NoteRow = readonly [string, string, number, number]

export class Notes {
  readonly #notes = new Map<string, Note & { readonly row: NoteRow }>()

  get size(): number {
    return this.#notes.size
  }

  load(rows: readonly NoteRow[]): void {
    for (const row of rows) {
      const [source, entryId, atMs, print] = row
      const key = keyOf({ source, entryId })
      const former = this.#notes.get(key)
      if (former === undefined || former.atMs <= atMs) this.#notes.set(key, { atMs, print, reading: 0, row })
    }
  }

  /**
   * What to do with a state that was met: `apply` a newer one, pass over the `same` and an `older` one. `fresh`: the entry was
   * not met before in this reading. Remembers it; `row` is what must be kept with the transaction that applies it.
   */
  meet(
    change: Change,
    atMs: number,
    reading: number,
  ): { readonly fresh: boolean; readonly verdict: 'apply' | 'same' | 'older'; readonly row: NoteRow } {
    const key = keyOf(change)
    const print = printOf(change)
    const former = this.#notes.get(key)
    const fresh = former === undefined || former.reading !== reading
    if (former !== undefined && (former.atMs > atMs || (former.atMs === atMs && former.print === print))) {
      former.reading = reading
      return { fresh, verdict: former.atMs > atMs ? 'older' : 'same', row: former.row }
    }
    const row: NoteRow = [change.source, change.entryId, atMs, print]
    this.#notes.set(key, { atMs, print, reading, row })
    return { fresh, verdict: 'apply', row }
  }

  has(entry: { readonly source: string; readonly entryId: string }): boolean {
    return this.#notes.has(keyOf(entry))
  }

  /** Forgets what last changed before. */
  dropBefore(atMs: number): void {
    for (const [key, note] of this.#notes) if (note.atMs < atMs) this.#notes.delete(key)
  }

  clear(): void {
    this.#notes.clear()
  }

  *rows(): Generator<NoteRow> {
    for (const { row } of this.#notes.values()) yield row
  }
}

/** 53 bits over everything that a state says. It is no secret-keeping digest and never leaves the seal. */
export function printOf(change: Change): number {
  let text = change.kind
  if (change.kind === 'put') {
    text += `\n${change.class}\n${change.label ?? ''}\n${[...change.members].sort().join('\n')}`
    for (const { algorithm, value } of change.values) text += `\n${algorithm} ${value}`
  }
  let [low, high] = [0xdeadbeef, 0x41c6ce57]
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    low = Math.imul(low ^ code, 2654435761)
    high = Math.imul(high ^ code, 1597334677)
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  return 4294967296 * (2097151 & high) + (low >>> 0)
}
