// For tests: a migrated database, a vault, a still clock, and finds to put into cases. The bytes are random, never a picture.
import { createHash } from 'node:crypto'
import { type Clock, newId, secretBytes } from '#base'
import type { DatabaseSettings, Transaction } from '#db'
import type { Algorithm, ListClass } from '#lists'
import { openVaultWorld, type VaultWorld } from '../vault/testing.ts'
import { type Find, type Joined, openOrJoin } from './join.ts'

export interface Ground extends VaultWorld {
  /** Preserves fresh bytes (or these) and puts the find into a case. */
  found(find?: Partial<Find>, bytes?: Uint8Array): Promise<Joined>
  transact<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
}

export async function openGround(settings: DatabaseSettings): Promise<Ground> {
  const world = await openVaultWorld(settings)
  const { database, vault, clock } = world
  const found: Ground['found'] = async (find = {}, bytes = secretBytes(64)) => {
    const preserved = await vault.preserve(bytes)
    return database.transact(async (tx) => {
      await vault.record(tx, preserved)
      return openOrJoin(tx, clock, vault, { ...aFind(clock, bytes), vaultId: preserved.id, ...find })
    })
  }
  return { ...world, found, transact: (work) => database.transact(work) }
}

/** An exact match on a test list, sent by account 7. */
export function aFind(clock: Clock, bytes: Uint8Array): Omit<Find, 'vaultId'> {
  const digest = (name: string) => createHash(name).update(bytes).digest('hex')
  const digests = { md5: digest('md5'), sha1: digest('sha1'), sha256: digest('sha256') }
  return {
    environment: 'sandbox',
    route: 'report',
    context: { surface: 'upload', account: { id: '7' } },
    file: {
      sizeBytes: bytes.length,
      mediaType: 'image/png',
      digests,
      pictures: [aPicture],
      grounds: [exact],
      why: 'an exact match on a test list',
    },
    scanId: newId('scan', clock),
    apiKeyId: 'key_1',
    receivedAt: clock.now(),
    settleMs: 600_000,
    entryKeys: [],
  }
}

const aPrint = { hash: new Uint8Array(32).fill(0xa5), quality: 100 }
const aPicture = { index: 0, width: 64, height: 48, commandLine: aPrint, fullResolution: aPrint }

export const exact = {
  listId: 'album',
  source: 'demo',
  entryId: 'entry-1',
  class: 'test' as ListClass,
  algorithm: 'sha256' as Algorithm,
  distanceBits: 0,
  radiusBits: 0,
  pictureIndex: null,
  flavour: null,
  quality: null,
}

export const near = {
  ...exact,
  algorithm: 'pdq' as Algorithm,
  distanceBits: 6,
  radiusBits: 31,
  pictureIndex: 0,
  quality: 97,
}
