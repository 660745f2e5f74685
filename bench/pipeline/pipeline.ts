// `npm run bench:pipeline`: what hashing costs beside decoding, from one picture to a folder. Prints a table, writes a record.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'
import { openDecoders } from '../../server/src/hash/hash.ts'
import { decodedAndDropped, printed } from './in-process.ts'
import { type Contest, contest, rounded } from './paired.ts'
import { fillFolder, photograph } from './pictures.ts'
import { hashFile, loadSharp, processorSeconds, scanFolder, singleCoreRate } from './whole-processes.ts'

interface Row {
  readonly what: string
  readonly figure: number
  readonly goal: string
  readonly isMet: boolean
  readonly detail: unknown
}

const before = loadavg()
const files = Number(process.argv[2] ?? 2000)
sharp.concurrency(1)
sharp.cache(false)
const rows: Row[] = []
const atMost = (what: string, figure: number, limit: number, detail: unknown) =>
  told({ what, figure: rounded(figure), goal: `<= ${limit}`, isMet: figure <= limit, detail })
const of = (name: string, { ratio }: Contest) => ratio[name] ?? Number.NaN

const twoMegapixels = { width: 1632, height: 1224 }
const pictures = [
  { name: 'JPEG 2 MP', bytes: await photograph(1, 'jpeg', twoMegapixels), rounds: 31, limits: [1.1, 1.15] },
  { name: 'PNG 2 MP', bytes: await photograph(1, 'png', twoMegapixels), rounds: 21, limits: [1.1, 1.15] },
  { name: 'WebP 2 MP', bytes: await photograph(1, 'webp', twoMegapixels), rounds: 21, limits: [1.1, 1.15] },
  {
    name: 'JPEG 12 MP',
    bytes: await photograph(2, 'jpeg', { width: 4000, height: 3000 }),
    rounds: 11,
    limits: [1.1, 1.15],
  },
  {
    name: 'JPEG 512x384',
    bytes: await photograph(3, 'jpeg', { width: 512, height: 384 }),
    rounds: 61,
    limits: [1.25, 1.3],
  },
] as const

for (const { name, bytes, rounds, limits } of pictures) {
  const result = await contest(
    {
      decode: () => decodedAndDropped(bytes),
      hashed: () => printed(bytes),
      digested: () => printed(bytes, { digests: true }),
    },
    rounds,
  )
  const detail = { sizeBytes: bytes.length, ...result }
  atMost(`${name}: bytes to hashes / decoding alone`, of('hashed', result), limits[0], detail)
  atMost(`${name}: the same with three digests`, of('digested', result), limits[1], detail)
}

const [twoMp, , , twelveMp, small] = pictures
const fast = await contest(
  { decode: () => decodedAndDropped(twelveMp.bytes), fast: () => printed(twelveMp.bytes, { fast: true }) },
  15,
)
atMost('JPEG 12 MP: fast mode, bytes to hashes / decoding alone in full', of('fast', fast), 0.5, fast)

const log = { info: () => {}, warn: () => {}, error: () => {} }
const pool = openDecoders({
  ...{ count: 1, deadlineMs: 60_000, memoryMb: 2048, log },
  ...{ maxPixels: 200_000_000, frames: 100, framePixels: 1_000_000_000, frameMs: 20_000 },
})
await pool.ready()
for (const { name, bytes } of [twoMp, small]) {
  // A turn is eight images, one at a time: the first after a pause finds cold caches, wherever it is decoded.
  const eight = (print: () => Promise<unknown>) => async () => {
    for (let image = 0; image < 8; image += 1) await print()
  }
  const forked = await contest(
    { inside: eight(() => printed(bytes, { digests: true })), pool: eight(() => pool.print(bytes)) },
    name === twoMp.name ? 15 : 31,
  )
  atMost(`${name}: through the forked pool / in this process`, of('pool', forked), 1.05, forked)
}
await pool.close()

const folder = mkdtempSync(join(tmpdir(), 'wardline-bench-'))
try {
  const album = join(folder, 'album')
  const { bytes } = await fillFolder(album, files)
  const list = join(folder, 'list.jsonl')
  writeFileSync(list, '{"source":"bench","entryId":"1","algorithm":"md5","value":"00112233445566778899aabbccddeeff"}\n')
  const cores = availableParallelism()
  // In turns, since the machine is shared: one core, all cores, one core.
  const single = [singleCoreRate(album, 5)]
  const earlier = processorSeconds()
  const scanned = await scanFolder(album, list)
  const processorMs = ((processorSeconds() - earlier) * 1000) / files
  single.push(singleCoreRate(album, 5))
  const mean = (of: (run: (typeof single)[number]) => number) => single.reduce((sum, run) => sum + of(run) / 2, 0)
  const one = mean((run) => run.rate)
  const rate = files / scanned.seconds
  const detail = { files, bytes, cores, single, rate: rounded(rate), processorMs: rounded(processorMs), ...scanned }
  const share = rounded(rate / (cores * one))
  told({
    what: `wardline scan, ${files} files: rate / (${cores} cores x one core)`,
    figure: share,
    goal: '>= 0.9',
    // More than the cores can give: others had them while the one core was measured, and the figure says nothing.
    isMet: share >= 0.9 && share <= 1,
    detail,
  })
  // What the share would be on a machine that nobody else uses, with the start of all processes counted in.
  const pure = rounded(mean((run) => run.processorMs) / processorMs)
  told({
    what: 'wardline scan: processor time a file, in one process / all processes',
    figure: pure,
    goal: '>= 0.9',
    isMet: pure >= 0.9,
    detail,
  })
  atMost('wardline scan: most memory of the command, MB', Math.max(...scanned.ownMb), 400, detail)
  atMost('wardline scan: most memory of a decoder, MB', Math.max(...scanned.decoderMb), 400, detail)
  const file = join(folder, 'small.jpg')
  writeFileSync(file, small.bytes)
  const whole = await contest({ sharp: loadSharp, hash: () => hashFile(file) }, 11)
  atMost('wardline hash of one small file / Node that loads sharp', of('hash', whole), 3, whole)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const record = {
  date: new Date().toISOString(),
  machine: { cpu: cpus()[0]?.model, cores: availableParallelism(), shared: true, load: { before, after: loadavg() } },
  node: process.version,
  sharp: sharp.versions,
  rows,
}
const name = `records/${record.date.slice(0, 10)}-pipeline.json`
writeFileSync(fileURLToPath(new URL(`../${name}`, import.meta.url)), `${JSON.stringify(record, null, 2)}\n`)
console.log(`written: bench/${name}`)

function told(row: Row): void {
  rows.push(row)
  console.log(`${row.isMet ? ' ✓' : ' ✗'} ${row.what.padEnd(68)} ${String(row.figure).padStart(8)}   goal ${row.goal}`)
}
