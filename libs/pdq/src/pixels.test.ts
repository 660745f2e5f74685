import { describe, expect, it } from 'vitest'
import { collapseGrey, type Pixels, pdq, pdqDihedral } from './pdq.ts'

const good: Pixels = { data: new Uint8Array(300), width: 10, height: 10, channels: 3 }

/** What plain JavaScript callers can get wrong, past any type. */
function broken(change: Record<string, unknown>): Pixels {
  return Object.assign({ ...good }, change)
}

describe.each([
  ['pdq', pdq],
  ['pdqDihedral', pdqDihedral],
  ['collapseGrey', collapseGrey],
])('%s refuses', (_, take) => {
  it.each([299, 301, 0, 100, 400])('%d bytes where 300 belong, and names both numbers', (length) => {
    const wrong = broken({ data: new Uint8Array(length) })
    expect(() => take(wrong)).toThrow(RangeError)
    expect(() => take(wrong)).toThrow(new RegExp(`\\b${length}\\b.*\\b300\\b`))
  })

  it('an array whose buffer was given away', () => {
    const gone = new Uint8Array(300)
    structuredClone(gone, { transfer: [gone.buffer] })
    expect(() => take(broken({ data: gone }))).toThrow(/\b0\b.*\b300\b/)
  })

  it.each([
    ['width', -10],
    ['width', 10.5],
    ['width', Number.NaN],
    ['height', Number.POSITIVE_INFINITY],
    ['height', 2 ** 60],
    ['height', '10'],
    ['height', undefined],
    ['channels', 2],
    ['channels', 0],
    ['channels', undefined],
  ])('%s %s', (key, value) => {
    expect(() => take(broken({ [key]: value }))).toThrow(RangeError)
  })

  it('two negative sides whose product would fit', () => {
    expect(() => take(broken({ width: -10, height: -10 }))).toThrow(RangeError)
  })

  it.each([
    ['floats', new Float32Array(300)],
    ['brightness in floats that is no number', new Float32Array(300).fill(Number.NaN)],
    ['16-bit pixels', new Uint16Array(300)],
    ['a plain list', Array(300).fill(0)],
    ['nothing', undefined],
  ])('%s for data', (_, data) => {
    expect(() => take(broken({ data }))).toThrow(TypeError)
  })
})

it('memory that is shared is read as any other', () => {
  const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 7919) & 255)
  const shared = new Uint8Array(new SharedArrayBuffer(300))
  shared.set(bytes)
  for (const take of [pdq, pdqDihedral]) expect(take({ ...good, data: shared })).toEqual(take({ ...good, data: bytes }))
  expect(collapseGrey({ ...good, data: shared }).data).toEqual(bytes)
})

it('a flavour nobody knows is refused, not taken for another', () => {
  const flavour: 'command_line' = JSON.parse('"full"')
  expect(() => pdq(good, flavour)).toThrow(RangeError)
  expect(() => pdqDihedral(good, flavour)).toThrow(RangeError)
})
