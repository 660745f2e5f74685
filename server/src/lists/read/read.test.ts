import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Algorithm, algorithms, hexDigits, type ListClass } from '../entry.ts'
import { LONGEST_LINE } from './lines.ts'
import { MOST_TROUBLES, readList } from './read.ts'

const jsonl = { format: 'jsonl', listId: 'drawn', class: 'test' } as const
const csv = { ...jsonl, format: 'csv' } as const
const sha1 = (seed: string) => seed.repeat(40).slice(0, 40)
const row = (change: object = {}) => ({ source: 'us', entryId: 'e1', algorithm: 'sha1', value: sha1('1a'), ...change })
const file = (...rows: unknown[]) =>
  rows.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n')

describe('a list file', () => {
  it('of JSON Lines becomes entries', async () => {
    const pdq = row({ algorithm: 'pdq', value: '0f'.repeat(32), entryId: 'e2', label: 'hills, a sun' })
    expect(await readList(file(row(), pdq), jsonl)).toEqual({
      entries: [
        { listId: 'drawn', source: 'us', entryId: 'e1', algorithm: 'sha1', value: sha1('1a'), class: 'test' },
        { ...pdq, listId: 'drawn', class: 'test' },
      ],
      counts: { rows: 2, taken: 2, lowered: 0, duplicates: 0, skipped: 0 },
      troubles: [],
    })
  })

  it('of CSV becomes entries, whatever the order of its columns', async () => {
    const text = `\uFEFFvalue,label,algorithm,source,entryId\r\n${sha1('2b')},"one, ""two""\r\nand three",sha1,us,e1\r\n\r\n${sha1('3c')},,sha1,us,e2`
    const { entries, counts } = await readList(text, csv)
    expect(counts).toEqual({ rows: 2, taken: 1, lowered: 0, duplicates: 0, skipped: 1 })
    expect(entries).toEqual([
      { listId: 'drawn', source: 'us', entryId: 'e2', algorithm: 'sha1', value: sha1('3c'), class: 'test' },
    ])
    const flat = await readList(text.replace('\r\nand', ' and'), csv)
    expect(flat.entries.map(({ label }) => label)).toEqual(['one, "two" and three', undefined])
  })

  it('with marks of its editor (BOM, CRLF, blank lines) is read as without', async () => {
    const plain = await readList(file(row(), row({ value: sha1('2b') })), jsonl)
    const marked = await readList(
      `\uFEFF\r\n${file(row(), '', row({ value: sha1('2b') })).replaceAll('\n', '\r\n')}\r\n\r\n`,
      jsonl,
    )
    expect(marked).toEqual(plain)
  })

  it('has its upper-case values lowered and counted', async () => {
    const { entries, counts } = await readList(file(row({ value: sha1('1A') })), jsonl)
    expect(entries[0]?.value).toBe(sha1('1a'))
    expect(counts).toMatchObject({ taken: 1, lowered: 1 })
  })

  it('has its duplicates merged and counted, and of two classes the weightier kept', async () => {
    const twice = [row({ class: 'exploitative' }), row({ value: sha1('1A'), class: 'csam' })]
    const { entries, counts } = await readList(file(...twice), { ...jsonl, class: 'csam' })
    expect(entries).toEqual([{ ...row(), listId: 'drawn', class: 'csam' }])
    expect(counts).toEqual({ rows: 2, taken: 1, lowered: 1, duplicates: 1, skipped: 0 })
  })

  it('keeps a value that stands under two entries twice: either may be taken back alone', async () => {
    const { entries, counts } = await readList(file(row(), row({ entryId: 'e2' }), row({ source: 'them' })), jsonl)
    expect(entries.map(({ source, entryId }) => [source, entryId])).toEqual([
      ['us', 'e1'],
      ['us', 'e2'],
      ['them', 'e1'],
    ])
    expect(counts).toMatchObject({ taken: 3, duplicates: 0 })
  })

  it('has every odd row named by its line and skipped, and never says what stood there', async () => {
    const secret = 'c0ffee'.repeat(8).slice(0, 40)
    const odd = [
      [`{"source":"us","value":"${secret}`, 'the line is not JSON'],
      [[secret], 'the row is not an object'],
      [row({ [secret]: 1 }), 'the row has a key other than source, entryId, algorithm, value, class, label'],
      [row({ source: 7 }), 'the source is missing or is not a short text'],
      [row({ source: `us\u001b[2J` }), 'the source is missing or is not a short text'],
      [row({ entryId: undefined }), 'the entryId is missing or is not a short text'],
      [row({ algorithm: 'photodna' }), 'the algorithm is none of pdq, md5, sha1, sha256'],
      [row({ value: `${secret.slice(1)}g` }), 'the value is missing or is not hexadecimal'],
      [row({ value: secret.slice(1) }), 'the value has 39 digits, and sha1 has 40'],
      [row({ algorithm: 'pdq', value: '0'.repeat(32) }), 'the value has 32 digits, and pdq has 64'],
      [row({ algorithm: 'pdq', value: '0'.repeat(64) }), 'the value is that of an empty file or picture'],
      [
        row({ algorithm: 'md5', value: 'D41D8CD98F00B204E9800998ECF8427E' }),
        'the value is that of an empty file or picture',
      ],
      [row({ class: 'csam' }), 'the class is none that a row may bear on a list of class test'],
      [row({ label: 'x'.repeat(257) }), 'the label is not a short text'],
      [`{"label":"${'x'.repeat(LONGEST_LINE)}"}`, 'the line is too long'],
    ] as const
    const read = await readList(file(row(), ...odd.map(([each]) => each), row({ value: sha1('2b') })), jsonl)
    expect(read.troubles).toEqual(odd.map(([, why], at) => ({ line: at + 2, why })))
    expect(read.counts).toEqual({ rows: odd.length + 2, taken: 2, lowered: 0, duplicates: 0, skipped: odd.length })
    expect(JSON.stringify(read.troubles)).not.toContain(secret.slice(0, 8))
  })

  it('of CSV loses to a forgotten quote its own line only', async () => {
    const header = 'source,entryId,algorithm,value'
    const rest = [`us,e2,sha1,${sha1('2b')}`, 'us,e3', `us,e4,sha1,${sha1('4d')}`]
    const forgotten = await readList(file(header, `us,"e1,sha1,${sha1('1a')}`, ...rest), csv)
    expect(forgotten.entries.map(({ entryId }) => entryId)).toEqual(['e2', 'e4'])
    expect(forgotten.troubles).toEqual([
      { line: 2, why: 'a quote is never closed' },
      { line: 4, why: 'the row has 2 cells, and the header has 4' },
    ])
    const astray = await readList(file(header, `us,e"1,sha1,${sha1('1a')}`, ...rest), csv)
    expect(astray.troubles[0]).toEqual({ line: 2, why: 'a quote stands where none may stand' })
    expect(astray.entries).toEqual(forgotten.entries)
  })

  it.each([
    '',
    sha1('1a'),
    'source,entryId,algorithm',
    'source,source,entryId,algorithm,value',
    'source,entryId,algorithm,value,note',
    'source,"entryId',
  ])('of CSV without a header of ours is refused whole (%#)', async (header) => {
    const reading = readList(file(header, `us,e1,sha1,${sha1('1a')}`), csv)
    await expect(reading).rejects.toMatchObject({ code: 'list_unreadable', retry: 'never' })
    await expect(reading).rejects.not.toThrow(sha1('1a'))
  })

  it('that is one line of 50 MB is refused without being held in memory', async () => {
    const before = process.memoryUsage().heapUsed
    const read = await readList(pieces('a'.repeat(65_536), 800), jsonl)
    expect(read).toMatchObject({
      counts: { rows: 1, skipped: 1 },
      troubles: [{ line: 1, why: 'the line is too long' }],
    })
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(20_000_000)
  })

  it('of nothing but odd rows names the first thousand and counts them all', async () => {
    const read = await readList('x\n'.repeat(MOST_TROUBLES + 5), jsonl)
    expect(read.troubles).toHaveLength(MOST_TROUBLES)
    expect(read.counts.skipped).toBe(MOST_TROUBLES + 5)
  })
})

