// `npm run bench:hash`: the PDQ kernel against our own exact order, our plain twin and what npm has. Pairs (A B A B) in one
// process, since the machine may be shared: trust the ratios. Writes a record with its date, and the chart for the README.
import { writeFileSync } from 'node:fs'
import { distanceBits, openPdq, type Pixels, roomForAll, roomForOne } from '@wardline/pdq'
import * as twin from '@wardline/pdq/twin'
import { chart } from './chart.ts'
import { machine, peersOnNpm } from './machine.ts'
import { scenes } from './scenes.ts'

const composed = openPdq()
const exact = openPdq({ mode: 'exact_order' })
const scalar = openPdq({ build: 'scalar' })
const one = roomForOne()
const all = roomForAll()

type Contender = { readonly name: string; readonly hash: (pixels: Pixels) => unknown }
type Row = { picture: string; name: string; microseconds: number; ratio: number }

const plain: Contender = { name: 'twin (plain TypeScript)', hash: (pixels) => twin.pdq(pixels) }
const contenders: readonly Contender[] = [
  { name: 'exact_order (WASM SIMD)', hash: (pixels) => exact.hash(pixels, 'command_line', one) },
  { name: 'composed, without SIMD', hash: (pixels) => scalar.hash(pixels, 'command_line', one) },
  plain,
]
const kernel: Contender = {
  name: 'composed (WASM SIMD)',
  hash: (pixels) => composed.hash(pixels, 'command_line', one),
}

const rows: Row[] = []
for (const [width, height, channels] of [
  [512, 512, 1],
  [512, 384, 3],
] as const) {
  const pictures = scenes(16, width, height, channels)
  const picture = `${width}x${height}, ${channels === 1 ? 'grey' : 'RGB'}, one hash`
  compare(picture, pictures, kernel, contenders)
}
for (const [width, height] of [
  [512, 384],
  [1600, 1200],
  [4000, 3000],
] as const) {
  const pictures = scenes(width > 2000 ? 1 : 4, width, height, 3)
  const everything = `${width}x${height}, RGB, both flavours, 8 turns, quality`
  compare(everything, pictures, { name: 'composed (WASM SIMD)', hash: (pixels) => composed.all(pixels, all) }, [
    { name: 'exact_order (WASM SIMD)', hash: (pixels) => exact.all(pixels, all) },
  ])
}

console.table(rows)
const record = { ...machine(), rows, bits: differences(), npm: peersOnNpm() }
const date = record.date.slice(0, 10)
writeFileSync(new URL(`records/${date}-hash-kernel.json`, import.meta.url), `${JSON.stringify(record, null, 2)}\n`)
writeFileSync(new URL('../libs/pdq/speed.svg', import.meta.url), chart(record))
console.log(record.bits, record.npm)

/** Medians of paired runs; each contender meets ours picture by picture, in turn. A picture in doubt counts as the others do. */
function compare(picture: string, pictures: readonly Pixels[], ours: Contender, others: readonly Contender[]): void {
  const own: number[] = []
  for (const other of others) {
    const times: number[] = []
    const ratios: number[] = []
    for (let round = 0; round < 7; round++) {
      for (const pixels of pictures) {
        const [mine, theirs] = [time(() => ours.hash(pixels)), time(() => other.hash(pixels))]
        if (round === 0) continue
        own.push(mine)
        times.push(theirs)
        ratios.push(theirs / mine)
      }
    }
    rows.push({ picture, name: other.name, microseconds: round1(median(times)), ratio: round1(median(ratios)) })
  }
  rows.splice(-others.length, 0, { picture, name: ours.name, microseconds: round1(median(own)), ratio: 1 })
}

/** Microseconds: the median of the calls that two milliseconds hold. Each is timed alone, so one that others interrupt counts once. */
function time(call: () => unknown): number {
  const calls: number[] = []
  const until = performance.now() + 2
  let started = performance.now()
  do {
    call()
    const now = performance.now()
    calls.push((now - started) * 1000)
    started = now
  } while (started < until)
  return median(calls)
}

/** Bits in which the engines differ from the twin, over pictures of the bench. */
function differences() {
  const pictures = scenes(40, 300, 200, 3)
  const bits = (hasher: typeof composed) =>
    pictures.reduce((sum, pixels) => sum + distanceBits(hasher.hash(pixels).hash, twin.pdq(pixels).hash), 0)
  return { pictures: pictures.length, composed: bits(composed), exactOrder: bits(exact), scalar: bits(scalar) }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

function round1(value: number): number {
  return Math.round(value * 10) / 10
}
