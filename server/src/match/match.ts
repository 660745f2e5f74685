// Prints -> grounds: exact digests by look-up first, then PDQ by distance within each list's radius.
import type { Entry, HashList } from '#lists'
import type { Ground } from './ground.ts'
import { codeOf, isSame, openScan, type Scan } from './near.ts'

export type { Ground } from './ground.ts'

/** What is looked up: the digests of the file as received and, of each picture in it, both flavours of PDQ. */
export interface Found {
  /** Lower-case hex. */
  readonly digests: { readonly md5: string; readonly sha1: string; readonly sha256: string }
  readonly pictures: readonly {
    readonly index: number
    /** 32 bytes and 0..100 each. */
    readonly commandLine: { readonly hash: Uint8Array; readonly quality: number }
    readonly fullResolution: { readonly hash: Uint8Array; readonly quality: number }
  }[]
}

export interface Matcher {
  /** Of the lists it was opened with: a matcher is thrown away and opened anew when they change. */
  readonly version: number
  /** How many entries it holds. */
  readonly size: number
  /** All grounds, `never_match` ones too (deciding needs them): digests first, then the nearest. */
  match(found: Found): Ground[]
}

/** Under this a picture is so flat that its hash is made of chance. Meta's advice; PDQ, section 1.14. */
const LEAST_QUALITY = 50

export function openMatcher({ version, lists }: { version: number; lists: readonly HashList[] }): Matcher {
  const exact = openExact(lists)
  const scans = lists.flatMap(openScans)
  return {
    version,
    size: lists.reduce((sum, { entries }) => sum + entries.length, 0),
    match: (found) => nearestOfEach([...exact(found), ...scans.flatMap((scan) => likenesses(scan, found))]),
  }
}

function openExact(lists: readonly HashList[]): (found: Found) => Ground[] {
  const byDigest = new Map<string, Entry[]>()
  for (const entry of lists.flatMap((list) => list.entries)) {
    if (entry.algorithm === 'pdq') continue
    const key = `${entry.algorithm}:${entry.value}`
    const same = byDigest.get(key)
    if (same) same.push(entry)
    else byDigest.set(key, [entry])
  }
  return ({ digests }) =>
    (['md5', 'sha1', 'sha256'] as const)
      .flatMap((algorithm) => byDigest.get(`${algorithm}:${digests[algorithm]}`) ?? [])
      .map((entry) =>
        ground(entry, { distanceBits: 0, radiusBits: 0, pictureIndex: null, flavour: null, quality: null }),
      )
}

/** `never_match` compares at distance 0, whatever the radius of its list. */
function openScans(list: HashList): Scan[] {
  const prints = list.entries.filter(({ algorithm }) => algorithm === 'pdq')
  const silent = prints.filter((entry) => entry.class === 'never_match')
  const others = prints.filter((entry) => entry.class !== 'never_match')
  return [openScan(others, list.radiusBits), openScan(silent, 0)].filter(({ size }) => size > 0)
}

/** Nobody knows which flavour a list's hashes are, so both are looked up; for small pictures they are one. */
function likenesses(scan: Scan, { pictures }: Found): Ground[] {
  return pictures.flatMap(({ index, commandLine, fullResolution }) => {
    const one = codeOf(commandLine.hash)
    const other = codeOf(fullResolution.hash)
    const sought = [{ code: one, quality: commandLine.quality, flavour: 'command_line' as const }]
    const alike = isSame(one, other) && commandLine.quality === fullResolution.quality
    const full = { code: other, quality: fullResolution.quality, flavour: 'full_resolution' as const }
    return (alike ? sought : [...sought, full])
      .filter(({ quality }) => quality >= LEAST_QUALITY)
      .flatMap(({ code, quality, flavour }) =>
        scan
          .near(code)
          .map(({ entry, distanceBits }) =>
            ground(entry, { distanceBits, radiusBits: scan.radiusBits, pictureIndex: index, flavour, quality }),
          ),
      )
  })
}

type Meeting = Pick<Ground, 'distanceBits' | 'radiusBits' | 'pictureIndex' | 'flavour' | 'quality'>

function ground({ listId, source, entryId, class: named, algorithm }: Entry, meeting: Meeting): Ground {
  return { listId, source, entryId, class: named, algorithm, ...meeting }
}

/**
 * One entry can be met several times, by another flavour or another of its values: the nearest says all. Pictures stay
 * apart, since a false alarm may be declared for one of them and not for the other.
 */
function nearestOfEach(grounds: readonly Ground[]): Ground[] {
  const nearest = new Map<string, Ground>()
  for (const each of grounds) {
    const { listId, source, entryId, algorithm, pictureIndex } = each
    const key = JSON.stringify([listId, source, entryId, each.class, algorithm, pictureIndex])
    const former = nearest.get(key)
    if (!former || isNearer(each, former)) nearest.set(key, each)
  }
  return [...nearest.values()].sort((a, b) => order(a) - order(b))
}

function isNearer(a: Ground, b: Ground): boolean {
  if (a.distanceBits !== b.distanceBits) return a.distanceBits < b.distanceBits
  return (a.quality ?? 0) > (b.quality ?? 0)
}

function order({ algorithm, distanceBits }: Ground): number {
  return algorithm === 'pdq' ? 1 + distanceBits : 0
}
