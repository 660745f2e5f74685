// The key with which a deployment starts: found, compared with the fingerprint in the database, or made, once.
import { rm } from 'node:fs/promises'
import { type Database, readMeta, writeMeta } from '#db'
import { fault } from './fault.ts'
import { makeMasterKey, readMasterKey, refuseKeyInside } from './master-key.ts'
import { openSeals } from './seal.ts'

/** Faults: `key_missing`, `key_wrong`, `key_exposed`, `key_unreadable`, `key_misplaced`. */
export async function findKey({
  folder,
  keyFile,
  database,
  createKey,
}: {
  readonly folder: string
  readonly keyFile: string
  readonly database: Database
  readonly createKey: boolean
}): Promise<Buffer> {
  await refuseKeyInside(folder, keyFile)
  const known = await readMeta(database.read, 'vault.fingerprint')
  const found = await readMasterKey(keyFile)
  if (found === undefined && known !== undefined)
    throw fault(
      'key_missing',
      `the vault key file is missing, and this deployment's evidence opens with no other key (fingerprint ${known}): ` +
        'restore the file from the copy that was made of it',
      'never',
    )
  if (found === undefined && !createKey)
    throw fault('key_missing', 'there is no vault key yet: the server makes it at its first start', 'never')
  const { key, made } = found === undefined ? await makeMasterKey(keyFile) : { key: found, made: false }
  try {
    await stamp(database, openSeals(key).fingerprint)
  } catch (error) {
    // Another server stamped its own key in the same moment: ours has sealed nothing.
    if (made) await rm(keyFile, { force: true })
    throw error
  }
  return key
}

async function stamp(database: Database, fingerprint: string): Promise<void> {
  await database.transact(async (tx) => {
    const known = await readMeta(tx, 'vault.fingerprint')
    if (known === undefined) return writeMeta(tx, 'vault.fingerprint', fingerprint)
    if (known !== fingerprint)
      throw fault(
        'key_wrong',
        `the vault key file holds another key (fingerprint ${fingerprint}) than this deployment's (${known}): ` +
          'put the right key file in its place; nothing was changed',
        'never',
      )
  })
}
