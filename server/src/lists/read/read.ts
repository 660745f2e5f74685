// A list file -> entries. Good rows are taken whatever their neighbours are; each other row is named by its line.
import { Fault } from '#base'
import { type Entry, type ListClass, rowClasses, weightier } from '../entry.ts'
import { csvRecords } from './csv.ts'
import { type Line, lines } from './lines.ts'
import { columns, type Row, readRow } from './row.ts'

export interface ReadOptions {
  readonly format: 'jsonl' | 'csv'
  readonly listId: string
  /** The class of rows that name none; which others they may name is said by `rowClasses`. */
  readonly class: ListClass
}

export interface ReadList {
  readonly entries: readonly Entry[]
  /** rows = taken + duplicates + skipped; `lowered` counts rows whose value was in upper case. */
  readonly counts: {
    readonly rows: number
    readonly taken: number
    readonly lowered: number
    readonly duplicates: number
    readonly skipped: number
  }
  /** The first MOST_TROUBLES skipped rows by line, from 1, and why; never a value. */
  readonly troubles: readonly { readonly line: number; readonly why: string }[]
}

export const MOST_TROUBLES = 1000

/** Throws a Fault `list_unreadable` for a CSV file without a header; every other oddity is a counted trouble. */
export async function readList(
  input: string | Iterable<string> | AsyncIterable<string>,
  options: ReadOptions,
): Promise<ReadList> {
  const list = { id: options.listId, class: options.class, allowed: rowClasses[options.class] }
  const entries = new Map<string, Entry>()
  const troubles: { line: number; why: string }[] = []
  const counts = { rows: 0, taken: 0, lowered: 0, duplicates: 0, skipped: 0 }

  const source = lines(typeof input === 'string' ? [input] : input)
  for await (const { line, row } of options.format === 'csv' ? fromCsv(source) : fromJsonLines(source)) {
    const read: Row = 'why' in row ? row : readRow(row.object, list)
    counts.rows += 1
    if ('why' in read) {
      counts.skipped += 1
      if (troubles.length < MOST_TROUBLES) troubles.push({ line, why: read.why })
      continue
    }
    if (read.lowered) counts.lowered += 1
    const { source: said, entryId, algorithm, value } = read.entry
    // One value under two entries is two entries: either of them may be taken back alone.
    const key = JSON.stringify([said, entryId, algorithm, value])
    const twin = entries.get(key)
    if (twin) counts.duplicates += 1
    else counts.taken += 1
    entries.set(key, twin ? { ...twin, class: weightier(twin.class, read.entry.class) } : read.entry)
  }
  return { entries: [...entries.values()], counts, troubles }
}

type Found = { readonly line: number; readonly row: { readonly object: unknown } | { readonly why: string } }

async function* fromJsonLines(source: AsyncIterable<Line>): AsyncGenerator<Found> {
  for await (const { number, text } of source) {
    if (text === undefined) yield { line: number, row: { why: 'the line is too long' } }
    else if (text.trim() !== '') yield { line: number, row: parsed(text) }
  }
}

/** JSON.parse's own words quote the text they stumble over, so they are never used. */
function parsed(text: string): Found['row'] {
  try {
    return { object: JSON.parse(text) }
  } catch {
    return { why: 'the line is not JSON' }
  }
}

async function* fromCsv(source: AsyncIterable<Line>): AsyncGenerator<Found> {
  let header: readonly string[] | undefined
  for await (const record of csvRecords(source)) {
    if (header === undefined) header = headerOf(record)
    else if ('why' in record) yield { line: record.line, row: { why: record.why } }
    else if (record.cells.length !== header.length) {
      const why = `the row has ${record.cells.length} cells, and the header has ${header.length}`
      yield { line: record.line, row: { why } }
    } else {
      const cells = record.cells
      yield { line: record.line, row: { object: Object.fromEntries(header.map((key, at) => [key, cells[at]])) } }
    }
  }
}

/** Names are taken as written, spaces around them aside. A file without a header shows values here: never repeat them. */
function headerOf(record: { readonly cells: readonly string[] } | { readonly why: string }): readonly string[] {
  const names = 'cells' in record ? record.cells.map((cell) => cell.trim()) : []
  const needed = columns.slice(0, 4)
  const fits = names.every((name) => columns.some((column) => column === name)) && new Set(names).size === names.length
  if (fits && needed.every((name) => names.includes(name))) return names
  throw new Fault(
    'list_unreadable',
    `the first line of a CSV list must name its columns: ${needed.join(', ')} and, if wanted, class and label`,
    { retry: 'never' },
  )
}
