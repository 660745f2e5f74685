// The master key's copy: without one, a lost disk loses all evidence. The doctor nags until a copy was shown to be good.
import { readFile, stat } from 'node:fs/promises'
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import { type Connection, type Database, readMeta, writeMeta } from '#db'
import { fault, systemCode } from './fault.ts'
import { parseKey, writeKey } from './master-key.ts'
import { openSeals } from './seal.ts'

const confirmedKey = 'vault.key_copy_confirmed_at'

/** Writes a copy of the key to a new file, 0600. */
export async function writeKeyCopy(keyFile: string, toFile: string): Promise<void> {
  const key = parseKey(await readFile(keyFile, 'utf8'))
  try {
    await writeKey(toFile, key)
  } catch (error) {
    const code = systemCode(error) ?? 'unknown'
    const words =
      code === 'EEXIST'
        ? 'there is a file of that name already: a copy never writes over anything'
        : `the copy cannot be written to that place (${code})`
    throw fault('key_copy_refused', words, 'never', error)
  }
}

/**
 * Checks a copy (a file's path, or the key itself as 64 hex digits) against the fingerprint in the database and
 * remembers when. Needs no opened vault: a copy can be checked while the key file is lost.
 */
export async function confirmKeyCopy(
  fileOrHex: string,
  at: { readonly database: Database; readonly clock: Clock; readonly keyFile: string; readonly actor?: Actor },
): Promise<void> {
  const key = /^[0-9a-f]{64}$/i.test(fileOrHex) ? parseKey(fileOrHex) : await readCopy(fileOrHex, at.keyFile)
  const fingerprint = openSeals(key).fingerprint
  await at.database.transact(async (tx) => {
    const known = await readMeta(tx, 'vault.fingerprint')
    if (known === undefined)
      throw fault('key_missing', 'this deployment has no vault key yet: nothing to copy', 'never')
    if (known !== fingerprint)
      throw fault(
        'key_wrong',
        `this copy is of another key (fingerprint ${fingerprint}, this deployment has ${known}): copy again`,
        'never',
      )
    await writeMeta(tx, confirmedKey, String(at.clock.now()))
    await record(tx, at.clock, { actor: at.actor ?? 'wardline', act: 'confirm_vault_key_copy', subject: fingerprint })
  })
}

/** Epoch milliseconds of the last confirmation, or undefined. */
export async function keyCopyConfirmedAt(db: Connection): Promise<number | undefined> {
  const text = await readMeta(db, confirmedKey)
  return text === undefined ? undefined : Number(text)
}

async function readCopy(file: string, keyFile: string): Promise<Buffer> {
  try {
    const [copy, original] = await Promise.all([stat(file), stat(keyFile).catch(() => undefined)])
    if (copy.dev === original?.dev && copy.ino === original.ino)
      throw fault('key_copy_refused', 'this is the key file itself, not a copy of it', 'never')
    return parseKey(await readFile(file, 'utf8'))
  } catch (error) {
    if (error instanceof Fault) throw error
    throw fault('key_copy_refused', `the copy cannot be read (${systemCode(error) ?? 'unknown'})`, 'never', error)
  }
}
