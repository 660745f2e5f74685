// Writes a backup: first the database as of one moment, then every object that it knows, then the manifest; under a passing name until whole.
import { copyFile, link, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { record } from '#audit'
import { type Clock, type Environment, Fault, newId } from '#base'
import { type Connection, type Database, readSnapshot, writeMeta } from '#db'
import { liesInside, listKeys, type Vault } from '#vault'
import { readLines, tallyOf, writeLines } from './lines.ts'
import { type Manifest, readManifest, writeManifest } from './manifest.ts'
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
      deployment: await copyDeployment(settings.folder, part),
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

type Listed = { readonly id: string; readonly bytes: number; readonly sha256: string }

async function copyObjects(
  { database, folder, say }: BackupSettings,
  part: string,
  ids: readonly string[],
  former: string | undefined,
): Promise<Pick<Manifest, 'objects' | 'destroyedMeanwhile'>> {
  const known = former === undefined ? new Map<string, Listed>() : await listedIn(former)
  const destroyedMeanwhile: string[] = []
  let [count, objectBytes] = [0, 0]
  const copying = async function* (): AsyncGenerator<Listed> {
    for (const id of ids) {
      const one = await copyOne({ id, folder, part, former, known: known.get(id) })
      if (one === undefined) {
        await refuseMissing(database, id)
        destroyedMeanwhile.push(id)
        continue
      }
      count += 1
      objectBytes += one.bytes
      if (count % 10_000 === 0) say?.(`${count} of ${ids.length} objects`)
      yield one
    }
  }
  const written = await writeLines(join(part, 'objects.jsonl.gz'), copying())
  return { objects: { ...written, count, objectBytes }, destroyedMeanwhile }
}

const inShard = (root: string, id: string) => join(root, 'objects', id.slice(-2), id)

/** Undefined when the file is not there any more. */
async function copyOne({
  id,
  folder,
  part,
  former,
  known,
}: {
  readonly id: string
  readonly folder: string
  readonly part: string
  readonly former: string | undefined
  readonly known: Listed | undefined
}): Promise<Listed | undefined> {
  const [from, to] = [inShard(folder, id), inShard(part, id)]
  const size = await stat(from).then(
    (file) => file.size,
    (cause: unknown) => {
      if (Object(cause).code === 'ENOENT') return undefined
      throw cause
    },
  )
  if (size === undefined) return undefined
  await mkdir(join(part, 'objects', id.slice(-2)), { recursive: true, mode: 0o700 })
  // An object's bytes change only when it is sealed anew, and then its time does.
  if (former !== undefined && known?.bytes === size && (await sameTime(from, inShard(former, id)))) {
    const linked = await link(inShard(former, id), to).then(
      () => true,
      () => false,
    )
    if (linked) return known
  }
  await copyFile(from, to)
  const { mtime, atime } = await stat(from)
  const handle = await open(to, 'r+')
  try {
    await handle.utimes(atime, mtime)
    await handle.sync()
  } finally {
    await handle.close()
  }
  const tally = await tallyOf(to)
  return tally && { id, ...tally }
}

async function sameTime(one: string, other: string): Promise<boolean> {
  try {
    return Math.abs((await stat(one)).mtimeMs - (await stat(other)).mtimeMs) < 1_000
  } catch {
    return false
  }
}

async function listedIn(former: string): Promise<Map<string, Listed>> {
  const known = new Map<string, Listed>()
  for await (const line of readLines(join(former, 'objects.jsonl.gz'), 'objects.jsonl.gz')) {
    const one = line as Listed
    known.set(one.id, one)
  }
  return known
}

/** Gone is right only for what was destroyed; anything else is evidence that somebody lost. */
async function refuseMissing({ read }: Database, id: string): Promise<void> {
  const row = await read.selectFrom('vault_objects').select('state').where('id', '=', id).executeTakeFirst()
  if (row?.state === 'destroyed') return
  throw new Fault(
    'evidence_missing',
    `the file of ${id} is not in the vault's folder, and it was never destroyed: restore it from an older backup first; nothing was written`,
    { retry: 'ask_a_person' },
  )
}

async function copyDeployment(folder: string, part: string): Promise<Manifest['deployment']> {
  const to = join(part, 'deployment')
  await copyFile(join(folder, 'deployment'), to)
  const tally = await tallyOf(to)
  if (tally === undefined) throw new Error('what was copied is not there')
  return tally
}

async function copyLogbook(folder: string, part: string): Promise<Manifest['logbook']> {
  const names = await readdir(join(folder, 'logbook')).catch(() => [])
  const copied: Manifest['logbook'] = []
  if (names.length > 0) await mkdir(join(part, 'logbook'), { mode: 0o700 })
  for (const name of names.sort()) {
    const to = join(part, 'logbook', name)
    await copyFile(join(folder, 'logbook', name), to)
    const tally = await tallyOf(to)
    if (tally !== undefined) copied.push({ name, ...tally })
  }
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

async function syncAll(part: string): Promise<void> {
  for (const folder of ['objects', 'logbook'])
    for (const name of await readdir(join(part, folder)).catch(() => []))
      if ((await stat(join(part, folder, name))).isDirectory()) await syncFolder(join(part, folder, name))
  await syncFolder(join(part, 'objects'))
  await syncFolder(part)
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
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
