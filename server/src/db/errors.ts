// What the databases' own errors mean here: run it again, wait until it is back, or make room.
import { Fault } from '#base'

/** PostgreSQL 40001 serialization_failure and 40P01 deadlock_detected; SQLite 5 BUSY (another process writes). */
export function asksForRetry(error: unknown): boolean {
  const { code, sqlite } = codesOf(error)
  return code === '40001' || code === '40P01' || sqlite === 5
}

/** A Fault where the world failed (the server is away, the disk is full); anything else as it was. */
export function asFault(error: unknown): unknown {
  const { code, sqlite, words } = codesOf(error)
  // PostgreSQL 53100 disk_full; SQLite 13 FULL, and 10 IOERR, which a full disk gives too.
  if (code === '53100' || sqlite === 13 || sqlite === 10)
    return new Fault('database_full', 'the database could not write: its disk is full or failing', {
      retry: 'later',
      cause: error,
    })
  if (away.has(code ?? '') || code?.startsWith('08') || code?.startsWith('57P') || /Connection terminated/.test(words))
    return unreachable(error)
  return error
}

export const unreachable = (cause: unknown): Fault =>
  new Fault('database_unreachable', 'the database does not answer', { retry: 'later', cause })

/** Node's own words for a connection that is not there; 53300 is too_many_connections. */
const away = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'ENOENT', 'EAI_AGAIN', '53300'])

function codesOf(error: unknown): { code: string | undefined; sqlite: number | undefined; words: string } {
  if (!(error instanceof Error)) return { code: undefined, sqlite: undefined, words: '' }
  const { code, errcode } = error as { code?: unknown; errcode?: unknown }
  return {
    code: typeof code === 'string' ? code : undefined,
    // The lower byte is the error, the upper ones its kind.
    sqlite: typeof errcode === 'number' ? errcode & 0xff : undefined,
    words: error.message,
  }
}
