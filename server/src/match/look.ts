// A question put to the catalogue: what is near, and of that, what each list's policy lets count.
import { blockRow } from '#lists'
import { type Catalogue, codeOf, exactAlgorithms } from './catalogue.ts'
import type { Found } from './found.ts'
import { type Ground, NEVER_MATCH_BITS, nearestOfEach } from './ground.ts'

type Meeting = Pick<Ground, 'distanceBits' | 'pictureIndex' | 'flavour' | 'quality'>

export function look(catalogue: Catalogue, found: Found): Ground[] {
  const { rows, heads } = catalogue
  /** Rows that hold one value, in lists that are asked: the grounds that their policies let count. */
  const count = (same: readonly number[], algorithm: Ground['algorithm'], meeting: Meeting): Ground[] => {
    const members = membersOf(catalogue, same)
    return same.flatMap((row) => {
      const { list, block } = rows.held(row)
      const { id: listId, policy } = catalogue.head(list)
      const named = blockRow.class(block.bytes, rows.at(row))
      const radiusBits = algorithm !== 'pdq' ? 0 : named === 'never_match' ? NEVER_MATCH_BITS : policy.radiusBits
      const affirmed = members.get(list)?.size ?? 0
      if (meeting.distanceBits > radiusBits || affirmed < policy.leastMembers) return []
      if (meeting.quality !== null && meeting.quality < policy.leastQuality) return []
      const source = block.text(blockRow.source(block.bytes, rows.at(row)))
      const entryId = blockRow.entryId(block.bytes, rows.at(row))
      return [{ listId, source, entryId, class: named, algorithm, radiusBits, members: affirmed, ...meeting }]
    })
  }
  const isAsked = (row: number) => rows.lives(row) && catalogue.head(rows.held(row).list).policy.enabled

  const exact = exactAlgorithms.flatMap((algorithm) => {
    const same = [...catalogue.digests[algorithm].find(Buffer.from(found.digests[algorithm], 'hex'))].filter(isAsked)
    return count(same, algorithm, { distanceBits: 0, pictureIndex: null, flavour: null, quality: null })
  })
  const policies = heads.filter(({ policy }) => policy.enabled).map(({ policy }) => policy)
  const questions = questionsOf(found, Math.min(...policies.map(({ leastQuality }) => leastQuality)))
  if (policies.length === 0 || questions.length === 0) return nearestOfEach(exact)
  const radius = Math.max(NEVER_MATCH_BITS, ...policies.map(({ radiusBits }) => radiusBits))
  const answers = catalogue.index.withinAll(
    questions.map(({ code }) => code),
    radius,
  )
  const alike = questions.flatMap(({ code: _, ...meeting }, question) =>
    ofOneValue(
      catalogue,
      (answers.hits[question] ?? []).filter(({ id }) => isAsked(id)),
    ).flatMap(({ distanceBits, same }) => count(same, 'pdq', { distanceBits, ...meeting })),
  )
  return nearestOfEach([...exact, ...alike])
}

/** Nobody knows which flavour a list's hashes are, so both are looked up; for small pictures they are one. */
function questionsOf({ pictures }: Found, leastQuality: number) {
  return pictures
    .flatMap(({ index: pictureIndex, commandLine, fullResolution }) => {
      const one = {
        code: commandLine.hash,
        quality: commandLine.quality,
        flavour: 'command_line' as const,
        pictureIndex,
      }
      const alike =
        commandLine.quality === fullResolution.quality && Buffer.compare(commandLine.hash, fullResolution.hash) === 0
      if (alike) return [one]
      const { hash: code, quality } = fullResolution
      return [one, { code, quality, flavour: 'full_resolution' as const, pictureIndex }]
    })
    .filter(({ quality }) => quality >= leastQuality)
}

/** Rows with the same value stand together, since members are counted over all of them. */
function ofOneValue(catalogue: Catalogue, hits: readonly { readonly id: number; readonly distance: number }[]) {
  const groups = new Map<string, { readonly distanceBits: number; readonly same: number[] }>()
  for (const { id, distance } of hits) {
    const code = codeOf(catalogue.rows, id)
    const key = Buffer.from(code.buffer, code.byteOffset, code.length).toString('latin1')
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { distanceBits: distance, same: [id] })
    else group.same.push(id)
  }
  return [...groups.values()]
}

/** By list, of rows that hold the same value. */
function membersOf({ rows }: Catalogue, same: readonly number[]): ReadonlyMap<number, ReadonlySet<string>> {
  const members = new Map<number, Set<string>>()
  for (const row of same) {
    const { list } = rows.held(row)
    const ofList = members.get(list) ?? new Set()
    members.set(list, ofList)
    for (const member of rows.members(row)) ofList.add(member)
  }
  return members
}
