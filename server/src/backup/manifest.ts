// What a backup says of itself. It is written last, so a folder without it is no backup; it is tied to the vault's key.
import { createHash } from 'node:crypto'
import { open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { environments, Fault } from '#base'
import { besideOf, type OpenKeys, sealedUnder, type Vault } from '#vault'

const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
const listed = z.strictObject({ bytes: z.int(), sha256 })

const manifest = z.strictObject({
  format: z.literal('wardline-backup'),
  version: z.literal(1),
  id: z.string().regex(/^backup_[a-z0-9]+$/),
  environment: z.enum(environments),
  /** The moment the database is of; epoch milliseconds. */
  asOf: z.int(),
  finishedAt: z.int(),
  migrations: z.array(z.string()),
  database: listed.extend({ rows: z.int() }),
  /** objects.jsonl.gz, one line an object: its id, size and SHA-256. */
  objects: listed.extend({ count: z.int(), objectBytes: z.int() }),
  /** The id that binds database and evidence. */
  deployment: listed,
  logbook: z.array(listed.extend({ name: z.string().regex(/^[\w.-]+$/) })),
  /** Objects that were destroyed between the database's moment and their turn to be copied. */
  destroyedMeanwhile: z.array(z.string()),
  /** Of each key that something in here opens with; the keys themselves are nowhere in here. */
  keyFingerprints: z.array(z.string().regex(/^[0-9a-f]{16}$/)),
})

export type Manifest = z.infer<typeof manifest>

const signed = z.strictObject({ manifest, tie: z.base64() })

/** The manifest's digest, sealed: who has not the key can make no other that opens. */
const placeOf = ({ id }: Manifest) => `backup.manifest:${id}`
const digestOf = (one: Manifest) => createHash('sha256').update(JSON.stringify(one)).digest('hex')

export async function writeManifest(folder: string, vault: Pick<Vault, 'seal'>, one: Manifest): Promise<void> {
  const parsed = manifest.parse(one)
  const handle = await open(join(folder, 'manifest.json'), 'wx', 0o600)
  try {
    const tie = Buffer.from(vault.seal(placeOf(parsed), digestOf(parsed))).toString('base64')
    await handle.writeFile(`${JSON.stringify({ manifest: parsed, tie }, null, 2)}\n`)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Without keys it is read and not believed. Faults `no_backup`, `backup_altered`, `newer_version`, `key_missing` when it needs other keys than those. */
export async function readManifest(folder: string, keys?: OpenKeys): Promise<Manifest> {
  const text = await readFile(join(folder, 'manifest.json'), 'utf8').catch((cause: unknown) => {
    const words = `there is no whole backup in ${folder}: it has no manifest.json, which is written last`
    throw new Fault('no_backup', words, { retry: 'never', cause })
  })
  const { manifest: read, tie } = parse(text)
  if (keys === undefined) return read
  // Before it is believed, for without its keys nothing of it can be: after a rotation it needs a former one, or several.
  refuseWithout(keys, [...read.keyFingerprints, sealedUnder(Buffer.from(tie, 'base64')) ?? ''])
  if (opened(keys, read, tie) !== digestOf(read))
    throw altered('manifest.json', 'it was altered, or made under another vault key than those that are here')
  return read
}

function refuseWithout({ keyFile, fingerprints }: OpenKeys, needed: readonly string[]): void {
  const missing = [...new Set(needed)].filter((one) => one !== '' && !fingerprints.includes(one))
  if (missing.length === 0) return
  const files = missing.map((fingerprint) => besideOf(keyFile, fingerprint)).join(', ')
  const words =
    `this backup opens with a vault key that is not here (fingerprint ${missing.join(', ')}): put the copy of it beside the key ` +
    `file, named ${files}, readable by its owner only; take no other key away`
  throw new Fault('key_missing', words, { retry: 'never' })
}

function opened({ unseal }: OpenKeys, read: Manifest, tie: string): string | undefined {
  try {
    return unseal(placeOf(read), Buffer.from(tie, 'base64')).toString('utf8')
  } catch (cause) {
    if (cause instanceof Fault) return undefined
    throw cause
  }
}

function parse(text: string) {
  try {
    const json: unknown = JSON.parse(text)
    const version: unknown = Object(Object(json).manifest).version
    if (typeof version === 'number' && version > 1)
      throw new Fault(
        'newer_version',
        'this backup was made by a newer version of Wardline: restore it with that one',
        {
          retry: 'never',
        },
      )
    return signed.parse(json)
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw altered('manifest.json', 'it is not what Wardline writes', cause)
  }
}

/** `what`: the name of a file inside of the backup. */
export function altered(what: string, words: string, cause?: unknown): Fault {
  return new Fault('backup_altered', `${what} of the backup: ${words}`, { retry: 'never', cause })
}

/** Counts and digests what passes. */
export class Tally {
  readonly #hash = createHash('sha256')
  bytes = 0

  add(piece: Uint8Array): void {
    this.#hash.update(piece)
    this.bytes += piece.byteLength
  }

  /** Once, at the end. */
  sum(): { readonly bytes: number; readonly sha256: string } {
    return { bytes: this.bytes, sha256: this.#hash.digest('hex') }
  }
}
