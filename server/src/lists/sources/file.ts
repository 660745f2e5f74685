// A list that lies in files: one file, or a folder whose files together are the list. A file that is gone takes its
// entries with it. What is half written is not taken, and then nothing of the folder is: the list stays as it was.
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { MOST_VALUES } from '../block.ts'
import { type Algorithm, algorithms, type ListClass } from '../entry.ts'
import { distinct } from '../gather.ts'
import { sourceFault } from './fault.ts'
import { digestOf, growing, type Look, look, type Mark, namedBy, quietMs, readMark, writeMark } from './file-look.ts'
import { type Format, readRows } from './file-rows.ts'
import { textOf } from './file-text.ts'
import type { Fingerprint, Rejected, Seen, Whole, WholeSource } from './source.ts'

export interface FileSettings {
  /** A file or a folder, absolute. */
  readonly path: string
  /** Else by each file's ending: .jsonl .ndjson .json .csv .txt, each also with .gz. */
  readonly format?: Format | undefined
  /** Of plain text; else by the length, and 64 digits are then PDQ's. */
  readonly algorithm?: Algorithm | undefined
  readonly class: ListClass
  /** Who says so, of plain text, which does not. */
  readonly source: string
  /** A name for an entry of plain text that tells nothing of the value: the vault's keyed digest. */
  readonly nameOf: (value: string) => string
}

const mostFiles = 10_000
/** Unpacked, of all files together. */
const mostBytes = 8 * 1024 ** 3
/** All of them lie in the server's memory while two states of a list are compared, with about 1 KB each (300,000, 2026-11). */
const mostEntries = 2_000_000

/** `quiet`: tests do not wait for files to settle. */
export function openFiles(
  settings: FileSettings,
  quiet: number = quietMs,
  most: { readonly entries: number } = { entries: mostEntries },
): WholeSource {
  const { format, algorithm, source } = settings
  return {
    kind: 'whole',
    identity: `file ${settings.class} ${format ?? ''} ${algorithm ?? ''} ${source}`,
    read: async (former, signal) => {
      const files = await filesOf(settings.path)
      const looked = await Promise.all(files.map((file, at) => look(file, { at, of: files.length, quiet })))
      const known = former === undefined ? undefined : readMark(former)
      const digest = digestOf(looked)
      if (digest === known?.look) return undefined
      return readAll(settings, { files, looked, known, quiet, most, signal })
    },
  }
}

/** In the order of their names. Hidden files and what editors and downloads leave beside them are none of the list. */
async function filesOf(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) throw sourceFault('source_missing', 'the file or folder of this list is not there')
  if (found.isFile()) return [path]
  if (!found.isDirectory()) throw sourceFault('source_missing', 'the path of this list is neither a file nor a folder')
  const names = await readdir(path, { withFileTypes: true })
  const files = names.filter((one) => one.isFile() && endings.test(one.name) && !one.name.startsWith('.'))
  // An empty folder may be a disk that is not mounted, and would empty the list: the operator removes a list in words.
  if (files.length === 0) throw sourceFault('source_missing', 'the folder of this list holds no list file')
  if (files.length > mostFiles) throw sourceFault('file_odd', `the folder holds more than ${mostFiles} files`)
  return files.map(({ name }) => join(path, name)).sort()
}

const endings = /\.(jsonl|ndjson|json|csv|txt)(\.gz)?$/i

/** So many bad rows are named; the others are counted. */
const mostRejected = 1_000

interface Reading {
  readonly files: readonly string[]
  readonly looked: readonly Look[]
  readonly known: Mark | undefined
  readonly quiet: number
  readonly most: { readonly entries: number }
  readonly signal: AbortSignal
}

