import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { HastyClock } from '../sync/testing.ts'
import { fitting } from '../sync/too-large.ts'
import { sourceContract } from './contract.ts'
import { type FileSettings, openFiles } from './file.ts'

const value = (at: number, digits: number) => (at + 1).toString(16).padStart(8, '0').repeat(8).slice(0, digits)
const row = (at: number, change: object = {}) => ({
  source: 'us',
  entryId: `e${at}`,
  algorithm: 'md5',
  value: value(at, 32),
  ...change,
})
const stop = () => new AbortController().signal

/** Written long ago, as far as anybody can tell. */
async function put(folder: string, name: string, content: string | Uint8Array, ageSeconds = 3600): Promise<void> {
  await writeFile(join(folder, name), content)
  const then = performance.timeOrigin / 1000 + performance.now() / 1000 - ageSeconds
  await utimes(join(folder, name), then, then)
}

sourceContract(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'wardline-lists-'))
  const held = new Map<string, ReturnType<typeof row>[]>()
  let writes = 0
  const write = (name: string, rows: ReturnType<typeof row>[], more = '') => {
    held.set(name, rows)
    const text = rows.map((one) => JSON.stringify(one)).join('\n') + more
    writes += 1
    return put(folder, name, name.endsWith('.gz') ? gzipSync(text) : text, 3600 + writes)
  }
  const rows = (from: number, count: number, change: object = {}) =>
    Array.from({ length: count }, (_, at) => row(from + at, change))
  await write('a.jsonl', rows(0, 40))
  await write('b.jsonl.gz', rows(30, 40, { algorithm: 'md5' }))
  let next = 1000
  return {
    clock: new HastyClock(),
    origin: { kind: 'file', path: folder, format: undefined, algorithm: undefined, source: 'us' },
    truth: () => {
      const values = new Map<string, Set<string>>()
      for (const one of [...held.values()].flat())
        values.set(
          `us ${one.entryId}`,
          (values.get(`us ${one.entryId}`) ?? new Set()).add(`${one.algorithm} ${one.value}`),
        )
      return new Map([...values].map(([key, all]) => [key, JSON.stringify([['us'], [...all].sort()])]))
    },
    change: async () => {
      next += 10
      await write('a.jsonl', [...rows(5, 30), ...rows(next, 5)], `\n{"value":"${'d'.repeat(31)}"}\nno json\n`)
      await write('c.jsonl', rows(next + 3, 4))
    },
    spoil: () => put(folder, 'torn.jsonl.gz', gzipSync(JSON.stringify(row(7))).subarray(0, 40)),
    mend: () => rm(join(folder, 'torn.jsonl.gz')),
    secrets: () => [folder, 'torn.jsonl', 'd'.repeat(31)],
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
})

