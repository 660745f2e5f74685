/** The service itself: a call in, an answer out. What the documentation leaves open is an option, or marked as our own reading. */
import { callerOf } from '../cybertipline/access.ts'
import type { Answer, Asked } from '../lists/exchange.ts'
import { Refused } from '../lists/exchange.ts'
import type { ListFault } from '../lists/faults.ts'
import type { Breach, Ledger } from '../lists/ledger.ts'
import { pairsIn } from '../lists/pairs.ts'
import { bytesOf, stateOf } from '../lists/seeded.ts'
import { categorizationsDocument } from './categorizations.ts'
import type { HashList } from './changes.ts'
import type { Member } from './entry.ts'
import type { Reason } from './feedback.ts'
import { submissionIn } from './feedback.ts'
import type { Lies } from './lies.ts'
import type { Link, Links } from './links.ts'
import type { HashSettings, HashUser } from './options.ts'
import { rangeIn } from './query.ts'
import type { Naming, Page } from './render.ts'
import { document, escaped, membersDocument, queryResult, reasonXml } from './render.ts'
import type { Destination, HashRoute } from './route.ts'
import { destinationOf, isPathKind, methods } from './route.ts'

/** One line of the feedback journal. */
export interface FeedbackRecord {
  readonly when: number
  readonly user: string
  readonly byMemberId: number
  readonly memberId: number
  readonly entryId: string
  readonly type: string
  /** null: affirmative. */
  readonly reasons: readonly string[] | null
}

export interface ServiceParts {
  readonly settings: HashSettings
  readonly list: HashList
  readonly links: Links
  readonly lies: Lies
  readonly reasons: readonly Reason[]
  readonly ledger: Ledger<HashRoute>
  readonly journal: FeedbackRecord[]
}

