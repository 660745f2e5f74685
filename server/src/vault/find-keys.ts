// The keys with which a deployment starts: found, compared with what the database says, or made, once.
import { rm } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Clock } from '#base'
import type { Database } from '#db'
import { fault } from './fault.ts'
import { besideOf, type Keys, readKeys } from './key-files.ts'
import { listKeys } from './keys.ts'
import { makeMasterKey, readMasterKey, refuseKeyInside } from './master-key.ts'
import { openSeals } from './seal.ts'
import { insertKey, keyInUse, takeIntoUse } from './store-keys.ts'

interface Place {
  readonly folder: string
  readonly keyFile: string
  readonly database: Database
  readonly clock: Clock
  readonly createKey: boolean
}

/** The keys that are here, and which one is in use. Faults: `key_missing`, `key_wrong`, `key_exposed`, `key_unreadable`, `key_misplaced`. */
export async function findKeys(place: Place): Promise<{ readonly keys: Keys; readonly inUse: string }> {
  const { folder, keyFile, database } = place
  await refuseKeyInside(folder, keyFile)
  const known = await keyInUse(database.read)
  if (known === undefined) return firstKey(place)
  const keys = readKeys(keyFile)
  if (keys.size === 0)
    throw fault(
      'key_missing',
      `the vault key file is missing, and this deployment's evidence opens with no other key (fingerprint ${known}): ` +
        'restore the file from the copy that was made of it',
      'never',
    )
  if (!keys.has(known)) throw wrong(keyFile, [...keys.keys()].join(', '), known)
  const needed = (await listKeys(database.read)).find(
    ({ state, fingerprint }) => state === 'former' && !keys.has(fingerprint),
  )
  if (needed !== undefined)
    throw fault(
      'key_missing',
      `values are still sealed under a former key, which is not here (fingerprint ${needed.fingerprint}): put it back from its ` +
        `copy, as the key file with .${needed.fingerprint} behind its name`,
      'never',
    )
  return { keys, inUse: known }
}

async function firstKey({ keyFile, database, clock, createKey }: Place) {
  const found = readMasterKey(keyFile)
  if (found === undefined && !createKey)
    throw fault('key_missing', 'there is no vault key yet: the server makes it at its first start', 'never')
  const { key, made } = found === undefined ? await makeMasterKey(keyFile) : { key: found, made: false }
  const { fingerprint } = openSeals(key)
  try {
    await database.transact(async (tx) => {
      const known = await keyInUse(tx)
      if (known !== undefined && known !== fingerprint) throw wrong(keyFile, fingerprint, known)
      await insertKey(tx, { fingerprint, made_at: clock.now() })
      if (known === undefined) await takeIntoUse(tx, fingerprint, clock.now())
    })
  } catch (error) {
    // Another server stamped its own key in the same moment: ours has sealed nothing.
    if (made) await rm(keyFile, { force: true })
    throw error
  }
  return { keys: new Map([[fingerprint, key]]), inUse: fingerprint }
}

/** What is here may be a newer key, of which there is nothing else: nobody shall be told to write over it. */
function wrong(keyFile: string, here: string, known: string) {
  return fault(
    'key_wrong',
    `the vault key file holds another key (fingerprint ${here}) than this deployment's (${known}): put the file of the right key ` +
      `beside it, named ${basename(besideOf(keyFile, known))}, and take nothing away; nothing was changed`,
    'never',
  )
}
