// Reads every process's file back, oldest first within each; what is torn or altered ends its file there and is told.
import { createReadStream } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Clock, Fault } from '#base'
import type { Vault } from '#vault'
import { type Line, readLine } from './line.ts'

/** A backup that is older than this is not told apart any more from one that knows everything. */
const keptMs = 35 * 86_400_000

export interface Logbooks {
  readonly lines: readonly Line[]
  /** Files whose last line is half a line, as a power cut leaves it: it was never acted upon. */
  readonly torn: number
  /** Files with a line in the middle that is not ours: somebody altered them, or another key wrote them. */
  readonly altered: readonly string[]
}

/** Empty where nothing was written yet. Fault `logbook_unreadable`. */
export async function readLogbook({
  folder,
  vault,
}: {
  readonly folder: string
  readonly vault: Pick<Vault, 'keyed'>
}): Promise<Logbooks> {
  const lines: Line[] = []
  const altered: string[] = []
  let torn = 0
  for (const name of await namesIn(folder)) {
    const end = await readFile(join(folder, 'logbook', name), vault, lines)
    if (end === 'torn') torn += 1
    if (end === 'altered') altered.push(name)
  }
  return { lines, torn, altered }
}

async function readFile(
  file: string,
  vault: Pick<Vault, 'keyed'>,
  lines: Line[],
): Promise<'whole' | 'torn' | 'altered'> {
  let before = ''
  let torn = false
  for await (const text of createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity })) {
    // Only the last line can be half a line.
    const read = torn ? 'altered' : readLine(vault, before, text)
    if (read === 'altered') return 'altered'
    if (read === 'torn') {
      torn = true
      continue
    }
    lines.push(read.line)
    before = read.tie
  }
  return torn ? 'torn' : 'whole'
}

/** Files of days that long ago: what they say is in every database that could still be put back. */
export async function forgetOldLogs(folder: string, clock: Clock): Promise<void> {
  for (const name of await namesIn(folder))
    if (Date.parse(name.slice(0, 10)) < clock.now() - keptMs) await rm(join(folder, 'logbook', name), { force: true })
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(join(folder, 'logbook'))).filter((name) => /^\d{4}-\d\d-\d\d\..*\.jsonl$/.test(name)).sort()
  } catch (cause) {
    const code = String(Object(cause).code ?? 'unknown')
    if (code === 'ENOENT') return []
    const words = `the logbook in the vault's folder cannot be read (${code}): check its owner`
    throw new Fault('logbook_unreadable', words, { retry: 'later', cause })
  }
}
