// The decoder's work without a decoder process: decode, hash, digests, in this process. Run alone: the rate over a folder.
import { readdirSync, readFileSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import type { Pixels } from '@wardline/pdq'
import sharp from 'sharp'
import { decode } from '../../server/src/extract/extract.ts'
import { digestsOf } from '../../server/src/hash/digests.ts'
import { drop } from '../../server/src/hash/drop.ts'
import { type Picture, pictureOf } from '../../server/src/hash/print.ts'

const limits = { maxPixels: 200_000_000, frames: 1000, framePixels: 1_000_000_000, frameMs: 60_000 }

export async function printed(bytes: Uint8Array, { digests = false, fast = false } = {}): Promise<Picture[]> {
  const pictures: Picture[] = []
  let first: Pixels | undefined
  const decoding = decode(bytes, limits, { fast }, (frame) => {
    first ??= frame.pixels
    pictures.push(pictureOf(frame))
  })
  if (digests) {
    await turn()
    digestsOf(bytes)
  }
  await decoding
  if (first) drop(first)
  return pictures
}

/** What decoding alone costs: the pixels as `extract` asks for them, left to the garbage collector. */
function decodedOnly(bytes: Uint8Array): Promise<Buffer> {
  return sharp(bytes, { ignoreIcc: true, failOn: 'none' }).removeAlpha().raw({ depth: 'uchar' }).toBuffer()
}

/** The least it can cost: the pixels given back at once, as a decoder does with them. */
export async function decodedAndDropped(bytes: Uint8Array): Promise<void> {
  drop({ data: await decodedOnly(bytes), width: 0, height: 0, channels: 3 })
}

if (import.meta.main) {
  const [folder = '', every = '1'] = process.argv.slice(2)
  sharp.concurrency(1)
  sharp.cache(false)
  const names = readdirSync(folder)
    .sort()
    .filter((_, at) => at % Number(every) === 0)
  await printed(readFileSync(`${folder}/${names[0]}`), { digests: true })
  const [started, before] = [performance.now(), process.cpuUsage()]
  for (const name of names) await printed(readFileSync(`${folder}/${name}`), { digests: true })
  const { user, system } = process.cpuUsage(before)
  const processorMs = (user + system) / 1000
  console.log(JSON.stringify({ files: names.length, ms: performance.now() - started, processorMs }))
}
