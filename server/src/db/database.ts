// Opens SQLite or PostgreSQL and gives both the same face: Kysely for reading, `transact` for writing.
import { Kysely, type Transaction as KyselyTransaction } from 'kysely'
import { chance, Fault, systemClock } from '#base'
import { withFaults } from './dialect.ts'
import { asksForRetry, unreachable } from './errors.ts'
import { openPostgres } from './postgres.ts'
import { openSqlite } from './sqlite.ts'
import type { Tables } from './tables.ts'
import { openTurns } from './turns.ts'

export type DatabaseSettings =
  | { readonly kind: 'sqlite'; readonly file: string }
  | { readonly kind: 'postgres'; readonly url: string; readonly poolSize?: number | undefined }

export type Transaction = KyselyTransaction<Tables>

/** What a reading query needs: the database itself or the transaction one stands in. */
export type Connection = Kysely<Tables> | Transaction

export interface Database extends AsyncDisposable {
  readonly kind: 'sqlite' | 'postgres'
  readonly read: Kysely<Tables>
  /**
   * Runs `work` serializably and commits durably (SQLite: synchronous FULL). It may run more than once when the
   * database asks for a retry, so `work` touches nothing but the transaction. Never call outward inside. After the
   * Fault `database_unreachable` nobody knows whether it was committed.
   */
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
  /** Throws a Fault when the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}

/** How long conflicting writers are tried again before the caller hears of it. */
const patienceMs = 20_000
/** How often others of this process may be in a transaction's way on PostgreSQL. */
const lostTogether = 2

export function openDatabase(settings: DatabaseSettings): Database {
  const read = new Kysely<Tables>({
    dialect: withFaults(
      settings.kind === 'sqlite' ? openSqlite(settings.file) : openPostgres(settings.url, settings.poolSize ?? 10),
    ),
  })
  const transact = settings.kind === 'postgres' ? transactPostgres(read) : transactSqlite(read)
  let closed = false
  const close = async () => {
    if (closed) return
    closed = true
    await read.destroy()
  }
  return {
    kind: settings.kind,
    read,
    transact,
    ping: async () => {
      await read
        .selectNoFrom((eb) => eb.lit(1).as('one'))
        .execute()
        .catch((cause) => {
          throw cause instanceof Fault ? cause : unreachable(cause)
        })
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** One writer at a time: the database sees to it. */
function transactSqlite(db: Kysely<Tables>): Database['transact'] {
  return (work) => retrying(() => db.transaction().execute(work))
}

/** Others of the same process are the ones it meets most; of a replica's there is one at a time that goes alone, at most. */
function transactPostgres(db: Kysely<Tables>): Database['transact'] {
  const turns = openTurns()
  return (work) =>
    retrying((lost) => {
      const once = () => db.transaction().setIsolationLevel('serializable').execute(work)
      return lost > lostTogether ? turns.alone(once) : turns.together(once)
    })
}

/** Runs `work` again while the database asks for it, up to a limit, without ever blocking the event loop. `lost`: how often it has. */
export async function retrying<T>(work: (lost: number) => Promise<T>): Promise<T> {
  const until = systemClock.now() + patienceMs
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work(attempt - 1)
    } catch (error) {
      // Real time on purpose: a still clock must not hold a database conflict for ever.
      if (systemClock.now() >= until || !asksForRetry(error)) throw error
      await systemClock.wait(chance(Math.min(100, 5 * attempt)) + 1)
    }
  }
}
