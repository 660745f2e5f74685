/** The service itself: a call in, an answer out. Errors have the Graph API's form; which code for what is our own reading. */
import type { Answer, Asked } from '../lists/exchange.ts'
import { Refused } from '../lists/exchange.ts'
import type { ListFault } from '../lists/faults.ts'
import type { Breach } from '../lists/ledger.ts'
import { pairsIn } from '../lists/pairs.ts'
import type { Places } from '../lists/serving.ts'
import type { Item } from '../lists/timeline.ts'
import type { Indicator, IndicatorType, Reaction } from './indicator.ts'
import { indicatorTypes, reactions } from './indicator.ts'
import type { SignalLink, SignalLinks } from './links.ts'
import { lieOf } from './links.ts'
import type { ThreatSettings } from './options.ts'
import { queryIn } from './query.ts'
import { updateOf } from './render.ts'
import type { ThreatRoute } from './route.ts'
import { destinationOf, methods } from './route.ts'
import type { SignalList } from './signals.ts'

/** One line of the journal: what an app said. */
export interface ReactionRecord {
  readonly when: number
  readonly appId: string
  /** null: it listed an indicator of its own. */
  readonly reaction: Reaction | null
  readonly descriptorId: string
}

export interface ThreatParts {
  readonly settings: ThreatSettings
  readonly list: SignalList
  readonly links: SignalLinks
  readonly places: () => Places
  readonly journal: ReactionRecord[]
}

export const threatService = ({ settings, list, links, places, journal }: ThreatParts) => {
  const { clock, accessToken, basePath } = settings
  const [appId = ''] = accessToken.split('|')

  const answer = ({ target, route, method, headers, body, fault }: Asked<ThreatRoute>): Answer => {
    const tokens = pairsIn(target).filter(([name]) => name === 'access_token')
    if (headers.authorization !== undefined) throw refused(400, 104, 'no_credentials', 'the token travels in the URL')
    if (tokens.length === 0)
      throw refused(400, 104, 'no_credentials', 'An access token is required to request this resource.')
    if (tokens.length > 1 || tokens[0]?.[1] !== accessToken) {
      throw refused(400, 190, 'wrong_credentials', 'Invalid OAuth access token.')
    }
    const to = destinationOf(target.slice(basePath.length))
    if (!to || route === undefined) throw refused(404, 2500, 'unknown_path', 'Unknown path components.')
    if (method !== methods[to.route]) throw refused(400, 100, 'wrong_method', `${methods[to.route]} expected`)
    if (method === 'GET' && body.length > 0) throw refused(400, 100, 'body_without_use', 'body')
    switch (to.route) {
      case 'updates':
        return firstPage(target, to.id, fault)
      case 'page':
        return laterPage(target, fault)
      case 'member_groups':
      case 'owned_groups':
        if (to.id !== appId) throw refused(403, 10, 'wrong_credentials', 'another app')
        return json({ data: to.route === 'owned_groups' ? [] : settings.groups.map(groupOf) })
      case 'reaction':
        return react(to.id, formIn(headers, body))
      case 'descriptor':
        return add(formIn(headers, body))
    }
  }

  const firstPage = (target: string, group: string, fault: ListFault | undefined): Answer => {
    const known = settings.groups.find((one) => one.id === group)
    if (!known) throw refused(400, 100, 'unknown_entry', 'Unsupported get request: no such group')
    // Documented: groups without the feature answer 500.
    if (!known.updatesEnabled) return problem(500, 1, 'threat_updates is not enabled for this group')
    const query = queryIn(target, { ...settings, now: clock.now() })
    if ('breach' in query) throw refused(400, 100, query.breach, query.words)
    const bounds = { ...query, includesFrom: settings.includes.from, includesTo: settings.includes.to }
    const seed = settings.order === 'time' ? null : settings.seed
    const reading =
      group === settings.groups[0].id
        ? list.timeline.read(bounds, seed, clock.now(), settings.leaving)
        : { count: 0, places: 0, at: () => undefined }
    return pageOf(target, { group, query, reading, place: 0, givenMs: clock.now() }, fault)
  }

  const laterPage = (target: string, fault: ListFault | undefined): Answer => {
    const link = links.find(target)
    if (!link) throw refused(400, 100, 'next_not_given', 'after')
    if (fault?.kind === 'expired_next') return problem(400, 100, 'The cursor is no longer valid.')
    if (clock.now() - link.givenMs > settings.nextLifetimeMs) throw refused(400, 100, 'next_too_old', 'after')
    return pageOf(target, link, fault)
  }

  const pageOf = (target: string, link: SignalLink, fault: ListFault | undefined): Answer => {
    const { query, reading } = link
    const items: Item<Indicator>[] = []
    let at = link.place
    for (; at < reading.places && items.length < query.limit; at++) {
      const item = reading.at(at)
      if (item && isTold(item, query.types)) items.push(item)
    }
    const given = links.give(target, { ...link, place: at, givenMs: clock.now() })
    const more = at < reading.places
    const path = `${basePath}/${link.group}/threat_updates/`
    const again = () => links.give(target, { ...link, givenMs: clock.now() }).target
    const next =
      fault?.kind === 'lying_next'
        ? lieOf(fault, target, path, places(), again)
        : more
          ? `${places().origin}${given.target}`
          : undefined
    const told =
      fault?.kind === 'duplicates' ? items.flatMap((item, nth) => (nth % 2 === 0 ? [item, item] : [item])) : items
    const paging = { cursors: { before: 'QVFI', after: given.cursor }, ...(next === undefined ? {} : { next }) }
    const data = told.map((item) => updateOf(item, query.fields))
    const body = JSON.stringify({ data, ...(told.length > 0 || next !== undefined ? { paging } : {}) })
    return { ...json({}), body: spoilt(body, fault), entries: told.length }
  }

  const isTold = (item: Item<Indicator>, types: readonly IndicatorType[] | null): boolean =>
    (types === null || types.includes(item.body.type)) &&
    !(item.deleted && item.timestampMs < clock.now() - settings.tombstoneMs)

  const react = (descriptorId: string, form: ReadonlyMap<string, string>): Answer => {
    const reaction = reactions.find((one) => one === form.get('reactions'))
    if (!reaction || form.size !== 1) throw refused(400, 100, 'bad_body', 'reactions')
    if (!list.react(descriptorId, reaction, appId)) throw refused(400, 100, 'unknown_entry', 'no such descriptor')
    journal.push({ when: clock.now(), appId, reaction, descriptorId })
    return json({ success: true })
  }

  const add = (form: ReadonlyMap<string, string>): Answer => {
    const missing = ['indicator', 'type', 'description', 'share_level', 'status', 'privacy_type'].find(
      (name) => !form.get(name),
    )
    if (missing !== undefined) throw refused(400, 100, 'bad_body', `${missing} is required`)
    const type = indicatorTypes.find((one) => one === form.get('type'))
    if (!type) throw refused(400, 100, 'unknown_type', 'type')
    const status = form.get('status') === 'NON_MALICIOUS' ? 'NON_MALICIOUS' : 'MALICIOUS'
    const indicator = form.get('indicator') ?? ''
    const id = list.change({ kind: 'add', type, indicator, descriptors: [{ ownerId: appId, status }] })
    const index = list.timeline.size - 1
    const descriptorId = list.timeline.item(index).body.descriptors[0]?.id ?? id
    journal.push({ when: clock.now(), appId, reaction: null, descriptorId })
    return json({ success: true, id: descriptorId })
  }

  return answer
}