async function open(change: Partial<FileSettings> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'wardline-lists-'))
  const settings: FileSettings = {
    path: folder,
    class: 'test',
    source: 'us',
    nameOf: (text) => `n${text.slice(0, 8)}`,
    ...change,
  }
  return {
    folder,
    source: openFiles(settings),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

it('JSON Lines, CSV and plain text are one list, and rows of one entry are one entry', async () => {
  await using it = await open()
  await put(
    it.folder,
    '1.jsonl',
    `${JSON.stringify(row(1))}\n${JSON.stringify(row(1, { algorithm: 'sha1', value: value(1, 40) }))}`,
  )
  await put(
    it.folder,
    '2.csv',
    `source,entryId,algorithm,value,label\nus,e1,pdq,${value(1, 64)},\nus,e2,md5,${value(2, 32)},hills\n`,
  )
  await put(it.folder, '3.txt', `# ours\n${value(3, 64)}\n\n${value(4, 40).toUpperCase()}\r\n${value(5, 33)}\n`)
  await put(it.folder, '.hidden.txt', 'what is this')
  await put(it.folder, 'README.md', 'what is this')
  const read = await it.source.read(undefined, stop())
  expect(
    read?.seen.map((one) => [one.entryId, one.kind === 'put' ? one.values.map(({ algorithm }) => algorithm) : []]),
  ).toEqual([
    ['e1', ['md5', 'sha1', 'pdq']],
    ['e2', ['md5']],
    [`n${value(3, 8)}`, ['pdq']],
    [`n${value(4, 8)}`, ['sha1']],
  ])
  expect(read?.rejected).toEqual([
    {
      source: 'us',
      entryId: 'file 3, line 5',
      what: 'row',
      why: '33 characters are the length of no hash that is known here',
    },
  ])
  expect(await it.source.read(read?.mark, stop())).toBeUndefined()
})

it('an entry of very many rows is read as quickly as many entries are, and is still seen to be too large', async () => {
  const reading = async (entryOf: (at: number) => number) => {
    await using it = await open()
    const rows = Array.from({ length: 40_000 }, (_, at) => row(entryOf(at), { value: value(at, 32) }))
    await put(it.folder, 'a.jsonl', rows.map((one) => JSON.stringify(one)).join('\n'))
    const began = performance.now()
    const read = await it.source.read(undefined, stop())
    return { seen: read?.seen ?? [], tookMs: performance.now() - began }
  }
  const many = await reading((at) => at)
  const one = await reading(() => 1)
  expect(many.seen).toHaveLength(40_000)
  expect(fitting(one.seen)).toMatchObject({
    seen: [{ kind: 'remove', entryId: 'e1' }],
    rejected: [{ entryId: 'e1', what: 'md5' }],
  })
  // Comparing each row with all others took fifty times as long.
  expect(one.tookMs).toBeLessThan(5 * many.tookMs + 1_000)
})

it('a value that is said very often is one value, and what comes after it is not lost', async () => {
  await using it = await open()
  const rows = Array.from({ length: 40_000 }, (_, at) => row(1, { value: value(at % 200, 32) }))
  const last = row(1, { algorithm: 'sha1', value: value(7, 40) })
  await put(it.folder, 'a.jsonl', [...rows, last].map((one) => JSON.stringify(one)).join('\n'))
  const [entry] = (await it.source.read(undefined, stop()))?.seen ?? []
  expect(entry?.kind === 'put' && entry.values.map((one) => one.value)).toEqual([
    ...Array.from({ length: 200 }, (_, at) => value(at, 32)),
    last.value,
  ])
  expect(fitting(entry === undefined ? [] : [entry]).rejected).toEqual([])
})

it('plain text of 64 digits is what the configuration says', async () => {
  await using it = await open({ algorithm: 'sha256' })
  await put(it.folder, 'a.txt.gz', gzipSync(value(3, 64)))
  const read = await it.source.read(undefined, stop())
  expect(read?.seen).toMatchObject([{ values: [{ algorithm: 'sha256', value: value(3, 64) }] }])
})

it('nothing is taken while one of the files is still being written', async () => {
  await using it = await open()
  await put(it.folder, 'a.txt', value(1, 64))
  await put(it.folder, 'b.txt', value(2, 64), 1)
  await expect(it.source.read(undefined, stop())).rejects.toMatchObject({
    code: 'source_not_ready',
    retryAfterMs: 3000,
  })
  await put(it.folder, 'b.txt', value(2, 64), 60)
  expect((await it.source.read(undefined, stop()))?.seen).toHaveLength(2)
})

it('more entries than memory may hold are refused before they are there', async () => {
  await using it = await open()
  await put(it.folder, 'a.txt', [1, 2, 3, 4].map((at) => value(at, 64)).join('\n'))
  const settings = { path: it.folder, class: 'test', source: 'us', nameOf: (text: string) => text } as const
  await expect(openFiles(settings, 0, { entries: 3 }).read(undefined, stop())).rejects.toThrow('make several lists')
  expect((await openFiles(settings, 0, { entries: 4 }).read(undefined, stop()))?.seen).toHaveLength(4)
})

it('a folder that is empty or not there is a trouble and no empty list', async () => {
  await using it = await open()
  await expect(it.source.read(undefined, stop())).rejects.toMatchObject({ code: 'source_missing' })
  const nowhere = openFiles({ path: join(it.folder, 'x'), class: 'test', source: 'us', nameOf: (text) => text })
  await expect(nowhere.read(undefined, stop())).rejects.toMatchObject({ code: 'source_missing' })
})

it.each([
  ['no.csv', `${value(1, 32)},${value(2, 32)}\n`],
  ['torn.jsonl.gz', gzipSync('x'.repeat(1000)).subarray(0, 20)],
  ['latin.txt', Buffer.from([0x61, 0xe9, 0x0a])],
])('what is no list is refused whole, and not quoted: %s', async (name, content) => {
  await using it = await open()
  await put(it.folder, 'good.txt', value(1, 64))
  await put(it.folder, name, content)
  const fault = await it.source.read(undefined, stop()).catch((error: unknown) => error)
  expect(fault).toMatchObject({ code: 'file_odd' })
  expect(String(fault)).not.toMatch(/[0-9a-f]{20}|é|\.csv/)
})
