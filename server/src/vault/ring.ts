// The keys that this process has, and which of them it seals under. A value names its key; one that names a key which is not here
// makes the ring read the key files again before it gives up, so a server takes up a new key whenever it first meets it.
import { basename } from 'node:path'
import { Fault } from '#base'
import { keyAway, lacking } from './fault.ts'
import { besideOf, type Keys, readKeys } from './key-files.ts'
import { openSeals, placeOf, type Seals, sealedUnder } from './seal.ts'

type KeySeals = ReturnType<typeof openSeals>

export interface KeyRing extends Omit<Seals, 'keyed'> {
  /** Of the key that new values are sealed under. */
  readonly fingerprint: string
  readonly inUse: KeySeals
  /** Fingerprints of all keys that are here. */
  has(): readonly string[]
  /** One of them, read anew from the files if need be. */
  of(fingerprint: string): KeySeals | undefined
  /**
   * Seals under this key from now on. When it is not here: Fault `key_away`, `later`, and so from everything that seals or opens,
   * until a later call finds it: what is sealed under a key that is no longer in use may never open again.
   */
  use(fingerprint: string): void
  /** Throws the Fault `key_away` while the key in use is not here. */
  must(): void
  /** Reads the key files again; when that fails, what is here stays. */
  reload(): void
}

export function openRing(keyFile: string, keys: Keys, inUse: string): KeyRing {
  let ring = ringOf(keys, new Map())
  let current = first(ring.get(inUse))
  let away: string | undefined
  const must = () => {
    if (away !== undefined) throw lacking(away, basename(besideOf(keyFile, away)))
  }
  const reload = () => {
    try {
      const read = ringOf(readKeys(keyFile), ring)
      // What is sealed under is never forgotten, whatever happened to its file: the next start says so.
      ring = new Map([...read, [current.fingerprint, current]])
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
  }
  const of = (fingerprint: string) => {
    if (!ring.has(fingerprint)) reload()
    return ring.get(fingerprint)
  }
  const unseal: Seals['unseal'] = (context, sealed) => {
    must()
    const fingerprint = sealedUnder(sealed)
    if (fingerprint === undefined) return unsealUnnamed([...ring.values()], context, sealed)
    const key = of(fingerprint)
    if (key === undefined) throw keyAway(placeOf(context), fingerprint)
    return key.unseal(context, sealed)
  }
  return {
    get fingerprint() {
      return current.fingerprint
    },
    get inUse() {
      return current
    },
    has: () => [...ring.keys()].sort(),
    of,
    use: (fingerprint) => {
      const key = of(fingerprint)
      away = key === undefined ? fingerprint : undefined
      must()
      current = key ?? current
    },
    must,
    reload,
    seal: (context, plain) => {
      must()
      return current.seal(context, plain)
    },
    sealJson: (context, value) => {
      must()
      return current.sealJson(context, value)
    },
    unseal,
    unsealJson: (context, sealed): unknown => JSON.parse(unseal(context, sealed).toString('utf8')),
  }
}

/** A value of before there were several keys: whichever opens it. */
function unsealUnnamed(keys: readonly KeySeals[], context: string, sealed: Uint8Array): Buffer {
  let last: unknown
  for (const key of keys) {
    try {
      return key.unseal(context, sealed)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      last = error
    }
  }
  throw last
}

/** Those of before stay what they are, with what they have derived. */
const ringOf = (keys: Keys, former: ReadonlyMap<string, KeySeals>): ReadonlyMap<string, KeySeals> =>
  new Map([...keys].map(([fingerprint, key]) => [fingerprint, former.get(fingerprint) ?? openSeals(key)]))

function first(key: KeySeals | undefined): KeySeals {
  if (key === undefined) throw new Error('a ring begins with the key in use')
  return key
}
