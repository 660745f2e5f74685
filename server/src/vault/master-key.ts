// The master key's file: 32 random bytes as hex, readable by its owner only, outside of the data folder, so that a
// copy of the data folder alone opens nothing.
import { chmod, mkdir, open, readFile, realpath, rm, stat } from 'node:fs/promises'
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path'
import { secretBytes } from '#base'
import { syncFolder } from './durable.ts'
import { fault, systemCode } from './fault.ts'

/** The key, or undefined when there is no such file. */
export async function readMasterKey(keyFile: string): Promise<Buffer | undefined> {
  try {
    const { mode } = await stat(keyFile)
    if ((mode & 0o077) !== 0)
      throw fault(
        'key_exposed',
        `the vault key file can be used by others on this machine (mode ${(mode & 0o777).toString(8)}); ` +
          'run: chmod 600 on it, and think about who may have read it',
        'never',
      )
    return parseKey(await readFile(keyFile, 'utf8'))
  } catch (error) {
    const code = systemCode(error)
    if (code === 'ENOENT') return undefined
    if (code?.startsWith('E'))
      throw fault(
        'key_unreadable',
        `the vault key file cannot be read (${code}): check its path and owner`,
        'never',
        error,
      )
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
      throw fault(
        'key_unreadable',
        `the vault key file cannot be made (${systemCode(error) ?? 'unknown'}): check that its folder can be written`,
        'never',
        error,
      )
    const theirs = await readMasterKey(keyFile)
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

/** Whether a path leads into a folder, by whatever link, also when it does not exist yet. */
export async function liesInside(folder: string, path: string): Promise<boolean> {
  const way = relative(await realPath(folder), await realPath(path))
  return way !== '..' && !way.startsWith('../') && !isAbsolute(way)
}

/** Like realpath, also for what does not exist yet. */
async function realPath(path: string): Promise<string> {
  const full = resolve(path)
  try {
    return await realpath(full)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT' || dirname(full) === full) throw error
    return join(await realPath(dirname(full)), basename(full))
  }
}
