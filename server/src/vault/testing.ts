// For tests: a vault of its own on a database of its own, with a clock that stands still.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StillClock } from '@wardline/sandbox'
import type { Log } from '#base'
import { type Database, type DatabaseSettings, migrate, openDatabase } from '#db'
import { finishRotation, openVault, resealAll, type retireKey, type Vault } from './vault.ts'

export const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} }

export interface VaultWorld extends AsyncDisposable {
  readonly database: Database
  readonly clock: StillClock
  /** The vault's folder; the key file lies beside it. */
  readonly folder: string
  readonly keyFile: string
  readonly vault: Vault
  readonly log: Log
  /** What the end of a key asks for. */
  readonly retiring: Parameters<typeof retireKey>[0]
  /** Opens a vault on the same database, folder and key, as the next start of a server would. */
  reopen(change?: { createKey?: boolean; keyFile?: string; folder?: string; log?: Log }): Promise<Vault>
}

/** `key`: that of a deployment of before; else the vault makes one. */
export async function openVaultWorld(settings: DatabaseSettings, key?: Uint8Array): Promise<VaultWorld> {
  const base = await mkdtemp(join(tmpdir(), 'wardline-vault-'))
  const folder = join(base, 'evidence')
  const keyFile = join(base, 'keys', 'vault.key')
  if (key !== undefined) {
    await mkdir(join(base, 'keys'))
    await writeFile(keyFile, `${Buffer.from(key).toString('hex')}\n`, { mode: 0o600 })
  }
  const database = openDatabase(settings)
  await migrate(database)
  const clock = new StillClock()
  const reopen: VaultWorld['reopen'] = (change = {}) =>
    openVault({ folder, keyFile, database, clock, log: quiet, createKey: false, ...change })
  const vault = await reopen({ createKey: true })
  const retiring = { keyFile, database, clock, log: quiet }
  return {
    database,
    clock,
    folder,
    keyFile,
    vault,
    log: quiet,
    retiring,
    reopen,
    [Symbol.asyncDispose]: () => database.close(),
  }
}

/** What the job does: goes over everything once, and ends the rotation if nothing is left. */
export async function resealed({ database, vault, clock }: Pick<VaultWorld, 'database' | 'vault' | 'clock'>) {
  await vault.lookAtKeys()
  const done = await resealAll({ database, vault, signal: new AbortController().signal, hold: async () => {} })
  await finishRotation({ database, clock }, async () => {})
  return done
}
