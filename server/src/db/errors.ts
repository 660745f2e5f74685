// What the databases' own errors mean here: try it again, wait until it is back, or make room.
import { Fault } from '#base'

export type DatabaseFaultCode = 'database_busy' | 'database_full' | 'database_slow' | 'database_unreachable'

/** A Fault where the world failed (the server is away, the disk is full, writers met); anything else as it was. */
export function asFault(error: unknown): unknown {
  if (error instanceof Fault || !(error instanceof Error)) return error
  const { code, sqlite } = codesOf(error)
  if (conflicts.has(code) || sqlite === 5)
    return fault('database_busy', 'other writers were in the way for too long', error)
  if (overtime.has(code)) return fault('database_slow', 'the database took longer than it may', error)
  // PostgreSQL 53100 disk_full; SQLite 13 FULL, and 10 IOERR, which a full disk gives too.
  if (code === '53100' || sqlite === 13 || sqlite === 10)
    return fault('database_full', 'the database could not write: its disk is full or failing', error)
  if (away.has(code) || code.startsWith('08') || code.startsWith('57P') || lost.test(error.message))
    return unreachable(error)
  return error
}

/** The transaction did nothing, and may well succeed if it is run again at once. */
export const asksForRetry = (error: unknown): boolean => error instanceof Fault && error.code === 'database_busy'

/** The connection is of no use any more; whether a commit under way took place is not known. */
export const isUnreachable = (error: unknown): error is Fault =>
  error instanceof Fault && error.code === 'database_unreachable'

export const unreachable = (cause: unknown): Fault =>
  fault('database_unreachable', 'the database does not answer', cause)

const fault = (code: DatabaseFaultCode, words: string, cause: unknown) =>
  new Fault<DatabaseFaultCode>(code, words, { retry: 'later', cause })

/** PostgreSQL 40001 serialization_failure, 40P01 deadlock_detected, 55P03 lock_not_available (SQLite: 5 BUSY). */
const conflicts = new Set(['40001', '40P01', '55P03'])

/** PostgreSQL 57014 query_canceled (statement_timeout), 25P03 idle_in_transaction_session_timeout. */
const overtime = new Set(['57014', '25P03'])

/** Node's own words for a connection that is not there; 53300 is too_many_connections. */
const away = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'ENOENT', 'EAI_AGAIN', '53300'])

/** The driver's words for a connection that broke, which bear no code. */
const lost = /Connection terminated|is not queryable|Query read timeout|connection has been discarded/

function codesOf(error: Error & { code?: unknown; errcode?: unknown }): { code: string; sqlite: number | undefined } {
  const { code, errcode } = error
  return {
    code: typeof code === 'string' ? code : '',
    // The lower byte is the error, the upper ones its kind.
    sqlite: typeof errcode === 'number' ? errcode & 0xff : undefined,
  }
}
