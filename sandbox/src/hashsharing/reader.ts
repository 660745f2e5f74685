/** For the sandbox's own tests: a careful, slow reader of the service, written from the documentation alone. */
import { XMLParser } from 'fast-xml-parser'
import type { RawAnswer } from '../lists/caller.ts'
import { ask, basic } from '../lists/caller.ts'
import type { HashSharing } from './hashsharing.ts'

export interface ReadEntry {
  readonly key: string
  readonly kind: 'image' | 'video'
  readonly deleted: boolean
  readonly timestamp: string
  readonly fingerprints: Readonly<Record<string, string>>
  /** How many affirmed it, and how many said why not. */
  readonly affirmed: number
  readonly rejected: number
  /** Paths of large fingerprints. */
  readonly hrefs: readonly string[]
}

export interface ReadPage {
  readonly answer: RawAnswer
  readonly entries: readonly ReadEntry[]
  readonly stated: number
  readonly maxTimestamp: string
  readonly next: string | null
}

type Node = Readonly<Record<string, unknown>>

const lists = new Set(['image', 'video', 'deletedImage', 'deletedVideo', 'affirmativeFeedback', 'member'])
const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  textNodeName: '#',
  alwaysCreateTextNode: true,
  parseTagValue: false,
  isArray: (name) => lists.has(name),
})

export const readerOf = (server: HashSharing) => {
  const base = new URL(server.baseUrl).pathname
  const get = (path: string) => ask(server, `${base}${path}`, { headers: { authorization: basic(server.credentials) } })
  const page = async (path: string): Promise<ReadPage> => pageIn(await get(path))
  const range = (from: number, to: number) => `/v2/entries?from=${whole(from)}&to=${whole(to)}`

  /** All pages of a range. between: called before each page but the first. */
  const drain = async (from: number, to: number, between: (nth: number) => void = () => {}): Promise<ReadPage[]> => {
    const pages = [await page(range(from, to))]
    for (let next = pages[0]?.next ?? null; next !== null; next = pages.at(-1)?.next ?? null) {
      between(pages.length)
      pages.push(await page(next))
    }
    return pages
  }
  const everything = async (between?: (nth: number) => void): Promise<ReadEntry[]> => {
    const pages = await drain(0, server.clock.now() - 5000, between)
    return pages.flatMap((one) => one.entries)
  }
  return { get, page, range, drain, everything }
}

/** What a consumer holds after these: by member and entry, the deleted ones gone. */
export const held = (entries: readonly ReadEntry[], before = new Map<string, ReadEntry>()): Map<string, ReadEntry> => {
  const now = new Map(before)
  for (const entry of entries) {
    if (entry.deleted) now.delete(entry.key)
    else now.set(entry.key, entry)
  }
  return now
}

/** The same of the server's own truth, in a form that toEqual compares: key, then fingerprints. */
export const truth = (server: HashSharing): string[] =>
  [...server.live()].map(({ memberId, entryId, fingerprints }) => line(`${memberId} ${entryId}`, fingerprints)).sort()

export const belief = (entries: ReadonlyMap<string, ReadEntry>): string[] =>
  [...entries.values()].map(({ key, fingerprints }) => line(key, fingerprints)).sort()

const line = (key: string, fingerprints: object): string =>
  `${key} ${JSON.stringify(Object.entries(fingerprints).sort())}`

const whole = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

const pageIn = (answer: RawAnswer): ReadPage => {
  const result = (parser.parse(answer.text) as Node)['queryResult'] as Node | undefined
  if (answer.status !== 200 || !result) throw new Error(`no page but ${answer.status}: ${answer.text.slice(0, 200)}`)
  const sets = ['images', 'videos'].map((name) => (result[name] ?? {}) as Node)
  const entries = sets.flatMap((set) =>
    (['image', 'video', 'deletedImage', 'deletedVideo'] as const).flatMap((name) =>
      ((set[name] ?? []) as Node[]).map((node) => entryIn(name, node)),
    ),
  )
  const paging = result['paging'] as { readonly next: { readonly '#': string } } | undefined
  return {
    answer,
    entries,
    stated: sets.reduce((sum, set) => sum + Number(set['@count'] ?? 0), 0),
    maxTimestamp:
      sets
        .map((set) => String(set['@maxTimestamp'] ?? ''))
        .sort()
        .at(-1) ?? '',
    next: paging ? paging.next['#'] : null,
  }
}

const entryIn = (name: string, node: Node): ReadEntry => {
  const text = (of: unknown) => (of as { readonly '#'?: string } | undefined)?.['#'] ?? ''
  const [member] = node['member'] as Node[]
  const children = Object.entries((node['fingerprints'] ?? {}) as Record<string, Node>).filter(([key]) => key !== '#')
  const feedback = node['feedback'] as
    | { readonly affirmativeFeedback?: Node[]; readonly negativeFeedback?: Node }
    | undefined
  const whose = (of: unknown) => ((of as { readonly member?: Node[] } | undefined)?.member ?? []).length
  const no = feedback?.negativeFeedback?.['reasons'] as { readonly members?: unknown } | undefined
  return {
    key: `${member?.['@id']} ${text(node['id'])}`,
    kind: name.toLowerCase().endsWith('image') ? 'image' : 'video',
    deleted: name.startsWith('deleted'),
    timestamp: text(node['timestamp']),
    fingerprints: Object.fromEntries(
      children.filter(([, child]) => !child['@href']).map(([key, child]) => [key, text(child)]),
    ),
    affirmed: (feedback?.affirmativeFeedback ?? []).reduce((sum, one) => sum + whose(one['members']), 0),
    rejected: whose(no?.members),
    hrefs: children.flatMap(([, child]) => (child['@href'] ? [String(child['@href'])] : [])),
  }
}