const formIn = (headers: Asked<ThreatRoute>['headers'], body: Buffer): ReadonlyMap<string, string> => {
  if (!/^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')) {
    throw refused(400, 100, 'bad_content_type', 'Content-Type')
  }
  return new Map(pairsIn(`?${body.toString('utf8')}`.replaceAll('+', ' ')))
}

const groupOf = ({ id, name, updatesEnabled }: ThreatSettings['groups'][number]): object => ({
  id,
  name,
  description: '',
  members_can_see: true,
  members_can_use: true,
  threat_updates_enabled: updatesEnabled,
})

const spoilt = (body: string, fault: ListFault | undefined): string => {
  switch (fault?.kind) {
    case 'extra_elements':
      return body.replace('{', '{"summary":{"zone":"east"},')
    case 'hostile':
      return body.replace('{', '{"__proto__":{"data":[{"id":"1"}]},')
    case 'huge':
      return body.replace('{', `{${' '.repeat((fault.megabytes ?? 64) * 1_000_000)}`)
    default:
      return body
  }
}

const json = (value: object, status = 200): Answer => ({
  status,
  type: 'application/json; charset=UTF-8',
  body: JSON.stringify(value),
})

const problem = (status: number, code: number, words: string): Answer =>
  json({ error: { message: `(#${code}) ${words}`, type: 'OAuthException', code, fbtrace_id: 'Asandbox' } }, status)

const refused = (status: number, code: number, breach: Breach, words: string): Refused =>
  new Refused(breach, words, problem(status, code, words))
