// An entry that a hearing found to be wrong is no reason to report anybody: what it met is not told as how a file was found.
import type { CaseRecord } from '#cases'
import type { Connection } from '#db'
import { disabledAmong, entryKey } from '#lists'
import type { Vault } from '#vault'

/** The case with a mark on every such ground; which files may be told is as before. */
export async function withWithdrawn(db: Connection, vault: Vault, found: CaseRecord): Promise<CaseRecord> {
  const keyed = found.files.flatMap(({ grounds }) => grounds.map((ground) => entryKey(vault, ground)))
  const disabled = await disabledAmong(db, [...new Set(keyed)])
  if (disabled.size === 0) return found
  const files = found.files.map(({ grounds, ...file }) => ({
    ...file,
    grounds: grounds.map((ground) =>
      disabled.has(entryKey(vault, ground)) ? { ...ground, isWithdrawn: true as const } : ground,
    ),
  }))
  return { ...found, files }
}

export const isWithdrawn = (ground: object): boolean => 'isWithdrawn' in ground

export const withdrawnWords =
  'A match of this file was withdrawn: the list entry it rests on was found to be wrong. It is no reason for this report.'
