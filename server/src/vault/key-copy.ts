// The master key's copy: without one, a lost disk loses all evidence. The doctor nags until a copy was shown to be good.
import { readFile, stat } from 'node:fs/promises'
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Connection, Database } from '#db'
import { fault, placeWords, systemCode } from './fault.ts'
import { besideOf, readKeys } from './key-files.ts'
import { listKeys } from './keys.ts'
import { parseKey, writeKey } from './master-key.ts'
import { openSeals } from './seal.ts'
import { changeKey, keyInUse, keyRows } from './store-keys.ts'

/** Writes a copy of a key to a new file, 0600. */
export async function writeKeyCopy(keyFile: string, fingerprint: string, toFile: string): Promise<void> {
  const key = readKeys(keyFile).get(fingerprint)
  if (key === undefined) throw notHere()
  try {
    await writeKey(toFile, key)
  } catch (error) {
    const words =
      systemCode(error) === 'EEXIST'
        ? 'there is a file of that name already: a copy never writes over anything'
        : `the copy cannot be written there: ${placeWords(error)}`
    throw fault('key_copy_refused', words, 'never', error)
  }
}

/** Says nothing of what was asked for: somebody may have typed the key itself. */
export const notHere = () =>
  fault('key_missing', 'no key of that fingerprint is on this machine: `wardline vault status` shows them', 'never')

/**
 * Checks a copy (a file's path, or the key itself as 64 hex digits) against the fingerprints in the database, remembers when, and
 * answers with which key it is of. Needs no opened vault: a copy can be checked while the key file is lost.
 */
export async function confirmKeyCopy(
  fileOrHex: string,
  at: { readonly database: Database; readonly clock: Clock; readonly keyFile: string; readonly actor?: Actor },
): Promise<string> {
  const key = /^[0-9a-f]{64}$/i.test(fileOrHex) ? parseKey(fileOrHex) : await readCopy(fileOrHex, at.keyFile)
  const fingerprint = openSeals(key).fingerprint
  await at.database.transact(async (tx) => {
    const known = await keyInUse(tx)
    if (known === undefined)
      throw fault('key_missing', 'this deployment has no vault key yet: nothing to copy', 'never')
    if (!(await keyRows(tx)).some((row) => row.fingerprint === fingerprint))
      throw fault(
        'key_wrong',
        `this copy is of another key (fingerprint ${fingerprint}, this deployment has ${known}): copy again`,
        'never',
      )
    await changeKey(tx, fingerprint, { copied_at: at.clock.now() })
    await record(tx, at.clock, { actor: at.actor ?? 'wardline', act: 'confirm_vault_key_copy', subject: fingerprint })
  })
  return fingerprint
}

/** Epoch milliseconds of the last confirmation of a copy of the key in use, or undefined. */
export async function keyCopyConfirmedAt(db: Connection): Promise<number | undefined> {
  return (await listKeys(db)).find(({ state }) => state === 'in_use')?.copiedAt
}

async function readCopy(file: string, keyFile: string): Promise<Buffer> {
  try {
    const key = parseKey(await readFile(file, 'utf8'))
    const copy = await stat(file)
    for (const original of [keyFile, besideOf(keyFile, openSeals(key).fingerprint)]) {
      const its = await stat(original).catch(() => undefined)
      if (copy.dev === its?.dev && copy.ino === its.ino)
        throw fault('key_copy_refused', 'this is the key file itself, not a copy of it', 'never')
    }
    return key
  } catch (error) {
    if (error instanceof Fault) throw error
    throw fault('key_copy_refused', `the copy cannot be read: ${placeWords(error)}`, 'never', error)
  }
}
