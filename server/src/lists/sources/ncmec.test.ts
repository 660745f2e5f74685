import { startHashSharing } from '@wardline/sandbox'
import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { HastyClock, ncmecOrigin, truthOf } from '../sync/testing.ts'
import { ncmecAddress, ncmecFeedNames, ncmecFeeds } from './address.ts'
import { sourceContract } from './contract.ts'
import { openNcmec } from './ncmec.ts'
import { readNcmecPage } from './ncmec-page.ts'
import { XmlReader } from './xml-reader.ts'

sourceContract(async () => {
  const clock = new HastyClock()
  const server = await startHashSharing({ clock, entries: 150, pageSize: 40, shares: { malformed: 0.05 } })
  let change = 0
  return {
    clock,
    origin: ncmecOrigin(server),
    truth: () => truthOf(server.live()),
    change: () => {
      server.churn({ adds: 4, updates: 5, deletes: 3 })
      const fingerprints = { md5: `${'d'.repeat(31)}z`, sha1: String(change).padStart(40, 'a') }
      server.change({ kind: 'add', memberId: 161, entryId: `odd-${change++}`, entry: { fingerprints } })
    },
    spoil: () => {
      server.faults.always('entries', { kind: 'html_page', status: 200 })
    },
    mend: () => server.faults.clear(),
    secrets: () => ['127.0.0.1', server.credentials.password, server.credentials.user, 'd'.repeat(31), 'Basic'],
    [Symbol.asyncDispose]: () => server.close(),
  }
})

