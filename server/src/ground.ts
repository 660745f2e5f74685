// What every command stands on: the configuration's database, its vault, a clock and a log. The server adds the river.
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, Fault, type Log } from '#base'
import type { Config } from '#config'
import { type Database, type DatabaseSettings, lockFolder, migrate, openDatabase, stampEnvironment } from '#db'
import { moveRows } from '#lists'
import { type Logbook, openLogbook } from '#logbook'
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
  readonly logbook: Logbook
  close(): Promise<void>
}

/**
 * Opens the data folder, brings the tables up to date and checks environment and key. `createKey`: a first start may
 * make the master key. `alone`: with SQLite the data folder is locked before anything in it is changed, and until the
 * ground is closed; that is for the server, while commands work beside it. Faults name what is wrong and what to do.
 */
export async function openGround(
  config: Config,
  outside: Outside,
  { createKey, alone = false }: { createKey: boolean; alone?: boolean },
): Promise<Ground> {
  await makeDataFolder(config.data)
  const settings = databaseSettings(config)
  const unlock = alone && settings.kind === 'sqlite' ? lock(config.data) : () => {}
  const database = openDatabase(settings)
  let closeLogbook = async () => {}
  const close = async () => {
    await closeLogbook()
    await database.close().finally(unlock)
  }
  try {
    await database.ping()
    await migrate(database)
    await stampEnvironment(database, config.environment)
    const folder = join(config.data, 'vault')
    const vault = await openVault({
      folder,
      keyFile: config.vault.keyFile,
      database,
      clock: outside.clock,
      log: outside.log,
      createKey,
    })
    await moveRows(database, vault, outside.clock)
    const logbook = openLogbook({ folder, vault, environment: config.environment, clock: outside.clock })
    closeLogbook = logbook.close
    return { ...outside, config, database, vault, logbook, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
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
    throw unusable(`the data folder ${folder} cannot be made; name another one (data:)`, cause)
  })
}

function lock(folder: string): () => void {
  try {
    return lockFolder(folder)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw unusable(`nothing can be written in the data folder ${folder}; check its owner and rights`, cause)
  }
}

function unusable(words: string, cause: unknown): Fault {
  return new Fault('data_folder_unusable', words, { retry: 'never', cause })
}
