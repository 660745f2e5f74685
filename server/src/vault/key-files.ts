// The files of a deployment's keys. The first key lies in the key file itself, one that a rotation made beside it in a file of its
// own, `<key file>.<fingerprint>`: no file that holds a key is ever written over, so no crash and no second command can lose one.
import { readdirSync, realpathSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { Fault, secretBytes } from '#base'
import { syncFolder } from './durable.ts'
import { broken, fault, keyAway, systemCode } from './fault.ts'
import { readMasterKey, writeKey } from './master-key.ts'
import { openSeals, placeOf, type Seals, sealedUnder } from './seal.ts'

/** Keys by their fingerprints. */
export type Keys = ReadonlyMap<string, Buffer>

/** A file beside the key file that holds no key, or another than its name says, is passed over: its write was cut off. */
export function readKeys(keyFile: string): Keys {
  const keys = new Map<string, Buffer>()
  // The key file last: a retirement may put one of the others into its place at this moment.
  for (const fingerprint of namesBeside(keyFile)) {
    const key = readWhole(besideOf(keyFile, fingerprint))
    if (key !== undefined && openSeals(key).fingerprint === fingerprint) keys.set(fingerprint, key)
  }
  const main = readMasterKey(keyFile)
  if (main !== undefined) keys.set(openSeals(main).fingerprint, main)
  return keys
}

/** What is there of a deployment's keys, without its database: enough to believe a backup. */
export interface OpenKeys {
  readonly keyFile: string
  readonly fingerprints: readonly string[]
  /** Throws the Fault `seal_broken` when none of them opens it. */
  readonly unseal: Seals['unseal']
}

export function openKeys(keyFile: string): OpenKeys {
  const keys = readKeys(keyFile)
  return {
    keyFile,
    fingerprints: [...keys.keys()],
    unseal: (context, sealed) => {
      const under = sealedUnder(sealed)
      if (under === undefined) throw broken(placeOf(context))
      const key = keys.get(under)
      if (key === undefined) throw keyAway(placeOf(context), under)
      return openSeals(key).unseal(context, sealed)
    },
  }
}

/** Where the key of this fingerprint lies, unless it lies in the key file itself; beside the real file where that is a link. */
export const besideOf = (keyFile: string, fingerprint: string): string => `${real(keyFile)}.${fingerprint}`

/** Makes a key in a file of its own, there after a power cut. */
export async function addKey(keyFile: string): Promise<{ readonly fingerprint: string; readonly key: Buffer }> {
  const key = secretBytes(32)
  const { fingerprint } = openSeals(key)
  try {
    await writeKey(besideOf(keyFile, fingerprint), key)
  } catch (cause) {
    const code = systemCode(cause) ?? 'unknown'
    const words = `a new key cannot be written beside ${keyFile} (${code}): its folder must be writable for a rotation`
    throw fault('key_unreadable', words, 'never', cause)
  }
  return { fingerprint, key }
}

/** Takes away a key that nothing was ever sealed with. */
export async function withdrawKey(keyFile: string, fingerprint: string): Promise<void> {
  await rm(besideOf(keyFile, fingerprint), { force: true })
}

/** Takes a retired key away. When it lies in the key file itself, the key in use takes its place, in one step. Fault `key_unreadable`. */
export async function dropKey(keyFile: string, retired: string, inUse: string): Promise<void> {
  const keys = readKeys(keyFile)
  if (!keys.has(inUse)) throw fault('key_missing', 'the key in use is not here: no key file was changed', 'never')
  try {
    await rm(besideOf(keyFile, retired), { force: true })
    const main = readMasterKey(keyFile)
    if (main !== undefined && openSeals(main).fingerprint === retired)
      await rename(besideOf(keyFile, inUse), real(keyFile))
    await syncFolder(dirname(real(keyFile)))
  } catch (cause) {
    const code = systemCode(cause)
    if (code === undefined || cause instanceof Fault) throw cause
    const words =
      `nothing needs this key any more, and its file cannot be taken away (${code}): let whoever runs this command write in the ` +
      'folder of the key file, then run the same command again'
    throw fault('key_unreadable', words, 'later', cause)
  }
}

function namesBeside(keyFile: string): string[] {
  const file = real(keyFile)
  const start = `${basename(file)}.`
  try {
    return readdirSync(dirname(file))
      .filter((name) => name.startsWith(start) && /^[0-9a-f]{16}$/.test(name.slice(start.length)))
      .map((name) => name.slice(start.length))
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return []
  }
}

function real(keyFile: string): string {
  try {
    return realpathSync(keyFile)
  } catch (error) {
    if (systemCode(error) === undefined) throw error
    return keyFile
  }
}

function readWhole(file: string): Buffer | undefined {
  try {
    return readMasterKey(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'key_wrong') return undefined
    throw error
  }
}
