// The rows of one list file: JSON Lines, CSV, or plain text of one hash a line. A bad row is named by its place.
import { type Algorithm, hexDigits, type ListClass, rowClasses } from '../entry.ts'
import { csvRecords } from '../read/csv.ts'
import { type Line, lines } from '../read/lines.ts'
import { columns, readRow } from '../read/row.ts'
import { sourceFault } from './fault.ts'
import { readFingerprint } from './fingerprint.ts'
import type { Rejected, Seen } from './source.ts'

export const formats = ['jsonl', 'csv', 'plain'] as const
export type Format = (typeof formats)[number]

export interface RowSettings {
  readonly class: ListClass
  readonly source: string
  readonly algorithm?: Algorithm | undefined
  readonly nameOf: (value: string) => string
}

interface Place {
  /** From 1, in the order of the names. */
  readonly file: number
  readonly format: Format
}

type Row = (Seen & { kind: 'put' }) | Rejected

export async function* readRows(
  text: AsyncIterable<string>,
  settings: RowSettings,
  { file, format }: Place,
): AsyncGenerator<Row> {
  const bad = (line: number, why: string): Rejected => ({
    source: settings.source,
    entryId: `file ${file}, line ${line}`,
    what: 'row',
    why,
  })
  for await (const found of rowsBy[format](lines(text), settings)) {
    const row = 'object' in found ? fromObject(found.object, settings) : found
    yield 'why' in row ? bad(found.line, row.why) : row.put
  }
}

type Found = { readonly line: number } & (
  | { readonly object: unknown }
  | { readonly put: Seen & { kind: 'put' } }
  | { readonly why: string }
)

const rowsBy: Readonly<Record<Format, (from: AsyncIterable<Line>, settings: RowSettings) => AsyncGenerator<Found>>> = {
  jsonl: async function* (from) {
    for await (const { number: line, text } of from) {
      if (text === undefined) yield { line, why: 'the line is too long' }
      else if (text.trim() !== '') yield { line, ...parsed(text) }
    }
  },
  csv: async function* (from) {
    let header: readonly string[] | undefined
    for await (const record of csvRecords(from)) {
      const { line } = record
      if (header === undefined) header = headerOf(record)
      else if ('why' in record) yield { line, why: record.why }
      else if (record.cells.length !== header.length) yield { line, why: 'the row has not as many cells as the header' }
      else yield { line, object: Object.fromEntries(header.map((key, at) => [key, record.cells[at]])) }
    }
  },
  plain: async function* (from, settings) {
    for await (const { number: line, text } of from) {
      if (text === undefined) yield { line, why: 'the line is too long' }
      // Blank lines and remarks.
      else if (!/^\s*(#.*)?$/.test(text)) yield { line, ...fromPlain(text.trim(), settings) }
    }
  },
}

function parsed(text: string): { object: unknown } | { why: string } {
  try {
    return { object: JSON.parse(text) }
  } catch {
    return { why: 'the line is not JSON' }
  }
}

/** A file without a header shows values here: never repeat them. */
function headerOf(record: { readonly cells: readonly string[] } | { readonly why: string }): readonly string[] {
  const names = 'cells' in record ? record.cells.map((cell) => cell.trim()) : []
  const fits = names.every((name) => columns.some((column) => column === name)) && new Set(names).size === names.length
  if (fits && columns.slice(0, 4).every((name) => names.includes(name))) return names
  throw sourceFault('file_odd', `the first line of a CSV list must name its columns: ${columns.join(', ')}`)
}

function fromObject(object: unknown, settings: RowSettings): { put: Seen & { kind: 'put' } } | { why: string } {
  const list = { id: '', class: settings.class, allowed: rowClasses[settings.class] }
  const row = readRow(object, list)
  if ('why' in row) return row
  const { source, entryId, algorithm, value, class: named, label } = row.entry
  const put = { kind: 'put' as const, source, entryId, atMs: 0, members: [source], values: [{ algorithm, value }] }
  return { put: { ...put, class: named, ...(label === undefined ? {} : { label }) } }
}

function fromPlain(text: string, settings: RowSettings): { put: Seen & { kind: 'put' } } | { why: string } {
  const algorithm = settings.algorithm ?? byLength(text)
  if (algorithm === undefined) return { why: `${text.length} characters are the length of no hash that is known here` }
  const print = readFingerprint(algorithm, text)
  if ('why' in print) return print
  const { value } = print
  const { source } = settings
  const entryId = settings.nameOf(value)
  return { put: { kind: 'put', source, entryId, atMs: 0, members: [source], values: [{ algorithm, value }] } }
}

/** Both PDQ and SHA-256 have 64 digits: the first of the algorithms, PDQ, unless the configuration says otherwise. */
function byLength({ length }: string): Algorithm | undefined {
  const known: readonly Algorithm[] = ['pdq', 'md5', 'sha1']
  return known.find((algorithm) => hexDigits[algorithm] === length)
}
