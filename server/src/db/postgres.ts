// PostgreSQL through pg. int8 comes as a number: every bigint column here is a time or a count below 2^53.
import { PostgresDialect } from 'kysely'
import pg from 'pg'
import { Fault } from '#base'
import { unreachable } from './errors.ts'

const int8 = 20

export function openPostgres(url: string, poolSize: number): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: poolSize,
    connectionTimeoutMillis: 10_000,
    types: { getTypeParser: (oid, format) => (oid === int8 ? readInt8 : pg.types.getTypeParser(oid, format)) },
  })
  // An idle connection that breaks is replaced at the next use; without a listener it would end the process.
  pool.on('error', () => {})
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
