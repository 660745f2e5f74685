import { spawnSync } from 'node:child_process'
import { isDeepStrictEqual } from 'node:util'
import { expect, test } from 'vitest'
import { type HammingIndex, type Index, openIndex, openScan } from './hamming.ts'
import { flipped, spread, uniform } from './testing/codes.ts'

const codes = uniform(6000, 3)
const asked = codes.slice(0, 300).map((code, i) => (i % 5 === 0 ? spread(code, i % 16, i) : flipped(code, i % 36, i)))
const bytesOf = (some: readonly Uint8Array[]): Uint8Array => Uint8Array.from(some.flatMap((code) => [...code]))
const idsOf = (count: number): Uint32Array => Uint32Array.from({ length: count }, (_, i) => i)

function twinOf(count: number): Index {
  const twin = openScan()
  for (let id = 0; id < count; id++) twin.add(id, codes[id] as Uint8Array)
  return twin
}

/** The hits of a batch; its version is another matter. */
function sameHits(one: Index, other: Index, radius = 31): boolean {
  return isDeepStrictEqual(one.withinAll(asked, radius).hits, other.withinAll(asked, radius).hits)
}

async function filled(index: HammingIndex, count = codes.length): Promise<HammingIndex> {
  await index.fill(idsOf(count), bytesOf(codes.slice(0, count)))
  return index
}

test('a list beyond the limit of one ring splits by itself, and stays exact', async () => {
  await using index = await filled(openIndex({ ringRows: 1000 }))
  expect(index.figures()).toMatchObject({ entries: 6000, rings: 6, tableRows: 0 })
  expect(sameHits(index, twinOf(6000))).toBe(true)
})

test('a batch longer than the kernel takes at once answers as one by one', async () => {
  await using index = await filled(openIndex())
  const { hits } = index.withinAll(asked, 31)
  expect(hits).toEqual(asked.map((code) => index.within(code, 31).hits))
  expect(hits.flat().length).toBeGreaterThan(200)
})

test('a hundred thousand codes within 31 bits of one another are all told, each once, in bounded memory', async () => {
  const count = 100_000
  const centre = codes[0] as Uint8Array
  const list = new Uint8Array(count * 32)
  for (let id = 0; id < count; id++) list.set(flipped(centre, id % 3 === 0 ? 0 : id % 32, id), id * 32)
  await using index = openIndex()
  await index.fill(idsOf(count), list)
  const before = index.figures().bytes
  const { hits } = index.within(centre, 31)
  expect(hits.length).toBe(count)
  expect(new Set(hits.map(({ id }) => id)).size).toBe(count)
  expect(hits.every(({ id, distance }) => distance === (id % 3 === 0 ? 0 : id % 32))).toBe(true)
  expect(index.figures().bytes).toBe(before)
})

test('while merges run, every answer is that of a plain scan at the version it names', async () => {
  await using index = openIndex({ tableRows: 32, ringRows: 900 })
  const twin = openScan()
  for (let step = 0; step < 4000; step++) {
    const id = (step * 7919) % 1500
    const code = codes[(step * 31) % codes.length] as Uint8Array
    for (const one of [index, twin]) step % 3 === 2 ? one.remove(id) : one.replace(id, code)
    if (step % 10 === 0) {
      expect(index.within(code, 31)).toEqual(twin.within(code, 31))
      // Merges end between questions: let them.
      await new Promise((resolve) => setImmediate(resolve))
    }
    // The threads need a while to start: once they have, the rest goes on beside them.
    if (step === 1000) await index.settled()
    if (step === 1000) expect(index.figures().rings).toBeGreaterThan(0)
  }
  await index.settled()
  expect(index.size).toBe(twin.size)
  expect(sameHits(index, twin)).toBe(true)
  expect(index.figures().tableRows).toBeLessThan(32)
})

test('threads answer as the owner does, also while the list changes under them', async () => {
  await using index = openIndex({ threads: 2, tableRows: 64 })
  const twin = openScan()
  for (let round = 0; round < 30; round++) {
    const answers = Promise.all([index.ask(asked.slice(0, 40), 31), index.ask(asked.slice(40, 80), 33)])
    for (let i = 0; i < 40; i++) {
      const id = (round * 40 + i * 17) % 300
      for (const one of [index, twin])
        i % 4 === 3 ? one.remove(id) : one.replace(id, codes[(id + i) % 300] as Uint8Array)
    }
    const [one, other] = await answers
    // Nothing changed since, so the version that they name is the present one.
    expect(one).toEqual(twin.withinAll(asked.slice(0, 40), 31))
    expect(other).toEqual(twin.withinAll(asked.slice(40, 80), 33))
  }
})