describe('a row never becomes csam on a list that is not', () => {
  it.each(['exploitative', 'generative_ai', 'never_match', 'test'] as const)(
    'such as one of class %s',
    async (named) => {
      const { counts } = await readList(file(row({ class: 'csam' })), { ...jsonl, class: named })
      expect(counts).toMatchObject({ taken: 0, skipped: 1 })
    },
  )
  it.each(['csam', 'exploitative', 'generative_ai', 'test'] as const)(
    'and none becomes never_match on one of class %s',
    async (named) => {
      const { counts } = await readList(file(row({ class: 'never_match' })), { ...jsonl, class: named })
      expect(counts).toMatchObject({ taken: 0, skipped: 1 })
    },
  )
})

describe('any good entries', () => {
  const name = fc
    .string({ minLength: 1, maxLength: 40, unit: 'grapheme' })
    .filter((text) => text.trim() !== '' && !/\p{Cc}/u.test(text))
  const entry = fc.constantFrom(...algorithms).chain((algorithm: Algorithm) =>
    fc.record({
      source: name,
      entryId: name,
      algorithm: fc.constant(algorithm),
      value: fc.stringMatching(new RegExp(`^[0-9a-f]{${hexDigits[algorithm] - 1}}1$`)),
      class: fc.constantFrom<ListClass>('csam', 'exploitative', 'test'),
      label: name,
    }),
  )
  const entries = fc.uniqueArray(entry, { selector: ({ value }) => value, maxLength: 8 })
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

  it.each(['jsonl', 'csv'] as const)(
    'come back from %s as they were written, wherever the chunks are cut',
    async (format) => {
      await fc.assert(
        fc.asyncProperty(entries, fc.integer({ min: 1, max: 50 }), fc.boolean(), async (wanted, size, crlf) => {
          const keys = ['source', 'entryId', 'algorithm', 'value', 'class', 'label'] as const
          const rows = wanted.map((each) =>
            format === 'jsonl' ? JSON.stringify(each) : keys.map((key) => quoted(each[key])).join(','),
          )
          const text = (format === 'csv' ? [keys.join(','), ...rows] : rows).join(crlf ? '\r\n' : '\n')
          const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g')) ?? []
          const read = await readList(chunks, { format, listId: 'l', class: 'csam' })
          expect(read.troubles).toEqual([])
          expect(read.entries).toEqual(wanted.map((each) => ({ ...each, listId: 'l' })))
        }),
        { numRuns: 60 },
      )
    },
  )

  it('are never shaken off by noise around them, and noise never ends the reading', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.string({ maxLength: 60 }).map((text) => text.replace(/[\n\r\uFEFF]/g, '?')),
          { maxLength: 8 },
        ),
        async (noise) => {
          const read = await readList(file(...noise, row(), ...noise), jsonl)
          expect(read.entries).toEqual([{ ...row(), listId: 'drawn', class: 'test' }])
          expect(read.counts.rows).toBe(read.counts.taken + read.counts.duplicates + read.counts.skipped)
        },
      ),
      { numRuns: 60 },
    )
  })
})

async function* pieces(piece: string, count: number) {
  for (let each = 0; each < count; each += 1) yield piece
}