async function readAll(settings: FileSettings, { files, looked, known, quiet, most, signal }: Reading): Promise<Whole> {
  const union: Union = new Map()
  const rejected: Rejected[] = []
  const filled = new Set<string>()
  let unnamed = 0
  const room = { bytes: mostBytes }
  for (const [at, file] of files.entries()) {
    const place = { file: at + 1, of: files.length, format: settings.format ?? formatOf(file) }
    const named = namedBy(file)
    let rows = 0
    for await (const row of readRows(textOf(file, place, room), settings, place)) {
      if (!('why' in row)) {
        joinRow(union, row)
        filled.add(named)
        if (union.size > most.entries) throw tooMany(most.entries)
      } else if (rejected.length < mostRejected) rejected.push(row)
      else unnamed += 1
      rows += 1
      // A long file must not hold up who is being answered meanwhile.
      if (rows % 2000 === 0) await setImmediate()
      if (signal.aborted) throw sourceFault('source_not_ready', 'the reading was broken off: we are stopping')
    }
    const now = await look(file, { at, of: files.length, quiet })
    if (JSON.stringify(now) !== JSON.stringify(looked[at])) throw growing(at, files.length)
    if (known?.filled.has(named) && !filled.has(named) && files.length > 1) throw emptied(at, files.length)
  }
  if (union.size === 0) throw nothingIn(rejected[0], rejected.length + unnamed)
  return { mark: writeMark({ look: digestOf(looked), filled }), seen: await joined(union), rejected, unnamed }
}

function tooMany(most: number) {
  const words = `the files of this list hold more than ${most} entries; make several lists of them, each of a folder of its own`
  return sourceFault('file_odd', words)
}

function emptied(at: number, of: number) {
  return sourceFault(
    'list_shrinks',
    `list file ${at + 1} of ${of} (in the order of their names) held entries and holds none any more, so the list stays as ` +
      'it was; mend the file, take it out of the folder, or if this is meant: `wardline sync LIST --anew`',
  )
}

/** An empty list would look as though something were watched for. Who wants none removes it in words. */
function nothingIn(first: Rejected | undefined, rows: number) {
  const why = first === undefined ? 'the files of this list hold no row' : `none of its ${rows} rows can be used`
  const example = first === undefined ? '' : ` (${first.entryId}: ${first.why})`
  const undone = 'so the list stays as it was; mend the files, or `wardline lists remove` it'
  return sourceFault('file_odd', `${why}${example}, ${undone}`)
}

/** What is known of an entry: its first row, and once there are more, the values of them all. */
type Union = Map<string, { readonly put: Seen & { kind: 'put' }; values?: Fingerprint[]; isTooLarge?: true }>

/** With more distinct values than this an entry has too many of at least one algorithm, and is left out by its name. */
const mostOfAll = MOST_VALUES * algorithms.length

/** Rows of one entry, in one file or in several, are one entry with all their values; of too many, not all are kept. */
function joinRow(union: Union, row: Seen & { kind: 'put' }): void {
  const key = JSON.stringify([row.source, row.entryId])
  const known = union.get(key)
  if (known === undefined) {
    union.set(key, { put: row })
    return
  }
  if (known.isTooLarge) return
  known.values ??= [...known.put.values]
  // One array for all its rows, made distinct now and then: to compare each row with all others would take for ever.
  for (const value of row.values) known.values.push(value)
  if (known.values.length <= 4 * mostOfAll) return
  known.values = distinct(known.values)
  if (known.values.length > mostOfAll) known.isTooLarge = true
}

async function joined(union: Union): Promise<Seen[]> {
  const seen: Seen[] = []
  for (const { put, values } of union.values()) {
    seen.push(values === undefined ? put : { ...put, values: distinct(values) })
    if (seen.length % 2000 === 0) await setImmediate()
  }
  return seen
}

function formatOf(file: string): Format {
  const ending = /\.([a-z]+)(\.gz)?$/i.exec(file)?.[1]?.toLowerCase()
  if (ending === 'csv') return 'csv'
  return ending === 'txt' ? 'plain' : 'jsonl'
}