export const serviceOf = ({ settings, list, links, lies, reasons, ledger, journal }: ServiceParts) => {
  const { clock, users, pageSize } = settings
  const members: readonly Member[] = [
    ...settings.members,
    ...users
      .filter((user) => settings.members.every((member) => member.id !== user.memberId))
      .map((user) => ({ id: user.memberId, name: `Member of ${user.user}` })),
  ]
  const memberNames = new Map(members.map((member) => [member.id, member.name]))
  const naming: Naming = {
    memberName: (id) => memberNames.get(id) ?? `Member ${id}`,
    reasonName: (guid) => reasons.find((reason) => reason.guid === guid)?.name ?? '',
  }

  const answer = (asked: Asked<HashRoute>): Answer => {
    const { authorization } = asked.headers
    const user = callerOf(authorization, users)
    if (!user) throw refused(401, authorization === undefined ? 'no_credentials' : 'wrong_credentials', 'Authorization')
    const below = asked.target.slice(settings.basePath.length)
    const to = destinationOf(below)
    if (!to || asked.route === undefined) throw refused(404, 'unknown_path', 'path')
    if (asked.method !== methods[to.route]) throw refused(405, 'wrong_method', `${methods[to.route]} expected`)
    if (to.route !== 'feedback' && asked.body.length > 0) ledger.breach('body_without_use', to.route, 'body')
    if (to.route !== 'entries' && to.route !== 'page' && pairsIn(below).length > 0) {
      throw refused(400, 'unknown_parameter', 'no parameter here')
    }
    return answers[to.route](below, user, to, asked)
  }

  const answers: Readonly<
    Record<HashRoute, (below: string, user: HashUser, to: Destination, asked: Asked<HashRoute>) => Answer>
  > = {
    status: (_, { user, memberId }) => {
      const member = `<member id="${memberId}">${escaped(naming.memberName(memberId))}</member>`
      return xml(document('status', `<ipAddress>127.0.0.1</ipAddress><username>${escaped(user)}</username>${member}`))
    },
    members: () => xml(membersDocument(members)),
    categorizations: () => xml(categorizationsDocument(`${settings.environment} ${settings.twin}`)),
    reasons: (_, _user, { type }) => {
      if (!isPathKind(type)) throw refused(404, 'unknown_type', 'type')
      const ofType = reasons.filter((reason) => reason.type === type)
      return xml(
        document('availableFeedbackReasons', ofType.map((one) => reasonXml(one.guid, one.type, naming)).join('')),
      )
    },
    entries: (below, _user, _to, { fault }) => {
      const range = rangeIn(below)
      if ('breach' in range) throw refused(400, range.breach, range.words)
      const now = clock.now()
      if (range.toMs > now - settings.freshestMs) ledger.breach('range_too_fresh', 'entries', 'to')
      const bounds = { ...range, includesFrom: settings.includes.from, includesTo: settings.includes.to }
      const seed = settings.order === 'time' ? null : settings.seed
      const reading = list.timeline.read(bounds, settings.paging === 'offset' ? null : seed, now, settings.leaving)
      return pageOf({ course: { ...range, reading }, place: 0, delivered: 0, givenMs: now }, below, fault)
    },
    page: (below, _user, _to, { fault }) => {
      const link = links.find(below)
      if (!link) throw refused(settings.badNextStatus, 'next_not_given', 'start')
      if (fault?.kind === 'expired_next') return plain(settings.badNextStatus, 'the link is no longer valid')
      if (clock.now() - link.givenMs > settings.nextLifetimeMs)
        throw refused(settings.badNextStatus, 'next_too_old', 'start')
      return pageOf(settings.paging === 'offset' ? cutAnew(link) : link, below, fault)
    },
    fingerprint: (_, _user, { entryId, type }) => {
      const index = /^\d{1,9}$/.test(entryId) ? Number(entryId) : -1
      const item = index >= 0 && list.timeline.has(index) ? list.timeline.item(index) : undefined
      if (!item || item.deleted || !item.body.large.some((kind) => kind === type))
        throw refused(404, 'unknown_entry', 'entry')
      return { status: 200, type: 'application/octet-stream', body: bytesOf(stateOf(settings.seed, index), 100, 256) }
    },
    feedback: (_, user, { memberId, entryId, type }, { headers, body }) => {
      if (!isPathKind(type)) throw refused(404, 'unknown_type', 'type')
      const item = /^\d{1,15}$/.test(memberId) ? list.find({ memberId: Number(memberId), entryId }) : undefined
      if (!item || item.deleted) throw refused(404, 'unknown_entry', 'entry')
      if (!/^application\/xml;\s*charset=utf-8$/i.test(headers['content-type'] ?? '')) {
        throw refused(415, 'bad_content_type', 'Content-Type')
      }
      const submission = submissionIn(body)
      if ('wrong' in submission) throw refused(400, 'bad_body', submission.wrong)
      const known = reasons.filter((reason) => reason.type === type).map((reason) => reason.guid)
      if (submission.reasons?.some((guid) => !known.includes(guid))) throw refused(400, 'unknown_reason', 'guid')
      const when = clock.now()
      list.hear(item.index, { memberId: user.memberId, type, atMs: when, reasons: submission.reasons })
      const record = { when, user: user.user, byMemberId: user.memberId, memberId: item.body.memberId, entryId, type }
      journal.push({ ...record, reasons: submission.reasons })
      return xml(document('submissionResult', ''))
    },
  }

  /** The same offset, in the range as it is by now: it has moved over as many entries as left it from before the offset. */
  const cutAnew = (link: Link): Link => {
    const bounds = { ...link.course, includesFrom: settings.includes.from, includesTo: settings.includes.to }
    const reading = list.timeline.read(bounds, null, clock.now(), 'vanishes')
    let place = 0
    for (let passed = 0; place < reading.places && passed < link.delivered; place++) if (reading.at(place)) passed++
    return { ...link, course: { ...link.course, reading }, place }
  }

  const pageOf = ({ course, place, delivered }: Link, asked: string, fault: ListFault | undefined): Answer => {
    const items: Page['items'][number][] = []
    let at = place
    for (; at < course.reading.places && items.length < pageSize; at++) {
      const item = course.reading.at(at)
      if (item) items.push(item)
    }
    const more = at < course.reading.places
    const next = more
      ? links.give({ course, place: at, delivered: delivered + items.length, givenMs: clock.now() })
      : null
    const told: Page = {
      items:
        fault?.kind === 'duplicates' ? items.flatMap((item, nth) => (nth % 2 === 0 ? [item, item] : [item])) : items,
      next:
        fault?.kind === 'lying_next'
          ? lies.next(fault, asked, { course, place, delivered, givenMs: clock.now() })
          : next,
      miscount: fault?.kind === 'wrong_count' ? 7 : 0,
      extra: extraOf(fault),
    }
    const body = queryResult(told, naming)
    return { ...xml(fault?.kind === 'hostile' ? withDoctype(body) : body), entries: told.items.length }
  }

  return answer
}

const extraOf = (fault: ListFault | undefined): string => {
  switch (fault?.kind) {
    case 'extra_elements':
      return '<audios count="1"><audio zone="east"><member id="1">n</member><id>a1</id></audio></audios><note/>'
    case 'hostile':
      return '<note>&lol;&file;</note>'
    case 'huge':
      return ' '.repeat((fault.megabytes ?? 64) * 1_000_000)
    default:
      return ''
  }
}

const withDoctype = (body: string): string =>
  body.replace(
    '<queryResult',
    '<!DOCTYPE queryResult [<!ENTITY lol "lol"><!ENTITY file SYSTEM "file:///etc/hostname">]>\n<queryResult',
  )

const xml = (body: string): Answer => ({ status: 200, type: 'application/xml;charset=UTF-8', body })

const plain = (status: number, words: string): Answer => ({ status, type: 'text/plain', body: words })

const refused = (status: number, breach: Breach, words: string): Refused =>
  new Refused(breach, words, {
    ...plain(status, status === 401 ? '' : `${breach}: ${words}`),
    headers: status === 401 ? { 'WWW-Authenticate': 'Basic realm="Hash Sharing"' } : {},
  })
