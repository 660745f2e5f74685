// Takes away the files that nothing needs any more. Only a tombstone in the database ends a file at once; one that the
// database has never heard of (its transaction never committed, or the database is an older copy) is set aside for a month.
import { readdir, rename, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Log } from '#base'
import type { Connection } from '#db'
import { isOurs } from './deployment.ts'
import { makeFolder } from './durable.ts'
import { systemCode } from './fault.ts'
import { statesOf } from './store.ts'

/** A file younger than this may belong to a transaction that is still under way. */
const orphanAfterMs = 60 * 60 * 1000
/** Long enough to notice that the database is the wrong copy, and to start with the right one. */
const unknownKeptMs = 30 * 24 * 60 * 60 * 1000

export interface Swept {
  /** Files of destroyed objects, removed. */
  readonly destroyed: number
  /** Files that this database does not know, moved to `objects/unknown`. */
  readonly setAside: number
  /** Files that it knows again, moved back to their place. */
  readonly broughtBack: number
  /** Files that nobody knew for 30 days, removed. */
  readonly expired: number
}

interface Place {
  /** The vault's folder. */
  readonly folder: string
  readonly db: Connection
  readonly clock: Clock
  readonly log: Log
}

const id = '[0-9a-hjkmnp-tv-z]'
const shardName = new RegExp(`^${id}{2}$`)
const objectName = new RegExp(`^evidence_${id}{28}([.]part)?$`)

/** The last two characters are random (the first tell the time): 1024 folders, filled evenly. */
export const shardOf = (folder: string, object: string) => join(folder, 'objects', object.slice(-2))
const unknownIn = (folder: string) => join(folder, 'objects', 'unknown')

/** Never stops at what is no file of ours or cannot be read; that is passed over, and logged where it may matter. */
export async function sweep(place: Place): Promise<Swept> {
  const { folder, db, log } = place
  const swept = { destroyed: 0, setAside: 0, broughtBack: 0, expired: 0 }
  if (!(await isOurs(folder, db))) {
    log.error({}, 'the evidence folder is not the one of this database, so nothing was swept: is its disk mounted?')
    return swept
  }
  const objects = join(folder, 'objects')
  const shards = (await list(objects, log)).filter((one) => one.isDirectory() && shardName.test(one.name))
  for (const shard of shards) {
    const names = await objectsIn(join(objects, shard.name), log)
    const states = await statesOf(db, names)
    for (const name of names) {
      const file = join(objects, shard.name, name)
      const state = states.get(name)
      if (state === 'destroyed') swept.destroyed += await tried(place, name, () => rm(file, { force: true }))
      else if (state === undefined && (await ageMs(file, place)) > orphanAfterMs)
        swept.setAside += await tried(place, name, () => setAside(place, file, name))
    }
  }
  return sweepUnknown(place, swept)
}

async function sweepUnknown(place: Place, so: Swept): Promise<Swept> {
  const { folder, db, log } = place
  const swept = { ...so }
  const names = await objectsIn(unknownIn(folder), log)
  const states = await statesOf(db, names)
  for (const name of names) {
    const file = join(unknownIn(folder), name)
    const state = states.get(name)
    if (state === 'stored') swept.broughtBack += await tried(place, name, () => bringBack(place, file, name))
    else if (state === 'destroyed') swept.destroyed += await tried(place, name, () => rm(file, { force: true }))
    else if ((await ageMs(file, place)) > unknownKeptMs)
      swept.expired += await tried(place, name, () => expire(place, file, name))
  }
  return swept
}

/** The one file of an object that was just destroyed; of any other, none. */
export async function removeFile({ folder, db }: Pick<Place, 'folder' | 'db'>, object: string): Promise<void> {
  if ((await statesOf(db, [object])).get(object) !== 'destroyed') return
  await rm(join(shardOf(folder, object), object), { force: true })
  await rm(join(unknownIn(folder), object), { force: true })
}

async function setAside({ folder, clock, log }: Place, file: string, name: string): Promise<void> {
  await makeFolder(unknownIn(folder))
  // Its month begins now. Before the move: after a crash in between it is only set aside again, an hour later.
  await utimes(file, clock.now() / 1000, clock.now() / 1000)
  await rename(file, join(unknownIn(folder), name))
  log.warn({ evidence: name }, 'an evidence file that this database does not know was set aside (objects/unknown)')
}

async function bringBack({ folder, log }: Place, file: string, name: string): Promise<void> {
  await makeFolder(shardOf(folder, name))
  await rename(file, join(shardOf(folder, name), name))
  log.warn({ evidence: name }, 'an evidence file that had been set aside is known again and was put back in its place')
}

async function expire({ log }: Place, file: string, name: string): Promise<void> {
  await rm(file, { force: true })
  log.info({ evidence: name }, 'an evidence file that nobody knew for 30 days was removed')
}

/** 1 when it was done; a file that cannot be moved or removed stays for the next sweep. */
async function tried({ log }: Place, name: string, act: () => Promise<void>): Promise<number> {
  try {
    await act()
    return 1
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    // Another replica swept at the same moment.
    if (systemCode(error) === 'ENOENT') return 0
    log.warn({ evidence: name, code: systemCode(error) }, 'an evidence file could not be swept; it is tried again')
    return 0
  }
}

/** Names of our objects; whatever else somebody put there is not ours to touch. */
async function objectsIn(folder: string, log: Log): Promise<string[]> {
  const found = await list(folder, log)
  return found.filter((one) => one.isFile() && objectName.test(one.name)).map((one) => one.name)
}

async function list(folder: string, log: Log) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    if (systemCode(error) !== 'ENOENT')
      log.warn({ code: systemCode(error) }, 'a folder of evidence cannot be read and was passed over')
    return []
  }
}

async function ageMs(file: string, { clock }: Place): Promise<number> {
  try {
    return clock.now() - (await stat(file)).mtimeMs
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    // Renamed or removed since the folder was read, or not ours to see.
    return 0
  }
}
