/** Answers as XML, written as text: a tree of a thousand entries would cost more than everything else together. */
import type { Item } from '../lists/timeline.ts'
import type { Entry, FeedbackGiven, Member, PathKind } from './entry.ts'
import { spokenKind, textKinds } from './entry.ts'

export const namespace = 'https://hashsharing.ncmec.org/hashsharing/v2'

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

/** A whole document. root: the element's name; children: finished XML. */
export const document = (root: string, children: string): string =>
  `${declaration}<${root} xmlns="${namespace}">${children}</${root}>\n`

const replacements: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

export const escaped = (text: string): string => text.replace(/[&<>"]/g, (character) => replacements[character] ?? '')

export interface Naming {
  readonly memberName: (id: number) => string
  readonly reasonName: (guid: string) => string
}

/** An instant as the service writes it: a fraction only where there is one. */
const stamp = (epochMs: number): string => {
  const text = new Date(epochMs).toISOString()
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text
}

export interface Page {
  readonly items: readonly Item<Entry>[]
  /** Unescaped; null on the last page. */
  readonly next: string | null
  /** Added to each count that the page states. */
  readonly miscount: number
  /** Put before the sets, as it is. */
  readonly extra: string
}

/** `/v2/entries` and what follows by `next`. */
export const queryResult = ({ items, next, miscount, extra }: Page, naming: Naming): string => {
  const images = setOf('image', items, miscount, naming)
  const videos = setOf('video', items, miscount, naming)
  const paging = next === null ? '' : `<paging><next>${escaped(next)}</next></paging>`
  return document('queryResult', `${extra}${images}${videos}${paging}`)
}

// An empty set is written, or left out: both occur. Which, follows from the page, so that it is the same each time.
const setOf = (kind: Entry['kind'], items: readonly Item<Entry>[], miscount: number, naming: Naming): string => {
  let text = ''
  let count = 0
  let maxMs = 0
  for (const item of items) {
    if (item.body.kind !== kind) continue
    count++
    if (item.timestampMs > maxMs) maxMs = item.timestampMs
    text += item.deleted ? deletedXml(item, naming) : entryXml(item, naming)
  }
  if (count === 0) return items.length % 2 === 0 ? `<${kind}s count="${miscount}"/>` : ''
  const fraction = count % 2 === 0 ? new Date(maxMs).toISOString() : stamp(maxMs)
  return `<${kind}s count="${count + miscount}" maxTimestamp="${fraction}">\n${text}</${kind}s>\n`
}

const memberXml = (id: number, { memberName }: Naming): string =>
  `<member id="${id}">${escaped(memberName(id))}</member>`

// The order of a deleted entry's children varies.
const deletedXml = ({ index, body, timestampMs }: Item<Entry>, naming: Naming): string => {
  const member = memberXml(body.memberId, naming)
  const id = `<id>${escaped(body.id)}</id>`
  const time = `<timestamp>${stamp(timestampMs)}</timestamp>`
  const name = body.kind === 'image' ? 'deletedImage' : 'deletedVideo'
  return `<${name}>${index % 2 === 0 ? `${member}${id}${time}` : `${member}${time}${id}`}</${name}>\n`
}

const entryXml = ({ index, body, timestampMs }: Item<Entry>, naming: Naming): string => {
  const { kind, memberId, id, classification, feedback } = body
  const grade = classification === null ? '' : `<classification>${escaped(classification)}</classification>`
  // What nobody has said anything about has an empty feedback element, or none.
  const said = feedback.length > 0 ? feedbackXml(feedback, naming) : index % 8 === 0 ? '<feedback/>' : ''
  return `<${kind}>${memberXml(memberId, naming)}<timestamp>${stamp(timestampMs)}</timestamp><id>${escaped(id)}</id>${grade}${fingerprintsXml(index, body)}${said}</${kind}>\n`
}

const fingerprintsXml = (index: number, { fingerprints, large }: Entry): string => {
  let text = ''
  for (const kind of textKinds) {
    const value = fingerprints[kind]
    if (value !== undefined) text += `<${kind}>${escaped(value)}</${kind}>`
  }
  for (const kind of large) {
    const name = kind.toLowerCase().replaceAll('_', '-')
    text += `<${name} rel="self" href="/v2/entries/${index}/fingerprints/${kind}"/>`
  }
  return text === '' ? '' : `<fingerprints>${text}</fingerprints>`
}

const feedbackXml = (given: readonly FeedbackGiven[], naming: Naming): string => {
  const kinds = [...new Set(given.map((one) => one.type))]
  const parts = kinds.map((kind) => {
    const ofKind = given.filter((one) => one.type === kind)
    const affirmative = ofKind.filter((one) => one.reasons === null)
    const negative = ofKind.filter((one) => one.reasons !== null)
    const yes = affirmative.length === 0 ? '' : membersXml(affirmative, naming)
    const no = [...new Set(negative.flatMap((one) => one.reasons ?? []))].map(
      (guid) =>
        `${reasonXml(guid, kind, naming)}${membersXml(
          negative.filter((one) => one.reasons?.includes(guid)),
          naming,
        )}`,
    )
    return `${yes && saidXml('affirmativeFeedback', kind, affirmative, yes)}${no.length === 0 ? '' : saidXml('negativeFeedback', kind, negative, `<reasons>${no.join('')}</reasons>`)}`
  })
  return `<feedback lastUpdateTimestamp="${stamp(latest(given))}">${parts.join('')}</feedback>`
}

const saidXml = (name: string, kind: PathKind, given: readonly FeedbackGiven[], inner: string): string =>
  `<${name} type="${spokenKind(kind)}" lastUpdateTimestamp="${stamp(latest(given))}">${inner}</${name}>`

export const reasonXml = (guid: string, kind: PathKind, { reasonName }: Naming): string =>
  `<reason guid="${escaped(guid)}" name="${escaped(reasonName(guid))}" type="${spokenKind(kind)}"/>`

const membersXml = (given: readonly FeedbackGiven[], naming: Naming): string =>
  `<members timestamp="${stamp(latest(given))}">${given.map((one) => memberXml(one.memberId, naming)).join('')}</members>`

const latest = (given: readonly FeedbackGiven[]): number => Math.max(...given.map((one) => one.atMs))

export const membersDocument = (members: readonly Member[]): string =>
  document('members', members.map(({ id, name }) => `<member id="${id}">${escaped(name)}</member>`).join(''))
