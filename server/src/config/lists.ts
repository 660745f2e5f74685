// The lists that are fetched: which keys each kind wants, and what they mean together. No address of a list service is ever
// typed but the sandbox's; the others are fixed by feed and environment, so that no environment meets another's list.
import { type Environment, isLoopback } from '#base'
import { CARDS_LIST, type ConfiguredList, type ListClass, type ListOrigin, ncmecFeeds } from '#lists'
import type { Config, Settings } from './schema.ts'

type Fetched = Settings['lists'][string]
type Key = keyof Fetched

interface Trouble {
  readonly key: Key
  readonly words: string
}

const wanted: Readonly<Record<Fetched['kind'], { readonly must: readonly Key[]; readonly may: readonly Key[] }>> = {
  ncmec: { must: ['feed', 'username', 'password'], may: ['baseUrl'] },
  threatexchange: { must: ['token', 'privacyGroup', 'class'], may: ['baseUrl'] },
  file: { must: ['path', 'class'], may: ['format', 'algorithm', 'source'] },
}
const ofSomeKind: readonly Key[] = [...new Set(Object.values(wanted).flatMap(({ must, may }) => [...must, ...may]))]

export function* listTroubles(list: Fetched, environment: Environment): Iterable<Trouble> {
  const { must, may } = wanted[list.kind]
  for (const key of must)
    if (list[key] === undefined) yield { key, words: `is missing; a list of the kind ${list.kind} needs it` }
  for (const key of ofSomeKind)
    if (list[key] !== undefined && !must.includes(key) && !may.includes(key))
      yield { key, words: notOf(list.kind, key) }
  yield* addressTroubles(list, environment)
  yield* fileTroubles(list)
  if (list.class === 'csam' && environment === 'sandbox' && list.kind !== 'ncmec')
    yield { key: 'class', words: 'must not be csam in the sandbox, where nothing is ever reported; use test' }
  if (list.maxAgeHours * 60 <= list.everyMinutes)
    yield {
      key: 'maxAgeHours',
      words: 'must be longer than everyMinutes, or the list would be too old before it is due',
    }
}

/** What could not be made, or not be told from another: found here, and not by a server that runs. */
export function* listNameTroubles(ids: readonly string[]): Iterable<{ readonly path: string; readonly words: string }> {
  for (const id of ids) {
    // It may be one, and is then not repeated.
    if (/[0-9a-f]{32}/.test(id)) yield { path: 'lists', words: 'must not be named like a hash' }
    else if (id === CARDS_LIST)
      yield { path: `lists.${id}`, words: 'has the name of the test cards that come with Wardline; choose another' }
  }
  // Environment variables have neither of the two, and no small letters.
  const spelled = new Map<string, string>()
  for (const id of ids) {
    const spelling = id.replaceAll(/[-_]/g, '')
    const other = spelled.get(spelling)
    if (other !== undefined)
      yield { path: `lists.${id}`, words: `is spelled like "${other}" in environment variables; rename one of the two` }
    else spelled.set(spelling, id)
  }
}

function* fileTroubles({ kind, path, format, algorithm }: Fetched): Iterable<Trouble> {
  if (kind !== 'file' || algorithm === undefined) return
  const rows = format === undefined ? /\.(jsonl|ndjson|json|csv)(\.gz)?$/i.test(path ?? '') : format !== 'plain'
  if (rows) yield { key: 'algorithm', words: 'must not be set: rows of JSON Lines and CSV each name their own' }
}

function notOf(kind: Fetched['kind'], key: Key): string {
  if (kind === 'ncmec' && key === 'class') return 'must not be set: what a match means is fixed by the feed'
  return `does not belong to a list of the kind ${kind}`
}

function* addressTroubles({ kind, baseUrl }: Fetched, environment: Environment): Iterable<Trouble> {
  if (kind === 'file') return
  if (kind === 'threatexchange' && environment === 'test')
    yield { key: 'kind', words: 'must be another one: ThreatExchange has no test service' }
  if (environment !== 'sandbox') {
    if (baseUrl !== undefined)
      yield {
        key: 'baseUrl',
        words: `must not be set: in "${environment}" the address is fixed by ${kind === 'ncmec' ? 'the feed' : 'the service'}; only the sandbox has another`,
      }
  } else if (baseUrl === undefined)
    yield { key: 'baseUrl', words: 'is missing; in the sandbox a list comes from a pretended service on this machine' }
  else if (!isLoopback(new URL(baseUrl).hostname))
    yield { key: 'baseUrl', words: 'must be on this machine (127.0.0.1, ::1 or localhost)' }
}

/** What the syncs need of each, after `loadConfig` has found no trouble. */
export function configuredLists(config: Pick<Config, 'lists' | 'environment' | 'rules'>): ConfiguredList[] {
  return Object.entries(config.lists).map(([id, list]) => ({
    id,
    class: classOf(list, config.environment),
    origin: originOf(id, list),
    policy: {
      radiusBits: list.radiusBits ?? config.rules.radiusBits,
      leastQuality: list.leastQuality,
      leastMembers: list.leastMembers,
      share: list.share,
      enabled: list.enabled,
    },
    everyMs: list.everyMinutes * 60_000,
    maxAgeMs: list.maxAgeHours * 3_600_000,
  }))
}

/** What the sandbox's services list is nothing real, whichever feed they play. */
function classOf({ kind, feed, class: named }: Fetched, environment: Environment): ListClass {
  if (kind === 'ncmec') return environment === 'sandbox' || feed === undefined ? 'test' : ncmecFeeds[feed].class
  if (named === undefined) throw new Error('a configured list without a class came through the checks')
  return named
}

function originOf(id: string, list: Fetched): ListOrigin {
  const { kind, baseUrl: sandboxUrl } = list
  const given = (key: Key): string => {
    const value = list[key]
    if (typeof value !== 'string') throw new Error(`a configured list without ${key} came through the checks`)
    return value
  }
  switch (kind) {
    case 'ncmec':
      if (list.feed === undefined) throw new Error('a configured list without feed came through the checks')
      return { kind, feed: list.feed, sandboxUrl, username: given('username'), password: given('password') }
    case 'threatexchange':
      return { kind, sandboxUrl, token: given('token'), privacyGroup: given('privacyGroup') }
    case 'file': {
      const { format, algorithm, source = id } = list
      return { kind, path: given('path'), format, algorithm, source }
    }
  }
}
