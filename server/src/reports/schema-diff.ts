// In what a fetched schema of NCMEC's differs from the one built in. It is read, compared and let go: it is NCMEC's.
import { type Difference, readXsd, xsdDiff } from '@wardline/cybertip'

export type SchemaDiff =
  | {
      readonly kind: 'compared'
      readonly sha256: string
      readonly differences: readonly Difference[]
      /** What is in it that was not understood, and so not compared. */
      readonly unread: readonly string[]
    }
  | { readonly kind: 'unreadable'; readonly sha256: string; readonly why: string }

export function diffSchema(bytes: Uint8Array): SchemaDiff {
  const theirs = readXsd(bytes)
  if (theirs.kind === 'unreadable') return theirs
  return { kind: 'compared', sha256: theirs.sha256, differences: xsdDiff(theirs), unread: theirs.unread }
}