test('without threads of their own, questions to them are answered all the same', async () => {
  await using index = await filled(openIndex(), 500)
  expect(await index.ask(asked, 31)).toEqual(index.withinAll(asked, 31))
  await expect(index.ask([new Uint8Array(5)], 31)).rejects.toThrow(RangeError)
})

test('a whole list comes in one change; the former answers until then, and what changes meanwhile holds', async () => {
  await using index = await filled(openIndex({ tableRows: 8 }), 100)
  const filling = index.fill(idsOf(2000), bytesOf(codes.slice(0, 2000)))
  const [gone, moved, added] = [1, 2, 5000]
  expect(index.within(codes[1500] as Uint8Array, 31).hits).toEqual([])
  expect(index.remove(gone)).toBe(true)
  index.replace(moved, codes[4000] as Uint8Array)
  for (let id = added; id < added + 50; id++) index.add(id, codes[id] as Uint8Array)
  await filling
  const twin = twinOf(2000)
  twin.remove(gone)
  twin.replace(moved, codes[4000] as Uint8Array)
  for (let id = added; id < added + 50; id++) twin.add(id, codes[id] as Uint8Array)
  expect(index.size).toBe(twin.size)
  expect(sameHits(index, twin)).toBe(true)
  await index.settled()
  expect(sameHits(index, twin)).toBe(true)
})

test('ids of a whole list may come in any order, but not twice, and a refused list changes nothing', async () => {
  await using index = openIndex()
  const ids = Uint32Array.from({ length: 2000 }, (_, i) => (i * 2654435761) >>> 0)
  await index.fill(ids, bytesOf(codes.slice(0, 2000)))
  expect(index.within(codes[77] as Uint8Array, 0).hits).toEqual([{ id: ids[77], distance: 0 }])
  expect(index.has(ids[77] as number)).toBe(true)
  await expect(index.fill(Uint32Array.of(5, 6, 5), new Uint8Array(96))).rejects.toThrow(RangeError)
  await expect(index.fill(Uint32Array.of(5, 6), new Uint8Array(63))).rejects.toThrow(RangeError)
  expect({ size: index.size, version: index.version }).toEqual({ size: 2000, version: 1 })
  await index.fill(new Uint32Array(0), new Uint8Array(0))
  expect(index.within(codes[77] as Uint8Array, 31)).toEqual({ version: 2, hits: [] })
})

test('a power of two of equal codes is answered whole', async () => {
  await using index = openIndex()
  await index.fill(idsOf(65_536), new Uint8Array(65_536 * 32))
  expect(index.within(new Uint8Array(32), 0).hits.length).toBe(65_536)
  expect(index.within(flipped(new Uint8Array(32), 32, 1), 31).hits).toEqual([])
})

test('options out of range are refused', () => {
  for (const options of [{ threads: -1 }, { threads: 16 }, { tableRows: 0 }, { ringRows: 0 }, { ringRows: 2 ** 24 }]) {
    expect(() => openIndex(options)).toThrow(RangeError)
  }
})

test('what waits when an index is closed is refused as closed', async () => {
  const index = openIndex({ threads: 1 })
  const waiting = Promise.allSettled([index.fill(idsOf(3), new Uint8Array(96)), index.ask([new Uint8Array(32)], 31)])
  await index.close()
  for (const one of await waiting) expect(one).toMatchObject({ status: 'rejected', reason: { code: 'closed' } })
  await expect(index.fill(idsOf(3), new Uint8Array(96))).rejects.toMatchObject({ code: 'closed' })
})

test('without memory for a new list, the former one keeps answering and the fault is named', () => {
  // Each WebAssembly memory reserves addresses, so a limit on those is reached after a few.
  const script = `
    const { openIndex } = await import(${JSON.stringify(new URL('./hamming.ts', import.meta.url).href)})
    const index = openIndex()
    const told = []
    for (const count of [10, 20, 30, 40, 50]) {
      const how = index.fill(Uint32Array.from({ length: count }, (_, id) => id), new Uint8Array(count * 32))
      const outcome = await how.then(() => 'filled', (error) => error.code ?? String(error))
      told.push({ outcome, count, there: index.within(new Uint8Array(32), 0).hits.length })
    }
    console.log(JSON.stringify(told))
    await index.close()`
  const shell = ['-c', 'ulimit -v 60000000 && exec "$0" --input-type=module -e "$1"', process.execPath, script]
  const { stdout, stderr } = spawnSync('bash', shell, { encoding: 'utf8' })
  const told: { outcome: string; count: number; there: number }[] = JSON.parse(stdout || JSON.stringify(stderr))
  let there = 0
  for (const one of told) {
    if (one.outcome === 'filled') there = one.count
    else expect(one.outcome).toBe('out_of_memory')
    expect(one.there).toBe(there)
  }
  expect(told.map(({ outcome }) => outcome)).toContain('out_of_memory')
})
