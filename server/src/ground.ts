// What every command stands on: the configuration's database, its vault, a clock and a log. The server adds the river.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, Fault, type Log } from '#base'
import type { Config } from '#config'
import { type Database, type DatabaseSettings, migrate, openDatabase, stampEnvironment } from '#db'
import { openVault, type Vault } from '#vault'

/** The world outside, which stories hold in their hands. */
export interface Outside {
  readonly clock: Clock
  readonly log: Log
}

export interface Ground extends Outside, AsyncDisposable {
  readonly config: Config
  readonly database: Database
  readonly vault: Vault
  close(): Promise<void>
}

/**
 * Opens the data folder, brings the tables up to date and checks environment and key. `createKey`: a first start may
 * make the master key. Faults name what is wrong and what to do.
 */
export async function openGround(
  config: Config,
  outside: Outside,
  { createKey }: { createKey: boolean },
): Promise<Ground> {
  await makeDataFolder(config.data)
  const database = openDatabase(databaseSettings(config))
  try {
    await database.ping()
    await migrate(database)
    await stampEnvironment(database, config.environment)
    const vault = await openVault({
      folder: join(config.data, 'vault'),
      keyFile: config.vault.keyFile,
      database,
      clock: outside.clock,
      log: outside.log,
      createKey,
    })
    const close = () => database.close()
    return { ...outside, config, database, vault, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await database.close()
    throw error
  }
}

export function databaseSettings(config: Config): DatabaseSettings {
  return config.database.url === undefined
    ? { kind: 'sqlite', file: join(config.data, 'wardline.db') }
    : { kind: 'postgres', url: config.database.url }
}

async function makeDataFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause) => {
    throw new Fault('data_folder_unusable', `the data folder ${folder} cannot be made; name another one (data:)`, {
      retry: 'never',
      cause,
    })
  })
}
