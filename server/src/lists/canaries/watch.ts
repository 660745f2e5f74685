// Looks out for canaries on its own: whatever radius, quality, share or members a list asks for, a canary is seen.
import type { Algorithm } from '../entry.ts'
import type { EntryName } from '../name.ts'
import { distanceBits } from '../near.ts'

export interface Canary extends EntryName {
  readonly id: string
  /** Lately taken out of its list: no alarm, and nothing real either, for a matcher may not have heard of it yet. */
  readonly removed: boolean
  readonly values: readonly { readonly algorithm: Algorithm; readonly value: string }[]
}

/** As far as any list may reach: farther off the matcher would not have found it either. */
const withinBits = 31

export interface Watched {
  /** Lower-case hex. */
  readonly digests: { readonly md5: string; readonly sha1: string; readonly sha256: string }
  readonly pictures: readonly {
    readonly commandLine: { readonly hash: Uint8Array }
    readonly fullResolution: { readonly hash: Uint8Array }
  }[]
}

export interface CanaryWatch {
  readonly size: number
  /** The canaries that this print met. */
  met(print: Watched): readonly Canary[]
}

export function openCanaryWatch(canaries: readonly Canary[]): CanaryWatch {
  const held = canaries.map((canary) => ({
    canary,
    codes: valuesOf(canary, 'pdq').map((value) => Buffer.from(value, 'hex')),
    digests: new Set(canary.values.filter(({ algorithm }) => algorithm !== 'pdq').map(({ value }) => value)),
  }))
  return {
    size: canaries.length,
    met: ({ digests, pictures }) => {
      if (held.length === 0) return []
      const own = Object.values(digests)
      const hashes = pictures.flatMap(({ commandLine, fullResolution }) => [commandLine.hash, fullResolution.hash])
      return held
        .filter(
          (one) =>
            own.some((digest) => one.digests.has(digest)) ||
            one.codes.some((code) => hashes.some((hash) => distanceBits(code, hash) <= withinBits)),
        )
        .map(({ canary }) => canary)
    },
  }
}

const valuesOf = ({ values }: Canary, algorithm: Algorithm) =>
  values.filter((one) => one.algorithm === algorithm).map(({ value }) => value)
