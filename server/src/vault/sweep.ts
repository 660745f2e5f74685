// Takes away the files that nothing needs any more: those of destroyed objects, and those whose transaction never
// committed because the process died in between.
import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock, Log } from '#base'
import type { Connection } from '#db'
import { systemCode } from './fault.ts'
import { statesOf } from './store.ts'

/** A file younger than this may belong to a transaction that is still under way. */
const orphanAfterMs = 60 * 60 * 1000
/** A crash leaves a file or two. More than this, and more than a tenth of all, looks like a wrong or older database. */
const orphansAtOnce = 100

export interface Swept {
  readonly destroyed: number
  readonly orphans: number
}

export async function sweep(objects: string, db: Connection, clock: Clock, log: Log): Promise<Swept> {
  const destroyed: string[] = []
  const orphans: string[] = []
  let total = 0
  for (const shard of await readdir(objects)) {
    const names = await readdir(join(objects, shard))
    total += names.length
    const states = await statesOf(db, names)
    for (const name of names) {
      const file = join(objects, shard, name)
      const state = states.get(name)
      if (state === 'destroyed') destroyed.push(file)
      else if (state === undefined && (await ageMs(file, clock)) > orphanAfterMs) orphans.push(file)
    }
  }
  const suspicious = orphans.length > orphansAtOnce && orphans.length > total / 10
  if (suspicious)
    log.warn(
      { orphans: orphans.length, files: total },
      'many evidence files are unknown to this database; none was removed: check that it is the right one, not an older copy',
    )
  const remove = suspicious ? destroyed : [...destroyed, ...orphans]
  for (const file of remove) await rm(file, { force: true })
  return { destroyed: destroyed.length, orphans: suspicious ? 0 : orphans.length }
}

async function ageMs(file: string, clock: Clock): Promise<number> {
  try {
    return clock.now() - (await stat(file)).mtimeMs
  } catch (error) {
    // Renamed or removed since the folder was read.
    if (systemCode(error) === 'ENOENT') return 0
    throw error
  }
}
