// What can be told of list files without reading them: whether they changed since, and whether somebody still writes to one.
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { systemClock } from '#base'
import { sourceFault } from './fault.ts'

/** So long must nobody have written to a file, in real time: whoever copies slowly writes more often. */
export const quietMs = 3_000

export interface Look {
  readonly sizeBytes: number
  readonly changedMs: number
  readonly inode: number
  /** A digest of its name, which decides what format it has. */
  readonly named: string
}

interface Place {
  readonly at: number
  readonly of: number
  readonly quiet: number
}

export async function look(file: string, { at, of, quiet }: Place): Promise<Look> {
  const found = await stat(file).catch(() => undefined)
  if (found === undefined) throw growing(at, of)
  // Real time on purpose: it is compared with what the file system wrote.
  const age = systemClock.now() - found.mtimeMs
  if (age >= 0 && age < quiet) throw growing(at, of)
  return { sizeBytes: found.size, changedMs: found.mtimeMs, inode: found.ino, named: namedBy(file) }
}

export const digestOf = (looked: readonly Look[]): string =>
  createHash('sha256').update(JSON.stringify(looked)).digest('hex').slice(0, 24)

const digitsOfName = 8
export const namedBy = (file: string): string =>
  createHash('sha256').update(basename(file)).digest('base64url').slice(0, digitsOfName)

/** What was read last: a digest of the files as they lay there, and the digested names of those that held entries. */
export interface Mark {
  readonly look: string
  readonly filled: ReadonlySet<string>
}

export const writeMark = ({ look, filled }: Mark): string => `${look} ${[...filled].join('')}`

export function readMark(mark: string): Mark {
  const [look = '', names = ''] = mark.split(' ')
  const count = Math.floor(names.length / digitsOfName)
  const filled = Array.from({ length: count }, (_, at) => names.slice(at * digitsOfName, (at + 1) * digitsOfName))
  return { look, filled: new Set(filled) }
}

export function growing(at: number, of: number) {
  const words = `list file ${at + 1} of ${of} (in the order of their names) is still being written`
  return sourceFault('source_not_ready', words, { retryAfterMs: quietMs })
}
