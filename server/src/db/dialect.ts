// Kysely's dialects with our meaning of errors: whatever a query ends with, inside a transaction or not, is a Fault when
// the world failed.
import type { DatabaseConnection, Dialect, Driver } from 'kysely'
import { asFault, isUnreachable } from './errors.ts'

export function withFaults(dialect: Dialect): Dialect {
  return {
    createAdapter: () => dialect.createAdapter(),
    createDriver: () => watchDriver(dialect.createDriver()),
    createIntrospector: (db) => dialect.createIntrospector(db),
    createQueryCompiler: () => dialect.createQueryCompiler(),
  }
}

function watchDriver(driver: Driver): Driver {
  const watched = new WeakSet<DatabaseConnection>()
  const acquire = driver.acquireConnection.bind(driver)
  driver.acquireConnection = async (options) => {
    const connection = await acquire(options)
    if (!watched.has(connection)) watchConnection(connection)
    watched.add(connection)
    return connection
  }
  return driver
}

function watchConnection(connection: DatabaseConnection): void {
  const execute = connection.executeQuery.bind(connection)
  let broken: unknown
  connection.executeQuery = async (query, options) => {
    // A failed rollback hides the error that made it necessary: so a broken connection goes on naming the first one.
    if (broken !== undefined) throw broken
    try {
      return await execute(query, options)
    } catch (cause) {
      const error = asFault(cause)
      if (isUnreachable(error)) broken = error
      throw error
    }
  }
}
