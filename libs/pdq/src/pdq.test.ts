import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { distanceBits, type Flavour, type Pixels, pdq, pdqDihedral, toBinary, toHex } from './pdq.ts'
import { resample } from './resample.ts'
import { drawn, noise, pictures, spread } from './testing/pictures.ts'

const FLAVOURS: readonly Flavour[] = ['command_line', 'full_resolution']
const ZERO = '0'.repeat(64)

describe('a picture too small to hash', () => {
  it('of 0 to 4 pixels on either side has a zero hash and quality 0, on both paths and in both flavours', () => {
    for (let side = 0; side < 5; side++) {
      for (const [width, height] of [
        [side, 40],
        [40, side],
        [side, side],
      ] as const) {
        for (const flavour of FLAVOURS) {
          const pixels = noise({ seed: side, width, height, channels: 3 })
          const { hash, quality } = pdq(pixels, flavour)
          expect([toHex(hash), quality]).toEqual([ZERO, 0])
          const eight = pdqDihedral(pixels, flavour)
          expect([Object.values(eight.hashes).map(toHex), eight.quality]).toEqual([Array(8).fill(ZERO), 0])
        }
      }
    }
  })

  it('no longer is one at five pixels a side', () => {
    expect(pdq(noise({ seed: 1, width: 5, height: 5, channels: 3 })).quality).toBeGreaterThan(0)
  })

  it('is stretched first by the command line if its other side is over 512, and only there gets a hash', () => {
    const thread = noise({ seed: 7, width: 1, height: 100_000, channels: 3 })
    expect(toHex(pdq(thread, 'full_resolution').hash)).toBe(ZERO)
    expect(toHex(pdq(thread, 'command_line').hash)).not.toBe(ZERO)
    expect(pdq(thread, 'command_line').hash).toEqual(pdq(resample(thread), 'full_resolution').hash)
  })

  it('stays one without any pixels at all, however long its other side', () => {
    expect(toHex(pdq({ data: new Uint8Array(), width: 0, height: 9000, channels: 1 }).hash)).toBe(ZERO)
  })
})

describe('the two flavours', () => {
  it('agree up to 512 pixels a side', () => {
    fc.assert(
      fc.property(pictures(5, 90), (pixels) => {
        expect(pdq(pixels, 'command_line')).toEqual(pdq(pixels, 'full_resolution'))
      }),
      { numRuns: 25 },
    )
    const atTheLimit = noise({ seed: 3, width: 512, height: 512, channels: 1 })
    expect(pdq(atTheLimit, 'command_line')).toEqual(pdq(atTheLimit, 'full_resolution'))
  })

  it('part ways at 513', () => {
    const over = noise({ seed: 3, width: 513, height: 90, channels: 1 })
    expect(pdq(over, 'command_line').hash).not.toEqual(pdq(over, 'full_resolution').hash)
  })
})

describe('the eight hashes', () => {
  it('begin with the single one at every size but 64x64', () => {
    const others = pictures(5, 90).filter(({ width, height }) => width !== 64 || height !== 64)
    fc.assert(
      fc.property(others, fc.constantFrom(...FLAVOURS), (pixels, flavour) => {
        const { hash, quality } = pdq(pixels, flavour)
        const eight = pdqDihedral(pixels, flavour)
        expect([eight.hashes.original, eight.quality]).toEqual([hash, quality])
      }),
      { numRuns: 40 },
    )
  })

  it('differ from it at 64x64 where cells tie, since only they are blurred there', () => {
    const slope = (side: number) => drawn(side, side, (x) => [x * 3, 5, x * 2])
    expect(pdq(slope(64)).hash).not.toEqual(pdqDihedral(slope(64)).hashes.original)
    expect(pdq(slope(65)).hash).toEqual(pdqDihedral(slope(65)).hashes.original)
  })
})

describe('the hash', () => {
  it('never has more than 128 bits set, since bits stand strictly above the median', () => {
    fc.assert(
      fc.property(pictures(5, 70), (pixels) => {
        expect(toBinary(pdq(pixels).hash).replaceAll('0', '').length).toBeLessThanOrEqual(128)
      }),
      { numRuns: 40 },
    )
  })

  it('does not see the fourth channel', () => {
    fc.assert(
      fc.property(pictures(5, 70, [4]), fc.nat(255), (pixels, alpha) => {
        const other = { ...pixels, data: pixels.data.map((byte, i) => (i % 4 === 3 ? alpha : byte)) }
        const { width, height } = pixels
        const none: Pixels = { data: pixels.data.filter((_, i) => i % 4 !== 3), width, height, channels: 3 }
        expect(pdq(other)).toEqual(pdq(pixels))
        expect(pdq(none)).toEqual(pdq(pixels))
      }),
      { numRuns: 25 },
    )
  })

  it('of grey in three equal channels is the hash of grey or a bit or two beside it', () => {
    fc.assert(
      fc.property(pictures(40, 90, [1]), (grey) => {
        expect(distanceBits(pdq(spread(grey)).hash, pdq(grey).hash)).toBeLessThanOrEqual(2)
      }),
      { numRuns: 25 },
    )
  })

  it('depends on nothing but the pixels: not on the array they lie in, not on the call before', () => {
    const pixels = noise({ seed: 11, width: 70, height: 50, channels: 3 })
    const before = Uint8Array.from(pixels.data)
    const first = pdq(pixels)
    pdq(noise({ seed: 12, width: 90, height: 90, channels: 1 }))
    const inside = new Uint8Array(pixels.data.length + 9)
    inside.set(pixels.data, 5)

    expect(pdq(pixels)).toEqual(first)
    expect(pdq({ ...pixels, data: Uint8ClampedArray.from(pixels.data) })).toEqual(first)
    expect(pdq({ ...pixels, data: inside.subarray(5, 5 + pixels.data.length) })).toEqual(first)
    expect(pixels.data).toEqual(before)
  })
})

describe('a picture with nothing in it', () => {
  it('ties in every cell if it is black, so no bit is set', () => {
    const black = { data: new Uint8Array(90 * 70), width: 90, height: 70, channels: 1 } as const
    expect(pdq(black)).toEqual({ hash: new Uint8Array(32), quality: 0 })
  })

  it('of one grey has a hash made of roundings alone and quality 0: throw it away by its quality', () => {
    const grey = { data: new Uint8Array(100 * 100).fill(128), width: 100, height: 100, channels: 1 } as const
    const { hash, quality } = pdq(grey)
    expect(toHex(hash)).toBe('000000002c4b11342c4b2c4b0000554b00002c4b113411342c4b585e2c4b017e')
    expect(quality).toBe(0)
  })
})
