// Peers that run in Node, behind the same protocol: ours, the plain scan of the same library's kernel, usearch, hnswlib
// (these two from the folder that PEERS names).
// node.ts <ours|scan|usearch|hnswlib> <codes> <n> <queries>
import { readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { distanceBits, openIndex } from '@wardline/hamming'

const [which, codesPath, n, queriesPath] = process.argv.slice(2) as [string, string, string, string]
const rows = Number(n)
const codes = new Uint8Array(new SharedArrayBuffer(rows * 32))
codes.set(readFileSync(codesPath).subarray(0, rows * 32))
const ids = new Uint32Array(new SharedArrayBuffer(rows * 4)).map((_, row) => row)
const queries = readFileSync(queriesPath)

type Look = (query: Uint8Array) => readonly { readonly id: number; readonly distance: number }[]
interface Peer {
  readonly bytes: number
  readonly look: Look
}

async function ours(): Promise<Peer> {
  const index = openIndex()
  await index.fill(ids, codes)
  return { bytes: index.figures().bytes, look: (query) => index.within(query, 31).hits }
}

/** The same kernel, looking at every code: what a radius beyond 31 does. */
async function scan(): Promise<Peer> {
  const index = openIndex()
  await index.fill(ids, codes)
  return { bytes: rows * 32, look: (query) => index.within(query, 32).hits.filter(({ distance }) => distance < 32) }
}

/** Approximate: the ten nearest of its graph, as its authors set it. Bits as numbers 0 and 1, whose squared L2
 * is the distance; the distance told is counted anew. */
function usearch(): Peer {
  const { Index } = fromPeers('usearch')
  const index = new Index({ metric: 'l2sq', dimensions: 256, quantization: 'f32' })
  const before = process.memoryUsage().rss
  const step = 10_000
  for (let row = 0; row < rows; row += step) {
    const to = Math.min(rows, row + step)
    index.add(BigUint64Array.from(ids.subarray(row, to), BigInt), bitsOf(codes.subarray(row * 32, to * 32)), 2)
  }
  return {
    bytes: process.memoryUsage().rss - before,
    look: (query) => {
      const { keys } = index.search(bitsOf(query), 10, 1)
      const near = Array.from(keys as BigUint64Array, (key) => ({
        id: Number(key),
        distance: distanceTo(query, Number(key)),
      }))
      return near.filter(({ distance }) => distance < 32)
    },
  }
}

/** Likewise, with the graph of its documentation's example but 64 candidates at search. */
function hnswlib(): Peer {
  const { HierarchicalNSW } = fromPeers('hnswlib-node')
  const graph = new HierarchicalNSW('l2', 256)
  const before = process.memoryUsage().rss
  graph.initIndex(rows, 16, 200)
  graph.setEf(64)
  for (let row = 0; row < rows; row++) graph.addPoint(Array.from(bitsOf(codes.subarray(row * 32, row * 32 + 32))), row)
  return {
    bytes: process.memoryUsage().rss - before,
    look: (query) => {
      const { neighbors }: { neighbors: number[] } = graph.searchKnn(Array.from(bitsOf(query)), Math.min(10, rows))
      const near = neighbors.map((id) => ({ id, distance: distanceTo(query, id) }))
      return near.filter(({ distance }) => distance < 32)
    },
  }
}

function fromPeers(name: string) {
  return createRequire(join(process.env['PEERS'] ?? '.', 'peers.js'))(name)
}

function distanceTo(query: Uint8Array, row: number): number {
  return distanceBits(query, codes.subarray(row * 32, row * 32 + 32))
}

function bitsOf(bytes: Uint8Array): Float32Array {
  return Float32Array.from({ length: bytes.length * 8 }, (_, bit) => ((bytes[bit >> 3] as number) >> (bit & 7)) & 1)
}

/** This thread's own time in milliseconds: the machine may be shared. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

const began = performance.now()
const { look, bytes } = await { ours, scan, usearch, hnswlib }[which as 'ours' | 'scan' | 'usearch' | 'hnswlib']()
console.log(`built ${((performance.now() - began) / 1000).toFixed(3)} ${bytes}`)

for await (const line of createInterface({ input: process.stdin })) {
  const [from, count, path] = line.split(' ') as [string, string, string]
  const asked = Array.from({ length: Number(count) }, (_, i) => {
    const at = (Number(from) + i) * 32
    return Uint8Array.from(queries.subarray(at, at + 32))
  })
  const found: number[] = []
  const start = threadMs()
  for (const [i, query] of asked.entries()) {
    for (const { id, distance } of look(query)) found.push(Number(from) + i, id, distance)
  }
  const spent = threadMs() - start
  if (path !== '-') writeFileSync(path, new Uint8Array(Uint32Array.from(found).buffer))
  console.log(`ran ${((spent * 1000) / asked.length).toFixed(4)}`)
}
process.exit(0)
