// Writes a backup: first the database as of one moment, then every object that it knows, then the manifest; under a passing name until whole.
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { record } from '#audit'
import { type Clock, type Environment, Fault, newId } from '#base'
import { type Connection, type Database, readSnapshot, writeMeta } from '#db'
import { liesInside, listKeys, syncFolder, type Vault } from '#vault'
import { copyDurably } from './copy.ts'
import { writeLines } from './lines.ts'
import { type Manifest, readManifest, writeManifest } from './manifest.ts'
import { copyObjects } from './objects.ts'
import { linesOf } from './rows.ts'

export interface BackupSettings {
  readonly database: Database
  readonly vault: Vault
  readonly clock: Clock
  readonly environment: Environment
  /** The data folder: a backup inside of it would be lost with it. */
  readonly data: string
  /** The vault's. */
  readonly folder: string
  readonly keyFile: string
  /** Where backups are kept, each in a folder named by its time; unchanged objects are hard links to those of the one before. */
  readonly into: string
  /** So many are kept, the newest; undefined: all of them. */
  readonly keep?: number | undefined
  readonly say?: ((words: string) => void) | undefined
}

export interface Backup {
  readonly folder: string
  readonly manifest: Manifest
  readonly removed: readonly string[]
}

/** Faults `backup_misplaced`, `backup_unwritable`, `evidence_missing`. What was begun and failed is removed again. */
export async function writeBackup(settings: BackupSettings): Promise<Backup> {
  const { database, vault, clock, environment, into, keep } = settings
  await refuseMisplaced(settings)
  const id = newId('backup', clock)
  const name = `${new Date(clock.now()).toISOString().slice(0, 19).replaceAll(':', '-')}Z.${id}`
  const part = join(into, `${name}.part`)
  try {
    await mkdir(into, { recursive: true, mode: 0o700 })
    await removeParts(into, clock.now())
    await mkdir(join(part, 'objects'), { recursive: true, mode: 0o700 })
    const before = (await wholeBackups(into)).at(-1)
    const count = { rows: 0 }
    const { asOf, migrations, db } = await readSnapshot(database, async (snapshot) => {
      const asOf = clock.now()
      const file = join(part, 'database.jsonl.gz')
      return {
        asOf,
        migrations: snapshot.migrations,
        db: {
          ...(await writeLines(file, linesOf(snapshot.tables(), count))),
          stored: await storedIn(snapshot.db),
          keys: await keysOf(snapshot.db),
        },
      }
    })
    settings.say?.(`The database is written: ${count.rows} rows. Now ${db.stored.length} objects.`)
    const { objects, destroyedMeanwhile } = await copyObjects(settings, part, db.stored, before && join(into, before))
    const manifest: Manifest = {
      format: 'wardline-backup',
      version: 1,
      id,
      environment,
      asOf,
      finishedAt: clock.now(),
      migrations: [...migrations],
      database: { bytes: db.bytes, sha256: db.sha256, rows: count.rows },
      objects,
      deployment: await copyDurably(join(settings.folder, 'deployment'), join(part, 'deployment')),
      logbook: await copyLogbook(settings.folder, part),
      destroyedMeanwhile,
      keyFingerprints: [...new Set([...db.keys, vault.fingerprint])],
    }
    await writeManifest(part, vault, manifest)
    await syncAll(part)
    const folder = join(into, name)
    await rename(part, folder)
    await syncFolder(into)
    await database.transact(async (tx) => {
      await writeMeta(tx, 'backup.written_at', String(asOf))
      await record(tx, clock, {
        actor: 'wardline',
        act: 'write_backup',
        subject: id,
        detail: { rows: count.rows, objects: objects.count },
      })
    })
    return { folder, manifest, removed: keep === undefined ? [] : await forgetOld(into, keep) }
  } catch (error) {
    await rm(part, { recursive: true, force: true }).catch(() => {})
    throw error instanceof Fault ? error : unwritable(error)
  }
}

async function refuseMisplaced({ data, into, keyFile }: BackupSettings): Promise<void> {
  const words = (await liesInside(data, into))
    ? 'this place is inside the data folder, and is lost with it: name one on another disk'
    : (await liesInside(into, keyFile))
      ? 'the vault key lies inside of this place, and a backup must not lie beside its key: keep the key elsewhere'
      : undefined
  if (words !== undefined) throw new Fault('backup_misplaced', words, { retry: 'never' })
}

/** Of a key that is empty or retired nothing is left in here. */
async function keysOf(db: Connection): Promise<string[]> {
  const needed = (await listKeys(db)).filter(({ state }) => state === 'in_use' || state === 'former')
  return needed.map(({ fingerprint }) => fingerprint)
}

async function storedIn(db: Connection): Promise<readonly string[]> {
  const rows = await db.selectFrom('vault_objects').select('id').where('state', '=', 'stored').orderBy('id').execute()
  return rows.map(({ id }) => id)
}

async function copyLogbook(folder: string, part: string): Promise<Manifest['logbook']> {
  // Where nothing ever went out there is none; one that cannot be read must not be missing in silence.
  const names = await readdir(join(folder, 'logbook')).catch((cause: unknown) => {
    if (Object(cause).code === 'ENOENT') return []
    throw cause
  })
  if (names.length > 0) await mkdir(join(part, 'logbook'), { mode: 0o700 })
  const copied: Manifest['logbook'] = []
  for (const name of names.sort())
    copied.push({ name, ...(await copyDurably(join(folder, 'logbook', name), join(part, 'logbook', name))) })
  return copied
}

/** By name, which is by time. */
export async function wholeBackups(into: string): Promise<readonly string[]> {
  const names = (await readdir(into)).filter((name) => /^\d{4}-.*\.backup_[a-z0-9]+$/.test(name)).sort()
  const whole: string[] = []
  for (const name of names) {
    const isWhole = await readManifest(join(into, name)).then(
      () => true,
      () => false,
    )
    if (isWhole) whole.push(name)
  }
  return whole
}

async function forgetOld(into: string, keep: number): Promise<readonly string[]> {
  const old = (await wholeBackups(into)).slice(0, -keep)
  for (const name of old) await rm(join(into, name), { recursive: true, force: true })
  return old.map((name) => basename(name))
}

/** Of a run that died: older than any that may still be at work. */
async function removeParts(into: string, now: number): Promise<void> {
  for (const name of (await readdir(into)).filter((one) => /\.backup_[a-z0-9]+\.part$/.test(one))) {
    const { mtimeMs } = await stat(join(into, name))
    if (now - mtimeMs > 24 * 3_600_000) await rm(join(into, name), { recursive: true, force: true })
  }
}

/** The files in them are durable already; their names are after this. */
async function syncAll(part: string): Promise<void> {
  const shards = (await readdir(join(part, 'objects'))).map((name) => join('objects', name))
  const logbook = (await readdir(part)).filter((name) => name === 'logbook')
  for (const name of [...shards, 'objects', ...logbook, '.']) await syncFolder(join(part, name))
}

function unwritable(cause: unknown): Fault {
  const code = String(Object(cause).code ?? '')
  if (code === '') throw cause
  const words =
    code === 'ENOSPC' || code === 'EDQUOT'
      ? 'there is no room left where the backup goes; what was begun is removed again, older backups are untouched'
      : `the backup could not be written (${code}): check the place and its rights`
  return new Fault('backup_unwritable', words, { retry: 'later', cause })
}
