import { expect, it } from 'vitest'
import { LONGEST_SIDE, newTaps, type Taps, weigh } from './taps.ts'

const taps = newTaps()
const sides = [...Array.from({ length: 600 }, (_, n) => n + 5), 1000, 1023, 4000, 9999, 20_000, LONGEST_SIDE]

it('the weights are two boxes, one after the other, as doubles give them', () => {
  for (const length of sides.filter((side) => side < 5000)) {
    for (const o of [0, 1, 30, 62, 63]) {
      weigh(length, o, taps)
      const twin = slowly(length, Math.floor(((o + 0.5) * length) / 64))
      expect([...twin.keys()]).toEqual(Array.from({ length: taps.count }, (_, k) => taps.first + k))
      for (const [place, share] of twin)
        expect((taps.weights[place - taps.first] ?? 0) / taps.sum).toBeCloseTo(share, 12)
    }
  }
})

it('weights are whole and fit 16 bits, and 255 times their sum fits 32', () => {
  expect(sides).toContain(LONGEST_SIDE)
  for (const length of sides) {
    for (let o = 0; o < 64; o++) {
      weigh(length, o, taps)
      const fits = (weight: number) => Number.isInteger(weight) && weight <= 32_767
      if (!used(taps).every(fits) || taps.sum * 255 >= 2 ** 31) throw new Error(`sample ${o} of ${length}`)
    }
  }
})

it('up to 512 px, sums of bytes fit 16 bits, and with brightness in thousandths of all 32', () => {
  const [sums, products]: [number[], number[]] = [[], []]
  for (let length = 5; length <= 512; length++) {
    for (let o = 0; o < 64; o++) {
      weigh(length, o, taps)
      const heaviest = Math.max(...used(taps))
      sums.push(taps.sum * 255 * 48 * 1000)
      products.push(heaviest * 587, taps.sum * 255)
      if (taps.count > (length <= 128 ? 1 : length <= 256 ? 3 : 7)) throw new Error(`sample ${o} of ${length}`)
    }
  }
  expect(Math.max(...sums)).toBeLessThan(2 ** 31)
  expect(Math.max(...products)).toBeLessThan(2 ** 15)
})

it('samples follow each other: the next never begins before the last pixel of the one before', () => {
  for (const length of sides) {
    let end = 0
    for (let o = 0; o < 64; o++) {
      weigh(length, o, taps)
      expect(taps.first).toBeGreaterThanOrEqual(end - 1)
      end = taps.first + taps.count
      expect(end).toBeLessThanOrEqual(length)
    }
  }
})

function used({ weights, count }: Taps): number[] {
  return [...weights.subarray(0, count)]
}

function slowly(length: number, centre: number): Map<number, number> {
  const shares = new Map<number, number>()
  const outer = boxAround(length, centre)
  for (const at of outer) {
    const inner = boxAround(length, at)
    for (const place of inner) shares.set(place, (shares.get(place) ?? 0) + 1 / outer.length / inner.length)
  }
  return shares
}

function boxAround(length: number, place: number): number[] {
  const window = Math.ceil(length / 128)
  const from = place - Math.floor((window - 1) / 2)
  return Array.from({ length: window }, (_, n) => from + n).filter((at) => at >= 0 && at < length)
}
