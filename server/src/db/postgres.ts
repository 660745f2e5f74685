// PostgreSQL through pg. int8 comes as a number: every bigint column here is a time or a count below 2^53.
import { type Dialect, PostgresDialect } from 'kysely'
import pg from 'pg'
import { Fault } from '#base'
import { unreachable } from './errors.ts'

const int8 = 20

/** How long who waits for what. A transaction here takes milliseconds; these are for a replica or network that stands still. */
const limits = {
  connectionTimeoutMillis: 10_000,
  /** A replica that stands still in a transaction loses it, and its row locks with it, before others lose patience. */
  idle_in_transaction_session_timeout: 10_000,
  /** Waiting for a lock ends here and begins again, several times within `transact`'s patience. */
  lock_timeout: 5_000,
  /** The longest honest statement, a list's log by its blocks' places, takes well under a second. */
  statement_timeout: 30_000,
  /** Ours, when not even the server's own limit is heard of: the network is gone. */
  query_timeout: 40_000,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
}

export function openPostgres(url: string, poolSize: number): Dialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    ...limits,
    types: { getTypeParser: (oid, format) => (oid === int8 ? readInt8 : pg.types.getTypeParser(oid, format)) },
  })
  // A connection that breaks, idle or in use, is replaced at the next use; without listeners it would end the process. The
  // pool listens to idle ones only. Whoever uses one hears of it from the next query.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return new PostgresDialect({
    pool: {
      options: pool.options,
      // Whoever reads meets a missing server here first.
      connect: () => pool.connect().catch((error: unknown) => Promise.reject(unreachable(error))),
      end: () => pool.end(),
    },
  })
}

function readInt8(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value))
    throw new Fault('number_too_large', 'a database number is beyond 2^53', { retry: 'never' })
  return value
}
