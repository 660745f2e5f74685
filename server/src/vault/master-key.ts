// A master key's file: 32 random bytes as hex, readable by its owner only, outside of the data folder, so that a
// copy of the data folder alone opens nothing.
import { readFileSync, statSync } from 'node:fs'
import { chmod, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { secretBytes } from '#base'
import { syncFolder } from './durable.ts'
import { fault, placeWords, systemCode } from './fault.ts'
import { liesInside } from './inside.ts'

/** The key, or undefined when there is no such file. At once: a value that does not open yet must not wait for it. */
export function readMasterKey(keyFile: string): Buffer | undefined {
  try {
    const { mode } = statSync(keyFile)
    if ((mode & 0o077) !== 0)
      throw fault(
        'key_exposed',
        `the vault key file can be used by others on this machine (mode ${(mode & 0o777).toString(8)}); ` +
          'run: chmod 600 on it, and think about who may have read it',
        'never',
      )
    return parseKey(readFileSync(keyFile, 'utf8'))
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT') return undefined
    if (code?.startsWith('E'))
      throw fault('key_unreadable', `the vault key file cannot be read: ${placeWords(error)}`, 'never', error)
    throw error
  }
}

export function parseKey(text: string): Buffer {
  if (!/^[0-9a-f]{64}\s*$/i.test(text))
    throw fault('key_wrong', 'this is no vault key: one holds 64 hex digits and nothing else', 'never')
  return Buffer.from(text.trim(), 'hex')
}

/** Makes a new key; when another process was faster, takes the key which that one made. */
export async function makeMasterKey(keyFile: string): Promise<{ key: Buffer; made: boolean }> {
  const key = secretBytes(32)
  try {
    await mkdir(dirname(keyFile), { recursive: true, mode: 0o700 })
    await writeKey(keyFile, key)
    return { key, made: true }
  } catch (error) {
    if (systemCode(error) !== 'EEXIST')
      throw fault('key_unreadable', `the vault key file cannot be made: ${placeWords(error)}`, 'never', error)
    const theirs = readMasterKey(keyFile)
    if (theirs === undefined) throw fault('key_missing', 'the vault key file vanished while starting', 'never')
    return { key: theirs, made: false }
  }
}

/** Writes a key to a file that does not exist yet, durably; a half-written file is taken away again. */
export async function writeKey(file: string, key: Buffer): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await handle.writeFile(`${key.toString('hex')}\n`)
    await handle.sync()
  } catch (error) {
    await rm(file, { force: true })
    throw error
  } finally {
    await handle.close()
  }
  // An unusual umask may have taken the owner's own rights.
  await chmod(file, 0o600)
  await syncFolder(dirname(file))
}

/** Refuses a key file that lies inside `folder`, also when it gets there by a link. */
export async function refuseKeyInside(folder: string, keyFile: string): Promise<void> {
  if (await liesInside(folder, keyFile))
    throw fault(
      'key_misplaced',
      'the vault key file lies inside the evidence folder, so a copy of the folder would carry its own key; ' +
        'put it elsewhere',
      'never',
    )
}