const page = (inside: string, head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n') =>
  Buffer.from(`${head}<queryResult xmlns="https://hashsharing.ncmec.org/hashsharing/v2">${inside}</queryResult>\n`)
const image =
  '<image><member id="3">M &amp; N</member><timestamp>2026-01-02T03:04:05.250Z</timestamp><id>i&#49;</id></image>'

describe('a page of Hash Sharing', () => {
  it('is read, whatever the order of its parts, their prefixes and what nobody knows', () => {
    const sha1 = 'a1'.repeat(20)
    const read = readNcmecPage(
      page(
        '<!-- <image> --><audios count="3"><audio><id>x</id></audio></audios>' +
          `<n:images xmlns:n="x" count="2" maxTimestamp='2026-01-02T03:04:05Z'>` +
          `<n:image mood='a > b "'><id> one </id><fingerprints><sha1> ${sha1.toUpperCase()} </sha1><pdna>AAAA</pdna>` +
          '<tmk-pdqf rel="self" href="/v2/x"/></fingerprints><timestamp>2026-01-02T03:04:05Z</timestamp>' +
          '<member id="3"><![CDATA[<M>]]></member><feedback lastUpdateTimestamp="2026-02-02T03:04:05Z">' +
          '<affirmativeFeedback type="Sha1"><members timestamp="2026-02-02T03:04:05Z"><member id="4">N</member></members>' +
          '</affirmativeFeedback><negativeFeedback type="Sha1"><reasons><reason guid="g"/><members><member id="5">O</member>' +
          '</members></reasons></negativeFeedback></feedback></n:image>' +
          '<n:deletedImage><member id="3">M</member><timestamp>2026-01-02T03:04:06Z</timestamp><id>two</id></n:deletedImage>' +
          '</n:images><videos count="0"/><paging><next>/v2/entries?a=1&amp;max=77</next></paging>',
      ),
    )
    const at = Date.UTC(2026, 0, 2, 3, 4, 6)
    expect(read).toEqual({
      seen: [
        {
          kind: 'put',
          source: 'ncmec-3',
          entryId: 'one',
          atMs: Date.UTC(2026, 1, 2, 3, 4, 5),
          members: ['ncmec-3', 'ncmec-4'],
          values: [{ algorithm: 'sha1', value: sha1 }],
        },
        { kind: 'remove', source: 'ncmec-3', entryId: 'two', atMs: at },
      ],
      rejected: [],
      videos: 0,
      otherKinds: 2,
      entries: 2,
      next: '/v2/entries?a=1&max=77',
    })
  })

  const refused: [string, string][] = [
    ['', 'no document'],
    ['<html></html>', 'another root'],
    [page('<images>').toString(), 'an element that is not closed'],
    [page('<images></videos>').toString(), 'tags that cross'],
    [page(`<images count="2">${image}</images>`).toString(), 'a count that is not true'],
    [page('<images count="1"><image><id>a</id></image></images>').toString(), 'an entry without member and time'],
    [page(`<images>${image.replace('05.250Z', '05')}</images>`).toString(), 'a local time'],
    [page(`<images>${image.replace('id="3"', 'id="x"')}</images>`).toString(), 'a member without number'],
    [
      page(`<images>${image.replace('&amp;', '&lol;').replace('<member', '<id>b</id><member')}</images>`).toString(),
      'an id twice',
    ],
    [page('<images/>', '<!DOCTYPE queryResult [<!ENTITY lol "lol">]>').toString(), 'a document type'],
    [page('<images/>', '<?xml version="1.0" encoding="UTF-16"?>').toString(), 'another encoding'],
    [`${page('<images/>')}<queryResult/>`, 'a second document'],
    [page('words').toString(), 'words between elements'],
    [page('<paging><next>/v2/a</next><next>/v2/b</next></paging>').toString(), 'two next pages'],
    [page(`<a>${'<b>'.repeat(50)}${'</b>'.repeat(50)}</a>`).toString(), 'a nest without end'],
    [page('<images><image <image/></images>').toString(), 'a tag in a tag'],
  ]
  it.each(refused.map(([text, what]) => [what, text] as const))('%s is refused', (_what, text) => {
    expect(() => readNcmecPage(Buffer.from(text))).toThrow(/not as documented/)
  })

  it('half of a page is never a page, wherever it is cut', () => {
    const whole = page(`<images count="1">${image}</images><paging><next>/v2/x</next></paging>`)
    for (let length = 0; length < whole.length - '\n'.length; length += 1)
      expect(() => readNcmecPage(whole.subarray(0, length)), String(length)).toThrow(/not as documented/)
    expect(() => readNcmecPage(Buffer.from([0xff, 0xfe, 0x3c]))).toThrow(/UTF-8/)
  })

  it('is read as a general parser reads it: the same elements, texts and attributes, or none', () => {
    const name = fc.constantFrom('images', 'image', 'id', 'x')
    const text = fc.constantFrom('', 'a', ' b ', '&lt;&amp;', '&#65;&#x42;', '\'"')
    const element: fc.Memo<string> = fc.memo((depth) =>
      fc
        .tuple(
          name,
          text,
          fc.constantFrom('', ' a="1"', " b='&gt;>'"),
          depth > 1 ? fc.array(element(), { maxLength: 3 }) : fc.constant([]),
        )
        .map(([tag, words, attributes, inner]) =>
          inner.length > 0
            ? `<${tag}${attributes}>${inner.join(' ')}</${tag}>`
            : `<${tag}${attributes}>${words}</${tag}>`,
        ),
    )
    const spoil = fc.option(fc.tuple(fc.nat(200), fc.constantFrom('<', '>', '&', '/', '"', 'q')), { nil: undefined })
    fc.assert(
      fc.property(element(4), spoil, (xml, spoilt) => {
        const at = spoilt === undefined ? 0 : spoilt[0] % (xml.length + 1)
        const document = spoilt === undefined ? xml : xml.slice(0, at) + spoilt[1] + xml.slice(at)
        const mine = namesByUs(document)
        const theirs = namesByTwin(document)
        // Where ours is stricter it refuses; what it takes, it takes as the twin does.
        if (mine !== undefined && theirs !== undefined) expect(mine).toEqual(theirs)
        if (spoilt === undefined) expect(mine).toBeDefined()
      }),
    )
  })
})

/** Opening tags in their order, with their attribute a. Leaves and branches are told apart by looking at the document. */
function namesByUs(document: string): string[] | undefined {
  const names: string[] = []
  try {
    const xml = new XmlReader(Buffer.from(document))
    for (let tag = xml.tag(); tag !== 'end'; tag = xml.tag()) {
      if (tag === 'close') continue
      names.push(`${xml.name()} ${xml.attribute('a') ?? ''}`)
      if (tag === 'open' && xml.holdsText()) xml.text()
    }
    return names
  } catch {
    return undefined
  }
}

function namesByTwin(document: string): string[] | undefined {
  if (XMLValidator.validate(document) !== true) return undefined
  const parser = new XMLParser({
    preserveOrder: true,
    processEntities: false,
    ignoreAttributes: false,
    parseTagValue: false,
  })
  const names: string[] = []
  const walk = (nodes: unknown): void => {
    if (!Array.isArray(nodes)) return
    for (const node of nodes) {
      const tag = Object.keys(node).find((key) => key !== ':@' && key !== '#text')
      if (tag === undefined) continue
      names.push(`${tag} ${node[':@']?.['@_a'] ?? ''}`)
      walk(node[tag])
    }
  }
  walk(parser.parse(document))
  return names
}

describe('where NCMEC’s lists live', () => {
  it('is a closed table: seven feeds, production and its twin, never each other’s', () => {
    expect(ncmecFeedNames).toHaveLength(7)
    expect(Object.keys(ncmecFeeds).sort()).toEqual([...ncmecFeedNames].sort())
    const all = ncmecFeedNames.flatMap((feed) => [ncmecFeeds[feed].production, ncmecFeeds[feed].test])
    expect(new Set(all).size).toBe(14)
    for (const feed of ncmecFeedNames) {
      expect(ncmecAddress(feed, 'production', undefined).href).toBe(ncmecFeeds[feed].production)
      expect(ncmecAddress(feed, 'test', undefined).hostname).toMatch(/^(exttest|betalesp|hashsharing-test)\./)
      expect(() => ncmecAddress(feed, 'sandbox', ncmecFeeds[feed].test)).toThrow(/on this machine/)
      expect(() => ncmecAddress(feed, 'production', 'http://127.0.0.1:1/x')).toThrow(/only the sandbox/)
    }
  })

  it('nothing that a test sets up reaches it', async () => {
    const settings = { feed: 'industry_csam', username: 'u', password: 'p' } as const
    for (const environment of ['test', 'production'] as const) {
      const source = openNcmec({ ...settings, environment }, new HastyClock())
      const asked = source.first({ fromMs: 0, toMs: 1000 }, new AbortController().signal)
      await expect(asked).rejects.toMatchObject({ code: 'address_refused' })
    }
  })

  it('a page is never longer than it may be, nor silent for too long', async () => {
    await using server = await startHashSharing({ entries: 50 })
    const { user: username, password } = server.credentials
    const settings = {
      feed: 'industry_csam',
      environment: 'sandbox',
      sandboxUrl: server.baseUrl,
      username,
      password,
    } as const
    const clock = new HastyClock()
    const ask = (limits: { silenceMs: number; totalMs: number; mostBytes: number }) =>
      openNcmec(settings, clock, limits).first({ fromMs: 0, toMs: Date.UTC(2026, 0) }, new AbortController().signal)
    server.faults.next('entries', { kind: 'huge', megabytes: 3 })
    const limits = { silenceMs: 5_000, totalMs: 5_000, mostBytes: 2 ** 20 }
    await expect(ask(limits)).rejects.toMatchObject({ code: 'answer_odd' })
    server.faults.next('entries', { kind: 'delay', until: new Promise(() => {}) })
    await expect(ask({ ...limits, silenceMs: 50 })).rejects.toMatchObject({ code: 'source_slow' })
  })
})
