// The proof: the same pixels give the reference's hash, quality, eight dihedral hashes, in both flavours, bit for bit.
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type PdqDihedral, pdq, pdqDihedral, toHex } from './pdq.ts'
import { pixelsOf, sha256, type Vector, vectorsIn } from './testing/vectors.ts'

const OURS = fileURLToPath(new URL('../vectors', import.meta.url))
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

  const { hash, quality } = pdq(pixels)
  expect({ hash: toHex(hash), quality }).toEqual({ hash: vector.hash, quality: vector.quality })

  const full = pdq(pixels, 'full_resolution')
  expect({ hash: toHex(full.hash), quality: full.quality }).toEqual(vector.fullResolution)

  expect(asText(pdqDihedral(pixels))).toEqual(vector.dihedral)
}

function asText({ hashes }: PdqDihedral): Record<string, string> {
  return Object.fromEntries(Object.entries(hashes).map(([turn, hash]) => [turn, toHex(hash)]))
}
