// The twin of the catalogue: every entry is looked at, plainly. What it finds is what is to be found.
import { distanceBits } from '@wardline/hamming'
import type { Put } from '#lists'
import type { ListHead } from './catalogue.ts'
import type { Found } from './found.ts'
import { type Ground, NEVER_MATCH_BITS, nearestOfEach } from './ground.ts'

export interface PlainList extends ListHead {
  readonly entries: readonly Put[]
}

export function matchPlainly(lists: readonly PlainList[], found: Found): Ground[] {
  return nearestOfEach(lists.filter(({ policy }) => policy.enabled).flatMap((list) => ofList(list, found)))
}

function ofList(list: PlainList, { digests, pictures }: Found): Ground[] {
  const { id: listId, policy, entries } = list
  const grounds: Ground[] = []
  for (const { source, entryId, class: named, values } of entries) {
    for (const { algorithm, value } of values) {
      const members = membersOf(list, algorithm, value)
      if (members < policy.leastMembers) continue
      const ground = { listId, source, entryId, class: named, algorithm, members }
      if (algorithm !== 'pdq') {
        if (digests[algorithm] === value)
          grounds.push({ ...ground, distanceBits: 0, radiusBits: 0, pictureIndex: null, flavour: null, quality: null })
        continue
      }
      const radiusBits = named === 'never_match' ? NEVER_MATCH_BITS : policy.radiusBits
      for (const { index: pictureIndex, commandLine, fullResolution } of pictures)
        for (const [flavour, { hash, quality }] of [
          ['command_line', commandLine],
          ['full_resolution', fullResolution],
        ] as const) {
          const distance = distanceBits(Buffer.from(value, 'hex'), hash)
          if (distance <= radiusBits && quality >= policy.leastQuality)
            grounds.push({ ...ground, distanceBits: distance, radiusBits, pictureIndex, flavour, quality })
        }
    }
  }
  return grounds
}

function membersOf({ entries }: PlainList, algorithm: string, value: string): number {
  const holding = entries.filter(({ values }) =>
    values.some((each) => each.algorithm === algorithm && each.value === value),
  )
  return new Set(holding.flatMap(({ members }) => members)).size
}
