// The opened vault: what it can do with the key, the folder and the database together.
import { chmod, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Actor, record } from '#audit'
import { type Clock, type Id, type Log, newId, secretBytes } from '#base'
import type { Database, Transaction } from '#db'
import { checkDeployment } from './deployment.ts'
import { type Digests, openDigests } from './digests.ts'
import { makeFolder, writeDurably } from './durable.ts'
import { type Evidence, evidenceIn } from './evidence.ts'
import { fault, systemCode, writeFault } from './fault.ts'
import { findKeys } from './find-keys.ts'
import { openHolding } from './holding.ts'
import { confirmKeyCopy, notHere, writeKeyCopy } from './key-copy.ts'
import { encrypt } from './object-format.ts'
import { openProbe } from './probe.ts'
import { openRing } from './ring.ts'
import { type Rotated, type RotationOptions, rotate } from './rotate.ts'
import type { Seals } from './seal.ts'
import * as store from './store.ts'
import { removeFile, type Swept, shardOf, sweep } from './sweep.ts'

export interface VaultSettings {
  /** Where the objects lie; made when it is missing. */
  readonly folder: string
  /** The master key's file, outside of `folder`. */
  readonly keyFile: string
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** Whether this may be the first start: a key may be made, and the folder bound to the database. */
  readonly createKey: boolean
}

/** Bytes that are durably in the folder and not yet in the database. */
export interface Preserved {
  readonly id: Id<'evidence'>
  readonly sizeBytes: number
  readonly wrappedKey: Uint8Array
}

export interface Vault extends Omit<Seals, 'keyed'>, Pick<Digests, 'keyed'> {
  /** Encrypts and stores bytes; when it resolves they survive a power cut. Faults: `vault_full`, `vault_unwritable`. */
  preserve(bytes: Uint8Array): Promise<Preserved>
  /** Makes preserved bytes known, in the transaction that needs them. */
  record(tx: Transaction, preserved: Preserved): Promise<void>
  /** Removes the file of a transaction that failed, unless it committed after all. Never throws: `sweep` comes later. */
  discard(preserved: Preserved): Promise<void>
  /** Whether the object is there: its row is `stored`, and its file lies in the folder. Opens nothing. */
  holds(tx: Transaction, id: string): Promise<boolean>
  /** Leaves the audit line in a transaction of its own, then opens. `why` is a plain word or two, `filing`. */
  open(id: string, by: { readonly actor: Actor; readonly why: string }): Promise<Evidence>
  /** Forbids destroying before `at` (epoch ms). Only ever moves later: a legal duty is not shortened by a second call. */
  keepUntil(tx: Transaction, id: string, at: number): Promise<void>
  /** Notes when the object is due to be destroyed; null takes the note back. Destroys nothing by itself. */
  destroyAfter(tx: Transaction, id: string, at: number | null): Promise<void>
  /** Erases the object's key and leaves a tombstone; a second call does nothing. Fault `evidence_kept` while it must be kept. */
  destroy(tx: Transaction, id: string, why: string, actor?: Actor): Promise<void>
  /** Removes the files of destroyed objects; sets those aside, for 30 days, that the database has not known for an hour. */
  sweep(): Promise<Swept>
  /** Removes the file of one destroyed object, at once; a call for any other does nothing. */
  removeFile(id: string): Promise<void>
  /** Whether evidence could be stored, tried at most every 10 s. Faults: `vault_full`, `vault_unwritable`, `folder_foreign`, `key_away`. */
  probe(): Promise<void>
  /** Writes a copy of a master key to a new file: of the one in use, unless another is named. */
  copyKey(toFile: string, which?: { readonly actor?: Actor; readonly fingerprint?: string }): Promise<void>
  /** See `confirmKeyCopy`. */
  confirmKeyCopy(fileOrHex: string, actor?: Actor): Promise<string>
  /**
   * Says in the database, until the returned function is called, that this process lives and which keys it has, and takes up
   * others: whoever opens the vault for more than a moment calls it before anything is sealed. Fault `key_away` without the key
   * in use; when it goes missing later, everything that seals or opens throws that, `later`, until it comes.
   */
  holdKeys(): Promise<() => Promise<void>>
  /** Takes up a key that was taken into use elsewhere, now rather than within a second. */
  lookAtKeys(): Promise<void>
  /** See `rotate`. */
  rotate(options: RotationOptions): Promise<Rotated>
}

