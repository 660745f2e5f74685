// Which entry is meant, and how tables name it: by a keyed digest of its name, never by anything of its value.
import type { Vault } from '#vault'

export interface EntryName {
  readonly listId: string
  readonly source: string
  readonly entryId: string
}

/** HMAC-SHA-256, 64 hex digits. */
export function entryKey(vault: Pick<Vault, 'keyed'>, { listId, source, entryId }: EntryName): string {
  return vault.keyed('list entry', JSON.stringify([listId, source, entryId]))
}
