// Files that nobody would make on purpose: whatever they do to a decoder, the server goes on and every one is answered.
// `npm run fuzz:decode` does it with 10,000. WARDLINE_FUZZ_SEED repeats a run that failed.
import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { drawPicture, encode } from '@wardline/sandbox'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { avifOf } from '../extract/testing.ts'
import { digestsOf } from './digests.ts'
import { openDecoders } from './hash.ts'
import { residentMb } from './memory.ts'
import type { Extracted } from './print.ts'
import { diceFrom } from './testing.ts'

const files = Number(process.env['WARDLINE_FUZZ_FILES'] ?? 150)
const seed = Number(process.env['WARDLINE_FUZZ_SEED'] ?? 20261122)
const inFlight = 6
const leash = {
  deadlineMs: 10_000,
  memoryMb: 600,
  maxPixels: 4_000_000,
  frames: 40,
  framePixels: 20_000_000,
  frameMs: 2_000,
  log: { info: () => {}, warn: () => {}, error: () => {} },
}
const reasons = [
  ...['empty', 'not_an_image', 'unsupported_type', 'too_many_pixels', 'nothing_decodes', 'too_many_frames'],
  ...['unread_frames', 'too_slow', 'too_much_memory', 'decoder_crashed'],
]

describe(`of ${files} damaged files (seed ${seed})`, () => {
  it('every one is answered in time, within bounded memory, and validly', {
    timeout: 120_000 + files * 500,
  }, async () => {
    const originals = await Promise.all(kinds())
    const dice = diceFrom(seed)
    const pool = openDecoders({ ...leash, count: 2 })
    await pool.ready()
    const before = process.memoryUsage().rss
    const ends = new Map<string, number>()
    let [slowestMs, largestMb, next] = [0, 0, 0]
    const worker = async () => {
      while (next < files) {
        const number = next
        next += 1
        const bytes = mutated(originals[number % originals.length] ?? Buffer.alloc(0), dice, originals)
        const started = performance.now()
        const extracted = await pool.print(bytes)
        slowestMs = Math.max(slowestMs, performance.now() - started)
        for (const pid of children()) largestMb = Math.max(largestMb, await residentMb(pid))
        expect(wrongIn(extracted, bytes), `file ${number} of seed ${seed}`).toEqual([])
        const end = extracted.kind === 'print' ? 'print' : extracted.why
        ends.set(end, (ends.get(end) ?? 0) + 1)
      }
    }
    try {
      await Promise.all(Array.from({ length: inFlight }, worker))
    } finally {
      await pool.close()
    }
    if (files > 1000) console.log({ ends: Object.fromEntries(ends), slowestMs, largestMb })
    // One at work, one ahead and one waiting, each to its deadline; a new decoder in between.
    expect(slowestMs).toBeLessThan(3 * (leash.deadlineMs + 3_000))
    // Asked for every 25 ms: what is decoded in that time comes on top.
    expect(largestMb).toBeLessThan(leash.memoryMb + 300)
    expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20)
    // The fuzzer is worth something only if damage is met on both sides of the decoder.
    expect(ends.get('print')).toBeGreaterThan(files / 10)
    expect(ends.get('nothing_decodes')).toBeGreaterThan(files / 50)
  })
})

/** One small file of each way to write each kind. */
function kinds(): Promise<Buffer>[] {
  const size = { width: 160, height: 120 }
  const stills = [1, 2, 3].map((seed) => encode(drawPicture(seed, size), 'avif'))
  const raw = (seeds: readonly number[]): Sharp =>
    sharp(Buffer.concat(seeds.map((each) => drawPicture(each, size).pixels)), {
      raw: { ...size, height: size.height * seeds.length, channels: 3, pageHeight: size.height },
    })
  const [one, many] = [() => raw([1]), () => raw([1, 2, 3, 4, 5, 6])]
  const written = [
    one().jpeg(),
    one().jpeg({ progressive: true }),
    one().toColourspace('cmyk').jpeg(),
    one().png(),
    one().png({ progressive: true, palette: true }),
    one().toColourspace('rgb16').png(),
    one().gif(),
    many().gif(),
    one().webp(),
    one().webp({ lossless: true }),
    many().webp(),
    one().avif({ effort: 2 }),
    many().tiff({ compression: 'lzw', predictor: 'horizontal' }),
    many().tiff({ compression: 'jpeg' }),
    one().tiff({ compression: 'deflate', tile: true, tileWidth: 64, tileHeight: 64 }),
  ].map((image) => image.toBuffer())
  return [...written, Promise.all(stills).then(avifOf)]
}

/** Bytes flipped, set to extremes, cut off, doubled or taken from another file; most often near the header. */
function mutated(original: Buffer, dice: () => number, all: readonly Buffer[]): Buffer {
  let file = Buffer.from(original)
  const below = (count: number) => Math.floor(dice() * count)
  const somewhere = () => (dice() < 0.5 ? below(Math.min(file.length, 200)) : below(file.length))
  const rounds = 1 + below(3)
  for (let round = 0; round < rounds && file.length > 8; round += 1) {
    const at = somewhere()
    const act = below(12)
    if (act < 6) for (let each = below(8); each >= 0; each -= 1) file[somewhere()] = below(256)
    else if (act < 8) file.fill([0, 0xff, 0x7f, 0x80][below(4)] ?? 0, at, Math.min(file.length, at + 1 + below(8)))
    else if (act < 9) file = file.subarray(0, Math.max(1, at))
    else if (act < 10) file = Buffer.concat([file.subarray(0, at), file.subarray(below(file.length))])
    else if (act < 11) file[at] = (file[at] ?? 0) ^ (1 << below(8))
    else {
      const other = all[below(all.length)] ?? file
      const from = below(other.length)
      other.copy(file, at, from, from + 1 + below(64))
    }
  }
  return file
}

/** What is wrong with an answer, in words. */
function wrongIn({ kind, print, ...rest }: Extracted, bytes: Uint8Array): string[] {
  const { digests, pictures } = print
  const hashes = pictures.flatMap(({ commandLine, fullResolution, dihedral }) => [
    commandLine.hash,
    fullResolution.hash,
    ...Object.values(dihedral),
  ])
  const qualities = pictures.flatMap(({ commandLine, fullResolution }) => [commandLine.quality, fullResolution.quality])
  const wrongs = {
    'the digests': JSON.stringify(digests) !== JSON.stringify(digestsOf(bytes)),
    'a print of nothing': kind === 'print' && pictures.length === 0,
    'the reason': kind === 'unscannable' && !('why' in rest && reasons.includes(rest.why)),
    'the order': pictures.some(({ index }, at) => at > 0 && index <= (pictures[at - 1]?.index ?? index)),
    'the number': pictures.length > leash.frames,
    'a size': pictures.some(({ width, height }) => width * height > leash.maxPixels || width * height < 1),
    'a hash': hashes.some((hash) => hash.byteLength !== 32),
    'a quality': qualities.some((quality) => !Number.isInteger(quality) || quality < 0 || quality > 100),
  }
  return Object.entries(wrongs).flatMap(([what, isWrong]) => (isWrong ? [what] : []))
}

/** Process ids of the decoders. None where the system does not say. */
function children(): number[] {
  if (process.platform !== 'linux') return []
  return readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
}
