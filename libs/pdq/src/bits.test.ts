import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bits } from './bits.ts'
import { distanceBits, fromHex, isPdqHex, toBinary, toHex } from './pdq.ts'

const hashes = fc.uint8Array({ minLength: 32, maxLength: 32 })
const asNumber = (hash: Uint8Array): bigint => BigInt(`0x${toHex(hash)}`)

describe('bits', () => {
  it('bit k is cell k, so the first cell is the last binary digit', () => {
    const cells = new Float32Array(256)
    cells[0] = 1
    expect(toHex(bits(cells))).toBe(`${'0'.repeat(63)}1`)
    expect(toBinary(bits(cells))).toBe(`${'0'.repeat(255)}1`)
    cells[255] = 1
    expect(toHex(bits(cells))).toBe(`8${'0'.repeat(62)}1`)
  })

  it('are the cells above the lower median: half of them where none tie', () => {
    const cells = fc.shuffledSubarray(
      Array.from({ length: 256 }, (_, k) => k - 100.5),
      { minLength: 256 },
    )
    fc.assert(
      fc.property(cells, (values) => {
        const upper = values.reduce((sum, value, k) => (value > 27 ? sum | (1n << BigInt(k)) : sum), 0n)
        expect(asNumber(bits(Float32Array.from(values)))).toBe(upper)
      }),
      { numRuns: 30 },
    )
  })

  it('a cell that ties with the median is not above it', () => {
    const cells = Float32Array.from({ length: 256 }, (_, k) => (k < 100 ? -1 : k < 200 ? 0 : 1))
    expect(toBinary(bits(cells)).replaceAll('0', '')).toHaveLength(56)
  })
})

describe('text', () => {
  it('goes to bytes and back', () => {
    fc.assert(
      fc.property(hashes, (hash) => {
        expect(fromHex(toHex(hash))).toEqual(hash)
      }),
    )
  })

  it('puts byte 0 first, in hex and in binary', () => {
    const hash = Uint8Array.from({ length: 32 }, (_, i) => i)
    expect(toHex(hash).slice(0, 8)).toBe('00010203')
    expect(toBinary(hash).slice(0, 16)).toBe('0000000000000001')
    expect(toBinary(hash)).toHaveLength(256)
  })

  it.each([
    ['63 digits', 'a'.repeat(63)],
    ['65 digits', 'a'.repeat(65)],
    ['capitals', 'A'.repeat(64)],
    ['a line end', `${'a'.repeat(64)}\n`],
    ['a line before', `\n${'a'.repeat(64)}`],
    ['a space', ` ${'a'.repeat(63)}`],
    ['0x', `0x${'a'.repeat(62)}`],
    ['letters past f', 'g'.repeat(64)],
    ['wide digits', '０'.repeat(64)],
    ['nothing', ''],
  ])('with %s is no hash, and the error keeps it to itself', (_, text) => {
    expect(isPdqHex(text)).toBe(false)
    expect(() => fromHex(text)).toThrow(new RangeError('a PDQ hash is written as 64 lower-case hex digits'))
  })

  it.each([undefined, null, 7, ['a'.repeat(64)], { toString: () => 'a'.repeat(64) }])('is not %s', (value) => {
    expect(isPdqHex(value)).toBe(false)
  })

  it.each([0, 31, 33])('is not made of %d bytes', (length) => {
    expect(() => toHex(new Uint8Array(length))).toThrow(RangeError)
    expect(() => toBinary(new Uint8Array(length))).toThrow(RangeError)
  })
})

describe('distance', () => {
  it('is the number of ones in the XOR, the same from both ends', () => {
    fc.assert(
      fc.property(hashes, hashes, (a, b) => {
        const ones = (asNumber(a) ^ asNumber(b)).toString(2).replaceAll('0', '').length
        expect([distanceBits(a, b), distanceBits(b, a)]).toEqual([ones, ones])
      }),
    )
  })

  it('is 0 to itself, 1 after one flipped bit, 256 to the opposite', () => {
    fc.assert(
      fc.property(hashes, fc.nat(255), (hash, bit) => {
        const flipped = hash.map((byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte))
        expect(distanceBits(hash, Uint8Array.from(hash))).toBe(0)
        expect(distanceBits(hash, flipped)).toBe(1)
        expect(
          distanceBits(
            hash,
            hash.map((byte) => ~byte),
          ),
        ).toBe(256)
      }),
    )
  })

  it.each([
    [31, 32],
    [32, 33],
    [0, 0],
  ])('has no meaning between %d and %d bytes', (a, b) => {
    expect(() => distanceBits(new Uint8Array(a), new Uint8Array(b))).toThrow(RangeError)
  })
})
