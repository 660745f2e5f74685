// Which entry is meant, and how tables name it: by a keyed digest of its name, never by anything of its value.
import type { Vault } from '#vault'

export interface EntryName {
  readonly listId: string
  readonly source: string
  readonly entryId: string
}

/** One text for each name, to compare by: nothing stores, logs or shows it. */
export function nameText({ listId, source, entryId }: EntryName): string {
  return JSON.stringify([listId, source, entryId])
}

/** HMAC-SHA-256, 64 hex digits. */
export function entryKey(vault: Pick<Vault, 'keyed'>, name: EntryName): string {
  return vault.keyed('list entry', nameText(name))
}
