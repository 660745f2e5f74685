// What only a living list shows: batches, threads, a new entry, a merge of everything, a snapshot.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type HammingIndex, openIndex, type Seal, type Unseal } from '@wardline/hamming'
import { drawCodes, random } from './sets.ts'

const key = randomBytes(32)
const seal: Seal = (block, context) => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context)
  return Buffer.concat([nonce, cipher.update(block), cipher.final(), cipher.getAuthTag()])
}
const unseal: Unseal = (sealed, context) => {
  const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(context)
  cipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([cipher.update(sealed.subarray(12, -16)), cipher.final()])
}

export type Life = Readonly<Record<string, number>>

const ROUNDS = 7
const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[numbers.length >> 1] ?? Number.NaN
const quantile = (numbers: readonly number[], share: number): number =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))] ?? Number.NaN

export async function living(rows: number): Promise<Life> {
  const codes = drawCodes('uniform', rows, 1)
  const shared = new Uint8Array(new SharedArrayBuffer(codes.byteLength))
  shared.set(new Uint8Array(codes.buffer))
  const ids = new Uint32Array(new SharedArrayBuffer(rows * 4)).map((_, row) => row)
  const queries = Array.from({ length: 6400 }, (_, i) => new Uint8Array(drawCodes('uniform', 1, 1000 + i).buffer))
  await using index = openIndex({ threads: 2 })
  const start = performance.now()
  await index.fill(ids, shared)
  const buildSeconds = (performance.now() - start) / 1000
  return {
    rows,
    buildSeconds,
    bytesPerCode: index.figures().bytes / rows,
    ...(await batches(index, queries)),
    ...(await threads(index, queries)),
    ...visible(index, rows),
    ...(await snapshot(index, queries)),
    ...(await duringMerge(index, rows, queries)),
  }
}

/** This thread's own time in milliseconds: the machine may be shared. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

async function batches(index: HammingIndex, queries: readonly Uint8Array[]): Promise<Life> {
  const pairs: { one: number; batch: number }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    let start = threadMs()
    for (const query of queries) index.within(query, 31)
    const one = threadMs() - start
    start = threadMs()
    for (let at = 0; at < queries.length; at += 64) index.withinAll(queries.slice(at, at + 64), 31)
    pairs.push({ one, batch: threadMs() - start })
  }
  const us = (ms: number): number => (ms * 1000) / queries.length
  return {
    singleUs: us(median(pairs.map(({ one }) => one))),
    batchOf64Us: us(median(pairs.map(({ batch }) => batch))),
    batchToSingle: median(pairs.map(({ one, batch }) => batch / one)),
  }
}

/** Queries a second of one thread and of two, by turns, in batches of 64. */
async function threads(index: HammingIndex, queries: readonly Uint8Array[]): Promise<Life> {
  const work = Array.from({ length: queries.length / 64 }, (_, i) => queries.slice(i * 64, i * 64 + 64))
  const ask = (some: readonly Uint8Array[]): Promise<unknown> => index.ask(some, 31)
  await Promise.all(work.map(ask))
  const pairs: { one: Spent; two: Spent }[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const one = await spent(async () => {
      for (const some of work) await ask(some)
    })
    pairs.push({ one, two: await spent(() => Promise.all(work.map(ask))) })
  }
  const faster = pairs.map(({ one, two }) => one.ms / two.ms)
  return {
    twoThreadsToOne: median(faster),
    twoThreadsToOneBest: Math.max(...faster),
    // Near 1: the threads do not hold one another up, and what lacks to twice as many is cores that others use.
    cpuOfTwoThreadsToOne: median(pairs.map(({ one, two }) => two.cpuUs / one.cpuUs)),
  }
}

interface Spent {
  readonly ms: number
  readonly cpuUs: number
}

/** By the clock, and of all threads together. */
async function spent(work: () => Promise<unknown>): Promise<Spent> {
  const [start, before] = [performance.now(), process.cpuUsage()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { ms: performance.now() - start, cpuUs: user + system }
}

/** The longest of many times from `add` to an answer that shows the entry, in milliseconds. */
function visible(index: HammingIndex, rows: number): Life {
  let longest = 0
  for (let i = 0; i < 5000; i++) {
    const code = new Uint8Array(drawCodes('uniform', 1, 90_000 + i).buffer)
    const start = performance.now()
    index.add(rows + i, code)
    if (index.within(code, 31).hits.length === 0) throw new Error('a new entry was not found')
    longest = Math.max(longest, performance.now() - start)
  }
  return { longestAddToAnswerMs: longest }
}

async function snapshot(index: HammingIndex, queries: readonly Uint8Array[]): Promise<Life> {
  const folder = mkdtempSync(join(tmpdir(), 'wardline-bench-'))
  try {
    const path = join(folder, 'snapshot')
    let start = performance.now()
    await pipeline(Readable.from(index.save({ seal })), createWriteStream(path))
    const saveSeconds = (performance.now() - start) / 1000
    start = performance.now()
    await using other = openIndex()
    await other.load(createReadStream(path, { highWaterMark: 1 << 20 }), { unseal })
    other.within(queries[0] as Uint8Array, 31)
    return {
      saveSeconds,
      loadToFirstAnswerSeconds: (performance.now() - start) / 1000,
      snapshotBytes: statSync(path).size,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Takes a quarter away, so that everything is merged, and asks without a pause until that is done. */
async function duringMerge(index: HammingIndex, rows: number, queries: readonly Uint8Array[]): Promise<Life> {
  await index.settled()
  const next = random(12)
  for (let left = Math.ceil(rows * 0.26); left > 0; ) if (index.remove(next() % rows)) left--
  let merging = true
  const settled = index.settled().then(() => {
    merging = false
  })
  const start = performance.now()
  const during = await asking(index, queries, () => merging)
  const mergeSeconds = (performance.now() - start) / 1000
  await settled
  // The same without a merge, since whatever else runs on the machine holds a query up too.
  const end = performance.now() + 5000
  const alone = await asking(index, queries, () => performance.now() < end)
  return {
    mergeSeconds,
    queriesDuringMerge: during.length,
    duringMergeP50Ms: quantile(during, 0.5),
    duringMergeP999Ms: quantile(during, 0.999),
    duringMergeLongestMs: quantile(during, 1),
    withoutMergeP999Ms: quantile(alone, 0.999),
    withoutMergeLongestMs: quantile(alone, 1),
  }
}

/** Milliseconds of each query, one after another. */
async function asking(index: HammingIndex, queries: readonly Uint8Array[], more: () => boolean): Promise<number[]> {
  const took: number[] = []
  for (let i = 0; more(); i++) {
    const began = performance.now()
    index.within(queries[i % queries.length] as Uint8Array, 31)
    took.push(performance.now() - began)
    if (i % 8 === 7) await new Promise((resolve) => setImmediate(resolve))
  }
  return took
}
