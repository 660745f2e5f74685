// The proof: the same pixels give the reference's hash, quality, eight dihedral hashes, in both flavours, bit for bit.
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { openPdq, type PdqDihedral, pdq, pdqDihedral, toHex } from './pdq.ts'
import { pixelsOf, sha256, type Vector, vectorsIn } from './testing/vectors.ts'
import * as twin from './twin.ts'

const OURS = fileURLToPath(new URL('../vectors', import.meta.url))
const engines = [
  { pdq, pdqDihedral },
  twin,
  ...(['composed', 'exact_order'] as const).flatMap((mode) =>
    (['simd', 'scalar'] as const).map((build) => {
      const hasher = openPdq({ mode, build })
      const pdqDihedral: typeof twin.pdqDihedral = (pixels, flavour) => hasher.dihedral(pixels, flavour)
      const hash: typeof twin.pdq = (pixels, flavour) => hasher.hash(pixels, flavour)
      return { pdq: hash, pdqDihedral }
    }),
  ),
]
const everyVector = process.env.PDQ_VECTORS

describe('our drawn pictures hash as the reference program hashes them', () => {
  const vectors = vectorsIn(OURS)
  it('there are fifteen of them', () => expect(vectors).toHaveLength(15))
  it.each(vectors)('$file', (vector) => agrees(OURS, vector))
})

if (everyVector === undefined || everyVector === '') {
  it.skip('all 39 reference vectors: skipped because PDQ_VECTORS does not name the folder that holds them', () => {})
} else {
  describe('all reference vectors hash as the reference program hashes them', () => {
    const vectors = vectorsIn(everyVector)
    it('there are 39 of them', () => expect(vectors).toHaveLength(39))
    it.each(vectors)('$file', (vector) => agrees(everyVector, vector))
  })
}

async function agrees(folder: string, vector: Vector): Promise<void> {
  const pixels = await pixelsOf(folder, vector.file)
  expect(sha256(pixels.data), 'the decoder gives other pixels').toBe(vector.decodedPixelsSha256)
  expect(pixels.channels).toBe(vector.channels)

  for (const engine of engines) {
    const { hash, quality } = engine.pdq(pixels)
    expect({ hash: toHex(hash), quality }).toEqual({ hash: vector.hash, quality: vector.quality })

    const full = engine.pdq(pixels, 'full_resolution')
    expect({ hash: toHex(full.hash), quality: full.quality }).toEqual(vector.fullResolution)

    expect(asText(engine.pdqDihedral(pixels))).toEqual(vector.dihedral)
  }
}

function asText({ hashes }: PdqDihedral): Record<string, string> {
  return Object.fromEntries(Object.entries(hashes).map(([turn, hash]) => [turn, toHex(hash)]))
}
