// What corrections silence: pure, so that it can be replayed. Only what they name, and never what is beyond doubt.
import type { Algorithm, ListClass } from '../entry.ts'
import { type EntryName, nameText } from '../name.ts'
import { distanceBits } from '../near.ts'

/** One false alarm that two people declared: these pictures are not what these entries say. */
export interface Correction {
  readonly id: string
  /** Of the file it was made from, lower-case hex. */
  readonly sha256: string
  readonly entries: readonly (EntryName & {
    /** Hex, of that file's pictures that met this entry, each in both flavours. */
    readonly hashes: readonly string[]
  })[]
}

/** Two decodings of one picture differ by this much at most; further off it may be another picture. */
export const CORRECTION_WITHIN_BITS = 2

/** A ground of #match, as far as it matters here. */
export interface Silenceable extends EntryName {
  readonly class: ListClass
  readonly algorithm: Algorithm
  readonly pictureIndex: number | null
}

export interface Looked {
  /** Lower-case hex. */
  readonly sha256: string
  readonly pictures: readonly {
    readonly index: number
    /** 32 bytes each. */
    readonly commandLine: { readonly hash: Uint8Array }
    readonly fullResolution: { readonly hash: Uint8Array }
  }[]
}

export interface Silencer {
  readonly size: number
  /** The grounds that no correction silences, in their order. */
  remaining<Ground extends Silenceable>(looked: Looked, grounds: readonly Ground[]): readonly Ground[]
}

export function openSilencer(corrections: readonly Correction[]): Silencer {
  const byEntry = new Map<string, Meant[]>()
  for (const { sha256, entries } of corrections)
    for (const entry of entries) {
      const key = nameText(entry)
      const meant = { sha256, codes: entry.hashes.map((hash) => Buffer.from(hash, 'hex')) }
      byEntry.set(key, [...(byEntry.get(key) ?? []), meant])
    }
  return {
    size: corrections.length,
    remaining: (looked, grounds) =>
      byEntry.size === 0
        ? grounds
        : grounds.filter(
            (ground) =>
              isBeyondDoubt(ground) || !byEntry.get(nameText(ground))?.some((one) => silences(one, looked, ground)),
          ),
  }
}

type Meant = Pick<Correction, 'sha256'> & { readonly codes: readonly Uint8Array[] }

/** The exact bytes of a file that a `csam` list knows. (An MD5 can be forged, so an equal one can be corrected.) */
function isBeyondDoubt({ class: named, algorithm }: Silenceable): boolean {
  return named === 'csam' && (algorithm === 'sha1' || algorithm === 'sha256')
}

function silences({ sha256, codes }: Meant, looked: Looked, ground: Silenceable): boolean {
  if (sha256 === looked.sha256) return true
  // A digest is of the whole file: a picture that looks alike says nothing about it.
  if (ground.algorithm !== 'pdq') return false
  const picture = looked.pictures.find(({ index }) => index === ground.pictureIndex)
  if (picture === undefined) return false
  const hashes = [picture.commandLine.hash, picture.fullResolution.hash]
  return codes.some((code) => hashes.some((hash) => distanceBits(code, hash) <= CORRECTION_WITHIN_BITS))
}
