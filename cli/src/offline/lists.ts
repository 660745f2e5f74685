// Lists straight from files, for a look that reports nothing and keeps nothing. Rows are taken as an import takes them.
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename } from 'node:path'
import { Fault } from '@wardline/server/base'
import { type HashList, type ListClass, type ReadList, readList } from '@wardline/server/lists'
import { failure, troubleOf } from './files.ts'
import { counted, shown, type Terminal } from './terminal.ts'

/** undefined, and words on the terminal, when a list cannot be read or holds nothing: a scan with it would reassure falsely. */
export async function openLists(
  paths: readonly string[],
  rows: { readonly listClass: ListClass; readonly radiusBits: number },
  terminal: Terminal,
): Promise<{ readonly lists: HashList[]; readonly skippedRows: number } | undefined> {
  const lists: HashList[] = []
  let skippedRows = 0
  for (const path of paths) {
    const opened = await openList(path, rows)
    if ('why' in opened) {
      terminal.err(`the list ${shown(path)} cannot be used: ${opened.why}`)
      return undefined
    }
    warn(path, opened.read, terminal)
    lists.push(opened.list)
    skippedRows += opened.read.counts.skipped
  }
  return { lists, skippedRows }
}

async function openList(
  path: string,
  { listClass, radiusBits }: { readonly listClass: ListClass; readonly radiusBits: number },
): Promise<{ readonly list: HashList; readonly read: ReadList } | { readonly why: string }> {
  const id = basename(path)
  try {
    const format = await formatOf(path)
    const text = createReadStream(path, { encoding: 'utf8' })
    const read = await readList(text, { format, listId: id, class: listClass })
    if (read.entries.length === 0)
      return { why: `none of its ${counted(read.counts.rows, 'row')} is an entry${first(read)}` }
    return { list: { id, class: listClass, radiusBits, entries: read.entries }, read }
  } catch (error) {
    return { why: error instanceof Fault ? error.message : failure(troubleOf(error)).detail }
  }
}

const MOST_WARNINGS = 10

function warn(path: string, { counts, troubles }: ReadList, terminal: Terminal): void {
  if (counts.skipped === 0) return
  for (const { line, why } of troubles.slice(0, MOST_WARNINGS)) terminal.err(`${shown(path)}, line ${line}: ${why}`)
  terminal.err(`${counted(counts.skipped, 'row')} of ${shown(path)} skipped, ${counts.taken} taken`)
}

function first({ troubles: [trouble] }: ReadList): string {
  return trouble ? ` (line ${trouble.line}: ${trouble.why})` : ''
}

/** By its name, or where that says nothing by its first character: JSON Lines begin with a brace. */
async function formatOf(path: string): Promise<'jsonl' | 'csv'> {
  if (/\.csv$/i.test(path)) return 'csv'
  if (/\.(jsonl|ndjson|json)$/i.test(path)) return 'jsonl'
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(256), position: 0 })
    return /^\uFEFF?\s*\{/.test(buffer.toString('utf8', 0, bytesRead)) ? 'jsonl' : 'csv'
  } finally {
    await file.close()
  }
}
