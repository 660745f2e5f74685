// How much of what was found in one file its case keeps: an animation of hundreds of frames must not grow the row for ever.
import { type EntryName, isReportable, reporting } from '#lists'
import type { FoundFile, FoundGround, FoundPicture } from './facts.ts'

/** So many matches and pictures tell a person and a report what there is to tell; of the others their number. */
export const groundsKept = 20

type Known = Pick<FoundFile, 'grounds' | 'pictures' | 'furtherGrounds' | 'furtherPictures'>

/**
 * What is known of a file with what its latest coming showed: a ground that came before is not dropped for one that is met
 * now, and a doubt stays. The weightiest comes first, then in their order the nearest of each entry; pictures that matched, else the first.
 */
export function keptOf(known: Known | undefined, found: Pick<Known, 'grounds' | 'pictures'>): Known {
  const grounds = new Map((known?.grounds ?? []).map((ground) => [groundName(ground), ground]))
  for (const ground of found.grounds) {
    const name = groundName(ground)
    const doubted = grounds.get(name)?.doubted ?? ground.doubted
    grounds.set(name, doubted === true ? { ...ground, doubted } : ground)
  }
  const pictures = new Map<number, FoundPicture>()
  for (const [place, picture] of [...found.pictures.entries(), ...(known?.pictures ?? []).entries()])
    pictures.set(picture.index ?? place, { ...picture, index: picture.index ?? place })
  const kept = chosen([...grounds.values()])
  const matched = new Set(kept.flatMap(({ pictureIndex }) => pictureIndex ?? []))
  const first = Math.min(...pictures.keys())
  const shown = [...pictures]
    .filter(([index]) => (matched.size === 0 ? index === first : matched.has(index)))
    .sort(([one], [other]) => one - other)
    .map(([, picture]) => picture)
  const told = (some: Iterable<FoundGround>) => [...some].filter((ground) => isReportable(ground.class)).length
  const furtherGrounds = Math.max(known?.furtherGrounds ?? 0, told(grounds.values()) - told(kept))
  const furtherPictures = Math.max(known?.furtherPictures ?? 0, pictures.size - shown.length)
  return {
    grounds: kept,
    pictures: shown,
    ...(furtherGrounds > 0 && { furtherGrounds }),
    ...(furtherPictures > 0 && { furtherPictures }),
  }
}

/** Each entry is named as long as there is room, what may be told before what may not. */
function chosen(grounds: readonly FoundGround[]): FoundGround[] {
  if (grounds.length <= groundsKept) return [...grounds]
  const named = new Set<string>()
  const ranked = grounds.map((ground, place) => {
    const name = JSON.stringify(nameOf(ground))
    const isFirst = !named.has(name)
    named.add(name)
    return { ground, place, rank: place === 0 ? 0 : isFirst ? 1 + ranks[reporting[ground.class]] : 4 }
  })
  return ranked
    .sort((one, other) => one.rank - other.rank || one.place - other.place)
    .slice(0, groundsKept)
    .sort((one, other) => one.place - other.place)
    .map(({ ground }) => ground)
}

const ranks = { by_rule: 0, by_person: 1, never: 2 } as const

const nameOf = ({ listId, source, entryId }: EntryName) => [listId, source, entryId]
const groundName = (ground: FoundGround) =>
  JSON.stringify([...nameOf(ground), ground.class, ground.algorithm, ground.pictureIndex])
