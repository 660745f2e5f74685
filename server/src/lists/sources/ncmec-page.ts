// One page of NCMEC Hash Sharing v2 -> what was seen in it (hash list sources, section 10).
import type { Algorithm } from '../entry.ts'
import { isName, readFingerprint } from './fingerprint.ts'
import type { Fingerprint, Rejected, Seen } from './source.ts'
import { odd, XmlReader } from './xml-reader.ts'

export interface NcmecPage {
  readonly seen: Seen[]
  readonly rejected: Rejected[]
  /** Videos, deleted ones too, and fingerprints of kinds that nothing here compares. */
  videos: number
  otherKinds: number
  entries: number
  /** Unescaped, relative to the base address. */
  next: string | undefined
}

/** Fingerprints by element name. `sha256` is not in the documentation; should it come, it is compared. */
const compared: ReadonlyMap<string, Algorithm> = new Map([
  ['pdq', 'pdq'],
  ['md5', 'md5'],
  ['sha1', 'sha1'],
  ['sha256', 'sha256'],
])

/** Throws `answer_odd`. Elements that nobody knows are passed over. */
export function readNcmecPage(bytes: Uint8Array): NcmecPage {
  const xml = new XmlReader(bytes)
  const page: NcmecPage = { seen: [], rejected: [], videos: 0, otherKinds: 0, entries: 0, next: undefined }
  const root = xml.tag()
  if ((root !== 'open' && root !== 'empty') || xml.name() !== 'queryResult') throw odd('it is no queryResult')
  const met = new Set<string>()
  for (let tag = root === 'open' ? xml.tag() : 'close'; tag !== 'close'; tag = xml.tag()) {
    const name = xml.name()
    if (['images', 'videos', 'paging'].includes(name)) {
      if (met.has(name)) throw odd(`${name} stands there twice`)
      met.add(name)
    }
    if (name === 'images' || name === 'videos') readSet(xml, page, tag === 'open')
    else if (tag === 'open' && name === 'paging') readPaging(xml, page)
    else if (tag === 'open') xml.skip()
  }
  if (xml.tag() !== 'end') throw odd('something follows the document')
  return page
}

function readSet(xml: XmlReader, page: NcmecPage, filled: boolean): void {
  const [set, count] = [xml.name(), xml.attribute('count')]
  const [live, deleted] = set === 'images' ? ['image', 'deletedImage'] : ['video', 'deletedVideo']
  let found = 0
  if (filled)
    for (let tag = xml.tag(); tag !== 'close'; tag = xml.tag()) {
      const name = xml.name()
      if (tag !== 'open' || (name !== live && name !== deleted)) {
        if (tag === 'open') xml.skip()
        continue
      }
      found += 1
      readEntry(xml, page, { video: set === 'videos', deleted: name === deleted })
    }
  page.entries += found
  // A page that holds other than it says has lost something on its way.
  if (count !== undefined && count !== String(found)) throw odd('a set holds another number of entries than it says')
}

function readPaging(xml: XmlReader, page: NcmecPage): void {
  for (let tag = xml.tag(); tag !== 'close'; tag = xml.tag()) {
    if (tag !== 'open') continue
    if (xml.name() !== 'next') {
      xml.skip()
      continue
    }
    if (page.next !== undefined) throw odd('it names two next pages')
    page.next = xml.text()
  }
}

/** What is gathered of one entry until its end. */
interface Reading {
  member: string
  id: string
  atMs: number
  feedbackMs: number
  values: Fingerprint[]
  bad: { what: string; why: string }[]
  others: number
  /** Ids of members who affirmed it. */
  affirmed: string[]
}

