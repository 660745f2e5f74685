// Tells running servers that corrections, canaries or disabled entries changed: they look at one number and read anew when it moved.
import { type Connection, readMeta, type Transaction, writeMeta } from '#db'

const VERSION = 'lists.guards_version'

/** Rises by one with every change of corrections, canaries and disabled entries; 0 before the first. */
export async function guardsVersion(db: Connection): Promise<number> {
  return Number((await readMeta(db, VERSION)) ?? 0)
}

export async function raiseGuardsVersion(tx: Transaction): Promise<void> {
  await writeMeta(tx, VERSION, String((await guardsVersion(tx)) + 1))
}
