// Prints -> grounds, of the test cards alone. They are compared apart from the operator's lists: nobody can remove, widen or
// silence them, and none of them is ever a ground for anything else.
import { CARDS_LIST, CARDS_SOURCE, type TestCard, type TestCards } from '#lists'
import type { Ground } from './ground.ts'

/** What is looked up, as the matcher has it. */
interface Found {
  readonly digests: { readonly sha256: string }
  readonly pictures: readonly {
    readonly index: number
    readonly commandLine: { readonly hash: Uint8Array; readonly quality: number }
    readonly fullResolution: { readonly hash: Uint8Array; readonly quality: number }
  }[]
}

/** As in the matcher: what is flatter has a hash of chance. */
const LEAST_QUALITY = 50

/** Every card that the image holds, each by its nearest picture. */
export function matchCards({ radiusBits, cards }: TestCards, found: Found): Ground[] {
  return cards.flatMap((card) => {
    const meeting = card.pdq === undefined ? byDigest(card, found) : byLikeness(card.pdq, radiusBits, found)
    if (meeting === undefined) return []
    return [
      {
        listId: CARDS_LIST,
        source: CARDS_SOURCE,
        entryId: `card-${card.number}`,
        class: 'test',
        members: 1,
        ...meeting,
      },
    ]
  })
}

type Meeting = Omit<Ground, 'listId' | 'source' | 'entryId' | 'class' | 'members'>

function byDigest({ sha256 }: TestCard, { digests }: Found): Meeting | undefined {
  if (digests.sha256 !== sha256) return undefined
  return { algorithm: 'sha256', distanceBits: 0, radiusBits: 0, pictureIndex: null, flavour: null, quality: null }
}

function byLikeness(pdq: string, radiusBits: number, { pictures }: Found): Meeting | undefined {
  const value = Buffer.from(pdq, 'hex')
  const meetings = pictures.flatMap(({ index, commandLine, fullResolution }) =>
    [
      { ...commandLine, flavour: 'command_line' as const },
      { ...fullResolution, flavour: 'full_resolution' as const },
    ].flatMap(({ hash, quality, flavour }) => {
      const distanceBits = distance(hash, value)
      if (quality < LEAST_QUALITY || distanceBits > radiusBits) return []
      return [{ algorithm: 'pdq' as const, distanceBits, radiusBits, pictureIndex: index, flavour, quality }]
    }),
  )
  return meetings.sort((a, b) => a.distanceBits - b.distanceBits)[0]
}

function distance(one: Uint8Array, other: Uint8Array): number {
  let bits = 0
  for (const [at, byte] of one.entries())
    for (let differing = byte ^ (other[at] ?? 0); differing > 0; differing &= differing - 1) bits += 1
  return bits
}
