// Puts a backup back where nothing is, whole or not at all, and begins the pause in the same transaction as the rows.
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { record } from '#audit'
import { type Clock, type Environment, Fault } from '#base'
import { type Database, fillDatabase, isEmpty, openDatabase, readMeta, type Transaction, writeMeta } from '#db'
import { beginPause } from '#pause'
import { openKeys, shardOf, syncFolder } from '#vault'
import { copyDurably } from './copy.ts'
import { readLines } from './lines.ts'
import { altered, type Manifest, readManifest } from './manifest.ts'
import { tablesOf } from './rows.ts'
import { objectIn, objectsOf, verifyBackup } from './verify.ts'

export interface RestoreSettings {
  /** The backup. */
  readonly from: string
  /** The data folder: nothing may be in it. */
  readonly data: string
  readonly keyFile: string
  readonly environment: Environment
  /** Undefined: SQLite, in the data folder. */
  readonly databaseUrl: string | undefined
  readonly clock: Clock
  readonly say?: ((words: string) => void) | undefined
}

const restoredKey = 'backup.restored'

/**
 * May be killed anywhere and run again. Faults: those of `verifyBackup`, `data_not_empty`, `database_not_empty`, `environment_mixed`,
 * `key_missing`, `key_wrong`, `restore_failed`.
 */
export async function restoreBackup(settings: RestoreSettings): Promise<Manifest> {
  const { from, data, environment, say } = settings
  const keys = openKeys(settings.keyFile)
  if (keys.fingerprints.length === 0) throw keyless(settings)
  const manifest = await readManifest(from, keys)
  if (manifest.environment !== environment)
    throw new Fault(
      'environment_mixed',
      `this backup is of the environment "${manifest.environment}" and the configuration says "${environment}"`,
      { retry: 'never' },
    )
  await refuseFull(data)
  say?.('Comparing every file of the backup with its digest.')
  await verifyBackup(from, keys)
  const part = `${data}.restoring`
  await rm(part, { recursive: true, force: true })
  await mkdir(part, { recursive: true, mode: 0o700 })
  await putFiles(from, part, manifest, say)
  say?.('Writing the database.')
  await putDatabase(settings, part, manifest)
  await syncFolder(part)
  await rm(data, { recursive: true, force: true })
  await rename(part, data)
  await syncFolder(dirname(data))
  return manifest
}

function keyless({ keyFile }: RestoreSettings): Fault {
  return new Fault(
    'key_missing',
    `a backup holds no key, and there is none in ${keyFile}: put the copy that you made of it there first`,
    { retry: 'never' },
  )
}

/** An empty folder is as good as none. */
async function refuseFull(data: string): Promise<void> {
  const names = await readdir(data).catch((cause: unknown) => {
    if (Object(cause).code === 'ENOENT') return []
    throw cause
  })
  if (names.length > 0)
    throw new Fault(
      'data_not_empty',
      `${data} is not empty: a restore never writes over anything. Move it away, or name another data folder`,
      { retry: 'never' },
    )
}

async function putFiles(from: string, part: string, manifest: Manifest, say: RestoreSettings['say']): Promise<void> {
  const vault = join(part, 'vault')
  await mkdir(join(vault, 'objects'), { recursive: true, mode: 0o700 })
  await copyDurably(join(from, 'deployment'), join(vault, 'deployment'))
  if (manifest.logbook.length > 0) await mkdir(join(vault, 'logbook'), { mode: 0o700 })
  for (const { name } of manifest.logbook) await copyDurably(join(from, 'logbook', name), join(vault, 'logbook', name))
  const folders = new Set<string>([vault, join(vault, 'objects')])
  if (manifest.logbook.length > 0) folders.add(join(vault, 'logbook'))
  let count = 0
  for await (const { id, bytes, sha256 } of objectsOf(from)) {
    const shard = shardOf(vault, id)
    if (!folders.has(shard)) await mkdir(shard, { recursive: true, mode: 0o700 })
    folders.add(shard)
    const copied = await copyDurably(objectIn(from, id), objectIn(vault, id))
    if (copied.bytes !== bytes || copied.sha256 !== sha256)
      throw altered(id, 'it changed while it was copied: the disk may be failing')
    count += 1
    if (count % 10_000 === 0) say?.(`${count} of ${manifest.objects.count} objects`)
  }
  for (const folder of folders) await syncFolder(folder)
}

async function putDatabase(settings: RestoreSettings, part: string, manifest: Manifest): Promise<void> {
  const { databaseUrl, from } = settings
  await using database =
    databaseUrl === undefined
      ? openDatabase({ kind: 'sqlite', file: join(part, 'wardline.db') })
      : openDatabase({ kind: 'postgres', url: databaseUrl })
  await database.ping()
  // Killed between the last commit and the folder's new name: only the name is left to do.
  if (await isThisRestore(database, manifest)) return
  const count = { rows: 0 }
  const lines = readLines(join(from, 'database.jsonl.gz'), 'database.jsonl.gz')
  await fillDatabase(database, manifest.migrations, tablesOf(lines, count), async (tx) => {
    if (count.rows !== manifest.database.rows)
      throw altered('database.jsonl.gz', `it has ${count.rows} rows instead of ${manifest.database.rows}`)
    await afterwards(settings, tx, manifest)
  })
}

async function isThisRestore(database: Database, manifest: Manifest): Promise<boolean> {
  if (await isEmpty(database)) return false
  return (await readMeta(database.read, restoredKey)) === manifest.id
}

/** What was true of the former machine is not of this one. */
async function afterwards({ clock }: RestoreSettings, tx: Transaction, manifest: Manifest): Promise<void> {
  await writeMeta(tx, restoredKey, manifest.id)
  for (const id of manifest.destroyedMeanwhile)
    await tx
      .updateTable('vault_objects')
      .set({
        wrapped_key: null,
        state: 'destroyed',
        destroyed_at: manifest.asOf,
        destroyed_why: 'before the backup was whole',
      })
      .where('id', '=', id)
      .execute()
  await tx
    .updateTable('jobs')
    .set({ lease: null, leased_until: null, state: 'waiting' })
    .where('state', '=', 'running')
    .execute()
  await beginPause(tx, clock, { why: 'restored', by: 'wardline', asOf: manifest.asOf })
  await record(tx, clock, { actor: 'wardline', act: 'restore_backup', subject: manifest.id })
}
