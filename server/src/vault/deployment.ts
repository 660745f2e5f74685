// Which evidence folder belongs to which database. Both carry the same deployment id; where they differ nothing starts and
// nothing is swept, since to the wrong database every file of the folder looks like nobody's.
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, newId } from '#base'
import { type Connection, type Database, readMeta, writeMeta } from '#db'
import { makeFolder, syncFolder } from './durable.ts'
import { fault, placeWords, systemCode, writeFault } from './fault.ts'
import { anyStored } from './store.ts'

const metaKey = 'vault.deployment'
const stampOf = (folder: string) => join(folder, 'deployment')

/**
 * At every start. Binds folder and database to each other while neither holds evidence (`first`: this start may do so);
 * from then on the stamps must agree. Fault `folder_foreign`, in words that say what to do.
 */
export async function checkDeployment({
  folder,
  database,
  clock,
  first,
}: {
  readonly folder: string
  readonly database: Database
  readonly clock: Clock
  readonly first: boolean
}): Promise<void> {
  // In this order, so that another replica's first start at the same moment is seen whole: it stamps, then stores.
  const stored = await anyStored(database.read)
  const files = await anyFile(join(folder, 'objects'))
  const stamp = await readStamp(folder)
  const known = await readMeta(database.read, metaKey)
  if (known !== undefined && stamp === known) return
  if (known === undefined && (files || stored)) throw unknownHere(folder)
  if (stamp === undefined && stored) throw lost(folder, known)
  if (files || stored) throw foreign(folder, known)
  if (first) await bind(folder, database, newId('deployment', clock))
}

/** Whether folder and database still belong together: a disk can be unmounted under a running server. */
export async function isOurs(folder: string, db: Connection): Promise<boolean> {
  const stamp = await readStamp(folder)
  return stamp !== undefined && stamp === (await readMeta(db, metaKey))
}

/** The database decides which of several first starts is the first. */
async function bind(folder: string, database: Database, fresh: string): Promise<void> {
  const id = await database.transact(async (tx) => {
    const known = await readMeta(tx, metaKey)
    if (known === undefined) await writeMeta(tx, metaKey, fresh)
    return known ?? fresh
  })
  // A name of its own for each start: two of them write the same words.
  const part = `${stampOf(folder)}.${fresh}`
  try {
    await makeFolder(folder)
    await writeFile(part, `${id}\n`, { mode: 0o600, flush: true })
    await rename(part, stampOf(folder))
    await syncFolder(folder)
  } catch (error) {
    await rm(part, { force: true })
    throw writeFault(error)
  }
}

async function readStamp(folder: string): Promise<string | undefined> {
  try {
    return (await readFile(stampOf(folder), 'utf8')).trim()
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw unreadable(error)
  }
}

/** Whether anything at all lies below `objects`; what cannot be looked into counts, for it may hide evidence. */
async function anyFile(objects: string): Promise<boolean> {
  try {
    for (const each of await readdir(objects, { withFileTypes: true })) {
      if (each.name === 'lost+found') continue
      if (!each.isDirectory() || (await anyFile(join(objects, each.name)))) return true
    }
    return false
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    if (systemCode(error) === undefined) throw error
    return true
  }
}

function unknownHere(folder: string) {
  return fault(
    'folder_foreign',
    `this database is new and ${folder} holds the evidence of another one: set database.url (or data) back to the ` +
      'database that knows it, or give this one a data folder of its own; nothing was changed',
    'never',
  )
}

function lost(folder: string, known: string | undefined) {
  return fault(
    'folder_foreign',
    `this database knows of evidence and ${folder} is not the folder that holds it (no file "deployment" with ${known}): ` +
      'is its disk mounted, is data: right? Else restore the folder from its backup; nothing was changed',
    'never',
  )
}

function foreign(folder: string, known: string | undefined) {
  return fault(
    'folder_foreign',
    `${folder} belongs to another deployment than this database (${known}): set data: or database.url to the two that ` +
      'belong together; nothing was changed',
    'never',
  )
}

function unreadable(cause: unknown) {
  const words = `the evidence folder's file "deployment" cannot be read: ${placeWords(cause)}`
  return fault('vault_unwritable', words, 'later', cause)
}
