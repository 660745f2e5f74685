import { distanceBits, fromHex, toHex } from '@wardline/pdq'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Entry, HashList, ListClass } from '#lists'
import { type Found, openMatcher } from './match.ts'

const digests = { md5: '1'.repeat(32), sha1: '2'.repeat(40), sha256: '3'.repeat(64) }
const zero = new Uint8Array(32)
/** The hash with its lowest `count` bits turned round, scattered over the words. */
const flipped = (hash: Uint8Array, count: number) => {
  const out = Uint8Array.from(hash)
  for (let bit = 0; bit < count; bit += 1) {
    const at = (bit * 37) % 256
    out[at >> 3] = (out[at >> 3] ?? 0) ^ (1 << (at & 7))
  }
  return out
}
const entry = (change: Partial<Entry> = {}): Entry => ({
  listId: 'drawn',
  source: 'us',
  entryId: 'e1',
  algorithm: 'pdq',
  value: toHex(zero),
  class: 'test',
  ...change,
})
const list = (entries: readonly Entry[], change: Partial<HashList> = {}): HashList => ({
  id: 'drawn',
  class: 'test',
  radiusBits: 31,
  entries,
  ...change,
})
const picture = (hash: Uint8Array, { full = hash, quality = 100, index = 0 } = {}) => ({
  index,
  commandLine: { hash, quality },
  fullResolution: { hash: full, quality },
})
const found = (...pictures: Found['pictures'][number][]): Found => ({ digests, pictures })
const match = (lists: readonly HashList[], image: Found) => openMatcher({ version: 1, lists }).match(image)

describe('a picture', () => {
  it('at the radius of a list matches, one bit beyond it does not', () => {
    for (const radiusBits of [0, 10, 31]) {
      const lists = [list([entry()], { radiusBits })]
      expect(match(lists, found(picture(flipped(zero, radiusBits))))).toMatchObject([
        { distanceBits: radiusBits, radiusBits },
      ])
      expect(match(lists, found(picture(flipped(zero, radiusBits + 1))))).toEqual([])
    }
  })

  it('is looked up in both flavours, and the nearer one is told', () => {
    const near = flipped(zero, 3)
    const far = flipped(zero, 9)
    expect(match([list([entry()])], found(picture(far, { full: near })))).toEqual([
      {
        listId: 'drawn',
        source: 'us',
        entryId: 'e1',
        class: 'test',
        algorithm: 'pdq',
        distanceBits: 3,
        radiusBits: 31,
        pictureIndex: 0,
        flavour: 'full_resolution',
        quality: 100,
      },
    ])
    expect(match([list([entry()])], found(picture(near, { full: far })))).toMatchObject([
      { distanceBits: 3, flavour: 'command_line' },
    ])
    expect(match([list([entry()])], found(picture(flipped(zero, 200), { full: near })))).toHaveLength(1)
  })

  it('of a quality under 50 is not compared, and one of 50 is', () => {
    expect(match([list([entry()])], found(picture(zero, { quality: 49 })))).toEqual([])
    expect(match([list([entry()])], found(picture(zero, { quality: 50 })))).toHaveLength(1)
  })

  it('meets a never_match entry only where it is the same, whatever the radius of the list', () => {
    const lists = [list([entry({ class: 'never_match' })], { class: 'never_match' })]
    expect(match(lists, found(picture(zero)))).toMatchObject([{ class: 'never_match', distanceBits: 0, radiusBits: 0 }])
    expect(match(lists, found(picture(flipped(zero, 1))))).toEqual([])
  })

  it('gives one ground an entry, the nearest, for each picture of an image', () => {
    const lists = [list([entry({ value: toHex(flipped(zero, 6)) }), entry(), entry({ source: 'others' })])]
    const grounds = match(lists, found(picture(flipped(zero, 2)), picture(zero, { index: 1 })))
    expect(grounds.map(({ source, pictureIndex, distanceBits }) => [source, pictureIndex, distanceBits])).toEqual([
      ['us', 1, 0],
      ['others', 1, 0],
      ['us', 0, 2],
      ['others', 0, 2],
    ])
  })
})

describe('a file', () => {
  it('matches by each digest that a list holds, before any likeness', () => {
    const entries = (['md5', 'sha1', 'sha256'] as const).map((algorithm) =>
      entry({ algorithm, value: digests[algorithm] }),
    )
    const grounds = match([list([entry(), ...entries])], found(picture(zero)))
    expect(grounds.map(({ algorithm }) => algorithm)).toEqual(['md5', 'sha1', 'sha256', 'pdq'])
    expect(grounds[0]).toMatchObject({ distanceBits: 0, pictureIndex: null, flavour: null, quality: null })
  })

  it('whose pictures could not be decoded still matches by digest', () => {
    expect(match([list([entry({ algorithm: 'md5', value: digests.md5 })])], found())).toHaveLength(1)
  })

  it('is not found by a digest of another kind', () => {
    expect(match([list([entry({ algorithm: 'pdq', value: digests.sha256 })])], found())).toEqual([])
  })

  it('on several lists has grounds of each', () => {
    const lists = ['a', 'b'].map((id) => list([entry({ listId: id, algorithm: 'md5', value: digests.md5 })], { id }))
    expect(match(lists, found()).map(({ listId }) => listId)).toEqual(['a', 'b'])
  })
})

it('a matcher says how much it holds and of which lists', () => {
  const lists = [list([entry(), entry({ algorithm: 'md5', value: digests.md5 })]), list([])]
  expect(openMatcher({ version: 7, lists })).toMatchObject({ version: 7, size: 2 })
})

describe('any list and any picture: what is found is what comparing each pair of hashes finds', () => {
  const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
  // Random hashes are far apart: most of these are near the first picture, on both sides of the radius.
  const near = (to: Uint8Array) =>
    fc.array(fc.nat(255), { maxLength: 40 }).map((bits) => bits.reduce((out, bit) => turn(out, bit), to))
  const turn = (of: Uint8Array, bit: number) => of.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
  const world = hash.chain((one) =>
    fc.tuple(fc.constant(one), near(one), fc.array(fc.oneof(near(one), hash), { maxLength: 20 })),
  )

  it('with the seed printed when it is not so', () => {
    fc.assert(
      fc.property(world, fc.nat(31), ([one, other, values], radiusBits) => {
        const entries = values.map((each, at) => entry({ entryId: `e${at}`, value: toHex(each) }))
        const expected = entries.flatMap(({ entryId, value }) => {
          const distance = Math.min(distanceBits(fromHex(value), one), distanceBits(fromHex(value), other))
          return distance <= radiusBits ? [`${entryId} ${distance}`] : []
        })
        const grounds = match([list(entries, { radiusBits })], found(picture(one, { full: other })))
        expect(grounds.map((each) => `${each.entryId} ${each.distanceBits}`).sort()).toEqual(expected.sort())
      }),
    )
  })

  it('a class changes nothing about what is found, except never_match', () => {
    const classes: readonly ListClass[] = ['csam', 'exploitative', 'generative_ai', 'test']
    const counts = classes.map(
      (named) => match([list([entry({ class: named })])], found(picture(flipped(zero, 30)))).length,
    )
    expect(counts).toEqual([1, 1, 1, 1])
  })
})
