// What each master key of a deployment is for just now.
import type { Connection } from '#db'
import { type KeyRow, keyInUse, keyRows } from './store-keys.ts'

export interface KeyStanding {
  /** 16 hex digits: tells keys apart and says nothing about them. */
  readonly fingerprint: string
  /** coming: made, and not every server has it; former: sealed values may need it; empty: none does, it may be retired. */
  readonly state: 'coming' | 'in_use' | 'former' | 'empty' | 'retired'
  /** Epoch milliseconds, as all that follow; 0 for the key of a deployment that noted none. */
  readonly madeAt: number
  readonly copiedAt: number | undefined
  readonly retiredAt: number | undefined
  /** How many values are still sealed under other keys, when last counted; only of the key in use. */
  readonly leftUnder: number | undefined
}

/** All there ever were, the oldest first. */
export async function listKeys(db: Connection): Promise<readonly KeyStanding[]> {
  const inUse = await keyInUse(db)
  return (await keyRows(db)).map((row) => ({
    fingerprint: row.fingerprint,
    state: stateOf(row, inUse),
    madeAt: row.made_at,
    copiedAt: row.copied_at ?? undefined,
    retiredAt: row.retired_at ?? undefined,
    leftUnder: row.left_under ?? undefined,
  }))
}

function stateOf(row: KeyRow, inUse: string | undefined): KeyStanding['state'] {
  if (row.fingerprint === inUse) return 'in_use'
  if (row.in_use_at === null) return 'coming'
  if (row.retired_at !== null) return 'retired'
  return row.emptied_at === null ? 'former' : 'empty'
}