function readEntry(xml: XmlReader, page: NcmecPage, { video, deleted }: { video: boolean; deleted: boolean }): void {
  const read: Reading = { member: '', id: '', atMs: -1, feedbackMs: 0, values: [], bad: [], others: 0, affirmed: [] }
  for (let tag = xml.tag(); tag !== 'close'; tag = xml.tag()) {
    if (tag === 'empty') continue
    if (tag === 'end') throw odd('it ends too early')
    switch (xml.name()) {
      case 'member':
        if (read.member !== '') throw odd('an entry names two members')
        read.member = memberId(xml)
        xml.skip()
        break
      case 'timestamp':
        if (read.atMs !== -1) throw odd('an entry names two times')
        read.atMs = instant(xml.text())
        break
      case 'id':
        if (read.id !== '') throw odd('an entry names two ids')
        read.id = xml.text().trim()
        break
      case 'fingerprints':
        readFingerprints(xml, read)
        break
      case 'feedback':
        readFeedback(xml, read)
        break
      default:
        xml.skip()
    }
  }
  if (read.member === '' || read.atMs === -1 || !isName(read.id)) throw odd('an entry lacks its member, id or time')
  if (video) page.videos += 1
  else keep(read, page, deleted)
}

function keep(read: Reading, page: NcmecPage, deleted: boolean): void {
  const source = sourceOf(read.member)
  const key = { source, entryId: read.id, atMs: Math.max(read.atMs, read.feedbackMs) }
  page.otherKinds += read.others
  for (const { what, why } of read.bad) page.rejected.push({ source, entryId: read.id, what, why })
  // An entry of whose state nothing can be used is gone, whatever it was before.
  if (deleted || read.values.length === 0) page.seen.push({ kind: 'remove', ...key })
  else {
    const members = read.affirmed.length === 0 ? alone(source) : [...new Set([source, ...read.affirmed.map(sourceOf)])]
    page.seen.push({ kind: 'put', ...key, members, values: read.values })
  }
}

function readFingerprints(xml: XmlReader, read: Reading): void {
  for (let tag = xml.tag(); tag !== 'close'; tag = xml.tag()) {
    const algorithm = compared.get(xml.name())
    if (tag === 'empty') {
      // By reference: a large one, which is fetched by whoever has a plug-in for it.
      if (algorithm === undefined) read.others += 1
      else read.bad.push({ what: algorithm, why: 'it is empty' })
    } else if (algorithm === undefined) {
      read.others += 1
      xml.skip()
    } else {
      const print = readFingerprint(algorithm, xml.text())
      if ('value' in print) read.values.push({ algorithm, value: print.value })
      else read.bad.push({ what: algorithm, why: print.why })
    }
  }
}

/** Who affirms an entry counts as one of its members; who doubts it does not take it away from those who list it. */
function readFeedback(xml: XmlReader, read: Reading): void {
  const changed = xml.attribute('lastUpdateTimestamp')
  if (changed !== undefined) read.feedbackMs = instant(changed)
  for (let tag = xml.tag(); tag !== 'close'; tag = xml.tag()) {
    if (tag !== 'open') continue
    if (xml.name() !== 'affirmativeFeedback') {
      xml.skip()
      continue
    }
    for (let inner = xml.tag(); inner !== 'close'; inner = xml.tag()) {
      if (inner !== 'open') continue
      if (xml.name() !== 'members') {
        xml.skip()
        continue
      }
      for (let each = xml.tag(); each !== 'close'; each = xml.tag()) {
        if (xml.name() === 'member') read.affirmed.push(memberId(xml))
        if (each === 'open') xml.skip()
      }
    }
  }
}

function memberId(xml: XmlReader): string {
  const id = xml.attribute('id') ?? ''
  if (!/^\d{1,18}$/.test(id)) throw odd('a member has no number')
  return id
}

/** By number: names change, and an entry is known by its member. One string for all of a member's entries. */
function sourceOf(member: string): string {
  const known = sources.get(member)
  if (known !== undefined) return known
  const source = `ncmec-${member}`
  // Members are some hundreds; a service that invents more shall not fill the memory.
  if (sources.size < 10_000) sources.set(member, source)
  return source
}
const sources = new Map<string, string>()

function alone(source: string): readonly string[] {
  return [source]
}

/** `2026-01-02T03:04:05Z`, with or without a fraction; UTC and nothing else. */
function instant(text: string): number {
  const trimmed = text.trim()
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/.test(trimmed) ? Date.parse(trimmed) : Number.NaN
  if (Number.isNaN(at)) throw odd('a time is none')
  return at
}