/** Faults: `folder_foreign`, those of `findKeys`, `vault_full`, `vault_unwritable`. */
export async function openVault(settings: VaultSettings): Promise<Vault> {
  const { folder, keyFile, database, clock, log } = settings
  // Before the key: a database that does not belong here must not be given this folder's.
  await checkDeployment({ folder, database, clock, first: settings.createKey })
  const { keys, inUse } = await findKeys(settings)
  const ring = openRing(keyFile, keys, inUse)
  const digests = await openDigests(database.read, ring, ring.inUse)
  const holding = openHolding({ database, ring, clock, log })
  await makeObjectsFolder(join(folder, 'objects'))
  const probe = openProbe(folder, database.read, clock)

  const fileOf = (id: string) => join(shardOf(folder, id), id)
  const shards = new Map<string, Promise<void>>()
  // One making for all who wait: a shard's name must be synced before the first file in it counts as preserved.
  const makeShard = (shard: string) => {
    const made = shards.get(shard) ?? makeFolder(shard)
    shards.set(shard, made)
    return made.catch((error: unknown) => {
      shards.delete(shard)
      throw error
    })
  }
  const wrapContext = (id: string) => `vault_objects.wrapped_key:${id}`
  const must = async (tx: Transaction, id: string) => {
    const row = await store.findObject(tx, id)
    if (row === undefined) throw fault('evidence_unknown', 'the database knows no such evidence', 'never')
    return row
  }

  return {
    get fingerprint() {
      return ring.fingerprint
    },
    seal: ring.seal,
    unseal: ring.unseal,
    sealJson: ring.sealJson,
    unsealJson: ring.unsealJson,
    keyed: digests.keyed,
    holdKeys: holding.begin,
    lookAtKeys: holding.look,
    rotate: (options) => rotate({ keyFile, database, clock, log, ring, digests, holding }, options),
    preserve: async (bytes) => {
      const id = newId('evidence', clock)
      const key = secretBytes(32)
      try {
        await makeShard(shardOf(folder, id))
        await writeDurably(fileOf(id), encrypt(key, id, bytes), clock.now())
      } catch (error) {
        throw writeFault(error)
      }
      return { id, sizeBytes: bytes.length, wrappedKey: ring.seal(wrapContext(id), key) }
    },
    record: (tx, preserved) => store.insertObject(tx, { ...preserved, storedAt: clock.now() }),
    discard: async ({ id }) => {
      try {
        if (await database.transact((tx) => store.isForsaken(tx, id))) await rm(fileOf(id), { force: true })
      } catch (error) {
        log.warn({ evidence: id, code: systemCode(error) }, 'an unneeded evidence file is left for the sweep')
      }
    },
    holds: async (tx, id) => {
      if ((await store.findObject(tx, id))?.state !== 'stored') return false
      return stat(fileOf(id)).then(
        (file) => file.size > 0,
        () => false,
      )
    },
    open: async (id, { actor, why }) => {
      const row = await database.transact(async (tx) => {
        const found = await must(tx, id)
        await record(tx, clock, { actor, act: 'open_evidence', subject: id, detail: { why } })
        return found
      })
      if (row.wrapped_key === null)
        throw fault('evidence_destroyed', 'this evidence was destroyed; only its tombstone is left', 'never')
      const key = ring.unseal(wrapContext(id), row.wrapped_key)
      return evidenceIn(fileOf(id), key, id, row.size_bytes)
    },
    keepUntil: async (tx, id, at) => {
      const row = await must(tx, id)
      await store.setKeepUntil(tx, id, Math.max(at, row.keep_until ?? at))
    },
    destroyAfter: async (tx, id, at) => {
      await must(tx, id)
      await store.setDestroyAfter(tx, id, at)
    },
    destroy: async (tx, id, why, actor = 'wardline') => {
      const row = await must(tx, id)
      if (row.state === 'destroyed') return
      if (row.keep_until !== null && row.keep_until > clock.now())
        throw fault('evidence_kept', 'this evidence must be kept for longer and was not destroyed', 'never')
      await store.eraseKey(tx, id, clock.now(), why)
      await record(tx, clock, { actor, act: 'destroy_evidence', subject: id, detail: { why } })
    },
    sweep: () => sweep({ folder, db: database.read, clock, log }),
    removeFile: (id) => removeFile({ folder, db: database.read }, id),
    probe: async () => {
      ring.must()
      await probe()
    },
    copyKey: async (toFile, { actor = 'wardline', fingerprint = ring.fingerprint } = {}) => {
      if (ring.of(fingerprint) === undefined) throw notHere()
      // The line comes first, as with evidence: a copy that nobody knows of would be worse than a line too many.
      await database.transact((tx) => record(tx, clock, { actor, act: 'copy_vault_key', subject: fingerprint }))
      await writeKeyCopy(keyFile, fingerprint, toFile)
    },
    confirmKeyCopy: (fileOrHex, actor = 'wardline') => confirmKeyCopy(fileOrHex, { database, clock, keyFile, actor }),
  }
}

async function makeObjectsFolder(objects: string): Promise<void> {
  try {
    await makeFolder(objects)
    if (((await stat(objects)).mode & 0o077) !== 0) await chmod(objects, 0o700)
  } catch (error) {
    throw writeFault(error)
  }
}
