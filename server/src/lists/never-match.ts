// Wardline's own list of pictures that were said to be false alarms: written by repairs, from sealed prints, so that nobody handles a hash.
import type { Clock } from '#base'
import type { Vault } from '#vault'
import { type SealedChanges, sealChanges } from './changes.ts'
import { distinct } from './gather.ts'

export { distanceBits } from './near.ts'

/** Compared like any list of class `never_match`: within two bits, and shown by `wardline lists`. */
export const NEVER_MATCH_LIST = 'wardline-never-match'

export interface NeverMatch {
  /** Ids of ours: the entry's name, so that the same picture is one entry however often this is done. */
  readonly repairId: string
  readonly fileId: string
  /** Lower-case hex. */
  readonly sha256: string
  /** PDQ of the pictures that matched, in both flavours; lower-case hex. */
  readonly hashes: readonly string[]
}

/** To be applied to the list, which the caller opens. Outside of a transaction. MD5 and SHA-1 are left out: both can be forged. */
export function sealNeverMatch(
  vault: Pick<Vault, 'seal' | 'fingerprint'>,
  clock: Clock,
  files: readonly NeverMatch[],
): SealedChanges {
  return sealChanges(
    vault,
    clock,
    NEVER_MATCH_LIST,
    files.map(({ repairId, fileId, sha256, hashes }) => ({
      kind: 'put' as const,
      source: 'wardline',
      entryId: `${repairId} ${fileId}`,
      class: 'never_match' as const,
      members: ['wardline'],
      values: distinct([
        { algorithm: 'sha256', value: sha256 },
        ...hashes.map((value) => ({ algorithm: 'pdq' as const, value })),
      ]),
    })),
  )
}
