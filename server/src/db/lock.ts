// One server per data folder. The lock is the operating system's own (through SQLite), so a killed server leaves none behind.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '#base'

/** Open locks; without this a handle that nobody looks at would be collected, and its lock with it. */
const held = new Set<DatabaseSync>()

/** Holds `folder` until the returned function is called or the process ends. Fault 'folder_in_use' when another one has it. */
export function lockFolder(folder: string): () => void {
  const db = new DatabaseSync(join(folder, 'server.lock'), { timeout: 200 })
  try {
    db.exec('pragma locking_mode = exclusive; begin exclusive')
  } catch (cause) {
    db.close()
    throw new Fault(
      'folder_in_use',
      'another Wardline server is running on this data folder; stop it first, or give this one a folder of its own',
      { retry: 'never', cause },
    )
  }
  held.add(db)
  return () => {
    if (held.delete(db)) db.close()
  }
}
