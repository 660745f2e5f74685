// Prints -> grounds: exact digests by look-up first, then PDQ by distance within each list's radius.

import type { Log } from '#base'
import { DEFAULT_POLICY, type Entry, type HashList, heldAsBlocks, type ListPolicy } from '#lists'
import { Catalogue } from './catalogue.ts'
import type { Found } from './found.ts'
import type { Ground } from './ground.ts'
import { look } from './look.ts'

export { matchCards } from './cards.ts'
export { Catalogue, type ListHead, orTooLarge } from './catalogue.ts'
export type { Found } from './found.ts'
export type { Ground } from './ground.ts'

export interface Matcher {
  /** Of the lists as they are now: it rises while the matcher lives. */
  readonly version: number
  /** How many entries it holds. */
  readonly size: number
  /** Bytes of memory, all in. */
  readonly bytes: number
  readonly lists: readonly { readonly id: string; readonly entries: number }[]
  policyOf(listId: string): ListPolicy | undefined
  /** All grounds, `never_match` ones too (deciding needs them): digests first, then the nearest. All of one version. */
  match(found: Found): Ground[]
}

/** The face of a catalogue that is filled. */
export function matcherOf(catalogue: Catalogue): Matcher {
  return {
    get version() {
      return catalogue.version
    },
    get size() {
      return catalogue.size
    },
    get bytes() {
      return catalogue.bytes
    },
    get lists() {
      return catalogue.lists
    },
    policyOf: (listId) => catalogue.policyOf(listId),
    match: (found) => look(catalogue, found),
  }
}

/** Of lists that lie in no database. */
export async function openMatcher({
  lists,
  log,
}: {
  readonly lists: readonly HashList[]
  readonly log: Log
}): Promise<Matcher> {
  const catalogue = new Catalogue(log)
  // Files of one name are one list, whose entries keep the values of both.
  const byId = new Map<string, Entry[]>()
  for (const { id, entries } of lists) byId.set(id, [...(byId.get(id) ?? []), ...entries])
  catalogue.setHeads(
    lists.map(({ id, class: named, radiusBits }) => ({ id, class: named, policy: { ...DEFAULT_POLICY, radiusBits } })),
  )
  for (const [id, entries] of byId) for await (const block of heldAsBlocks(entries)) await catalogue.lay(id, block)
  await catalogue.fill()
  await catalogue.publish(0)
  return matcherOf(catalogue)
}
