// Whether a case rests on what was found to be wrong, and on nothing else: only then is it repaired without anybody looking at it.
import { upheldSince } from '#appeals'
import { type CaseFile, type CaseRecord, entryKeysOf, viewedFlags } from '#cases'
import type { Connection } from '#db'
import { decide } from '#decide'
import { disabledAmong, distanceBits, type EntryName, entryKey, nameText } from '#lists'
import type { RepairRecord, Why } from '#repairs'
import type { Desk } from './river.ts'

/** The very picture: equal bytes, or PDQ that differ by so many of 256 bits at most. */
const samePictureBits = 2

type Ground = CaseFile['grounds'][number]
/** The files of the heard case that were said to be a false alarm. */
export type Heard = readonly CaseFile[]

export type Weighed =
  /** It has nothing to do with it. */
  | { readonly kind: 'none' }
  | { readonly kind: 'repair' | 'review'; readonly why: Why | null; readonly file: CaseFile; readonly ground: Ground }

/** As the case is now. heard: of a `match`. */
export async function weigh(
  { vault, rules }: Pick<Desk, 'vault' | 'rules'>,
  db: Connection,
  found: CaseRecord,
  { repair, heard }: { readonly repair: RepairRecord; readonly heard: Heard },
): Promise<Weighed> {
  const { outcome, facts } = repair
  const isWrong = fallsBy(repair, heard)
  const falls = (file: CaseFile, ground: Ground): boolean => {
    if (outcome === 'context') return found.id === repair.case_id
    return isWrong(file, ground)
  }
  const [first] = found.files.flatMap((file) =>
    file.grounds.filter((ground) => falls(file, ground)).map((ground) => ({ file, ground })),
  )
  if (first === undefined) return { kind: 'none' }
  // Its holder objected by themselves, and a hearing said that it stays: a list frozen before does not overrule that unseen.
  const upheld = async (): Promise<Weighed | undefined> =>
    (await upheldSince(db, found.id, repair.begun_at)) ? { kind: 'review', why: 'decided_since', ...first } : undefined
  if (outcome === 'context') return (await upheld()) ?? { kind: 'repair', why: null, ...first }

  const keyOf = (ground: EntryName) => entryKey(vault, ground)
  const written = await entryKeysOf(db, found.id)
  const explained = new Set(found.files.flatMap(({ grounds }) => grounds.map(keyOf)))
  // What another repair found to be wrong holds nothing either.
  const disabled = await disabledAmong(db, [...new Set([...written, ...explained])])
  const wrongKeys = new Set([...disabled.keys(), ...(outcome === 'entry' ? facts.entries.map(keyOf) : [])])
  const isHeld =
    found.files.some(({ grounds, ...file }) => {
      const rest = grounds.filter((ground) => !disabled.has(keyOf(ground)) && !falls({ ...file, grounds }, ground))
      return decide(rest, rules).kind === 'held'
    }) ||
    // An entry was met that none of the grounds kept here names.
    written.some((key) => !explained.has(key) && !wrongKeys.has(key))
  if (isHeld) return { kind: 'review', why: 'another_ground', ...first }
  // The hearing was about this very picture in this very case, and contradicts whoever viewed it there.
  const isHeardMatch = outcome === 'match' && found.id === repair.case_id
  if (!isHeardMatch && wasViewed(found)) return { kind: 'review', why: 'viewed', ...first }
  const { decision } = found
  if (decision !== null && decision.at >= repair.begun_at) return { kind: 'review', why: 'decided_since', ...first }
  return (await upheld()) ?? { kind: 'repair', why: null, ...first }
}

/** Whether it is about this ground; of an entry or a match. */
export function fallsBy(
  { outcome, facts }: Pick<RepairRecord, 'outcome' | 'facts'>,
  heard: Heard,
): (file: CaseFile, ground: Ground) => boolean {
  const named = new Set(facts.entries.map(nameText))
  return (file, ground) =>
    named.has(nameText(ground)) && (outcome === 'entry' || heard.some((one) => isSamePicture(one, file, ground)))
}

/** Whoever confirmed it had one of its files displayed in full. */
function wasViewed({ files, views, decision }: CaseRecord): boolean {
  if (decision === null) return false
  const theirs = views.filter(({ by }) => by === decision.by)
  return files.some((file) => viewedFlags(file, theirs).viewed)
}

/** Of a digest, which is of the whole file, only the same bytes; of a likeness also the same picture in others. */
function isSamePicture(heard: CaseFile, file: CaseFile, ground: Ground): boolean {
  if (heard.digests.sha256 === file.digests.sha256) return true
  if (ground.algorithm !== 'pdq') return false
  return areNear(
    metCodes(heard),
    codesOf(file, (index) => index === ground.pictureIndex),
  )
}

/** PDQ of those of a file's pictures that matched, both flavours, 32 bytes each. */
export function metCodes(file: CaseFile): readonly Uint8Array[] {
  const met = new Set(file.grounds.flatMap(({ pictureIndex }) => pictureIndex ?? []))
  return codesOf(file, (index) => met.has(index))
}

function codesOf(file: CaseFile, isMeant: (index: number) => boolean): readonly Uint8Array[] {
  return file.pictures
    .filter(({ index }, place) => isMeant(index ?? place))
    .flatMap(({ commandLine, fullResolution }) => [commandLine.hash, fullResolution.hash])
    .map((hash) => Buffer.from(hash, 'hex'))
}

/** Whether two files show one picture, for the list that people approve: by the pictures that matched. */
export function showSame(one: CaseFile, other: CaseFile): boolean {
  return one.digests.sha256 === other.digests.sha256 || areNear(metCodes(one), metCodes(other))
}

function areNear(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  return some.some((one) => others.some((other) => distanceBits(one, other) <= samePictureBits))
}
