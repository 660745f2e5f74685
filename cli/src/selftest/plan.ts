// What a self-test sends: every card, by every way into the server, from every surface that is scanned.
import { surfaces } from '@wardline/api'
import { scanned } from '@wardline/server/decide'
import type { Drawing, TestCard, TestCards } from '@wardline/server/lists'
import { doors, type Path } from './doors.ts'

export interface Sending extends Path {
  readonly card: TestCard
}

export interface Plan {
  /** Held, each of them. */
  readonly sendings: readonly Sending[]
  /** Surfaces where the operator scans nothing: `not_scanned`. */
  readonly off: readonly Sending[]
  /** Clear, whoever sends it. */
  readonly nearMiss: Path & { readonly card: Drawing }
  /** A card from a key without the scope: clear. */
  readonly stranger: Sending
}

/** Undefined where nothing at all is scanned. */
export function planOf({ cards, nearMiss }: TestCards, off: Parameters<typeof scanned>[0]): Plan | undefined {
  const [card] = cards
  const on = surfaces.filter((surface) => scanned(off, surface, undefined))
  const paths = on.flatMap((surface) => doors.map((door) => ({ surface, door })))
  const [path] = paths
  if (card === undefined || path === undefined) return undefined
  const places = Array.from({ length: Math.max(paths.length, cards.length) }, (_, place) => place)
  return {
    sendings: places.map((place) => ({
      ...(paths[place % paths.length] ?? path),
      card: cards[place % cards.length] ?? card,
    })),
    off: surfaces.filter((surface) => !on.includes(surface)).map((surface) => ({ ...path, surface, card })),
    nearMiss: { ...path, card: nearMiss },
    stranger: { ...path, card },
  }
}
