// Whether evidence could be stored now, tried by storing something: a disk that went read-only still tells its free space.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '#base'
import type { Connection } from '#db'
import { isOurs } from './deployment.ts'
import { fault, writeFault } from './fault.ts'

/** Load balancers ask every second or so, and each try waits for the disk. */
const everyMs = 10_000

/** Rejects with the Fault `vault_full`, `vault_unwritable` or `folder_foreign`; the answer is up to 10 s old. */
export function openProbe(folder: string, db: Connection, clock: Clock): () => Promise<void> {
  let last: { readonly at: number; readonly tried: Promise<void> } | undefined
  return () => {
    const now = clock.now()
    // A clock that was put back must not make an answer last.
    if (last === undefined || Math.abs(now - last.at) >= everyMs) last = { at: now, tried: tryOnce(folder, db) }
    return last.tried
  }
}

async function tryOnce(folder: string, db: Connection): Promise<void> {
  if (!(await isOurs(folder, db)))
    throw fault('folder_foreign', 'the evidence folder is not the one of this database: is its disk mounted?', 'later')
  try {
    await writeFile(join(folder, 'probe'), 'It could be written.\n', { mode: 0o600, flush: true })
  } catch (error) {
    throw writeFault(error)
  }
}
