import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { type Build, type Flavour, type Mode, openPdq, type Pixels, roomForAll, roomForOne, toHex } from './pdq.ts'
import { noise, paled, pictures, scene } from './testing/pictures.ts'
import * as twin from './twin.ts'

const FLAVOURS: readonly Flavour[] = ['command_line', 'full_resolution']
const ENGINES = (['composed', 'exact_order'] as const).flatMap((mode) =>
  (['simd', 'scalar'] as const).map((build): [Mode, Build] => [mode, build]),
)

describe.each(ENGINES)('%s, %s build: every bit is the twin’s', (mode, build) => {
  const hasher = openPdq({ mode, build })
  const agrees = (pixels: Pixels) => {
    const all = hasher.all(pixels)
    for (const flavour of FLAVOURS) {
      const one = twin.pdq(pixels, flavour)
      expect(hasher.hash(pixels, flavour)).toEqual(one)
      expect(hasher.dihedral(pixels, flavour)).toEqual(twin.pdqDihedral(pixels, flavour))
      expect(flavour === 'command_line' ? all.commandLine : all.fullResolution).toEqual(one)
    }
    expect(all.dihedral).toEqual(twin.pdqDihedral(pixels).hashes)
  }

  it('on noise of any small size', () => {
    fc.assert(fc.property(pictures(0, 110), agrees), { numRuns: 30 })
  })

  it.each([
    [64, 64, 3],
    [128, 129, 4],
    [256, 257, 1],
    [384, 385, 3],
    [512, 511, 4],
    [512, 512, 1],
    [513, 37, 3],
    [37, 513, 1],
    [6, 700, 4],
    [900, 5, 3],
    [900, 4, 3],
    [701, 603, 3],
    [1280, 321, 4],
  ] as const)('on a scene of %d x %d in %d channels', (width, height, channels) => {
    agrees(scene({ seed: width + height, width, height, channels }))
  })

  it('on pictures with hardly anything to see, where rounding alone decides', () => {
    for (const [width, height] of [
      [97, 60],
      [260, 300],
      [600, 90],
    ] as const) {
      const flat = new Uint8Array(width * height * 3).map((_, i) => 90 + (i % 3) * 33)
      agrees({ data: flat, width, height, channels: 3 })
      const slope = new Uint8Array(width * height).map((_, i) => (i % width) & 255)
      agrees({ data: slope, width, height, channels: 1 })
      const weak = new Uint8Array(width * height).map((_, i) => 128 + ((i * 7919) % 3))
      agrees({ data: weak, width, height, channels: 1 })
    }
  })

  it('after a larger and after a smaller picture', () => {
    for (const side of [20, 650, 30, 512, 90, 660]) {
      agrees(scene({ seed: side, width: side, height: side + 1, channels: 3 }))
    }
  })
})

describe('a hasher', () => {
  const hasher = openPdq()

  it('writes into the room it is given, and gives it back', () => {
    const pixels = scene({ seed: 1, width: 300, height: 200, channels: 3 })
    const mine = new Uint8Array(40).fill(7)
    const room = { hash: mine.subarray(4, 36), quality: -1 }
    expect(hasher.hash(pixels, 'command_line', room)).toBe(room)
    expect(room).toEqual(twin.pdq(pixels))
    expect([...mine.subarray(0, 4), ...mine.subarray(36)]).toEqual(Array(8).fill(7))

    const all = roomForAll()
    expect(hasher.all(noise({ seed: 3, width: 3, height: 3, channels: 1 }), all)).toBe(all)
    expect(all).toEqual(roomForAll())
    expect(hasher.all(pixels, all).dihedral.flipX).toEqual(twin.pdqDihedral(pixels).hashes.flipX)
  })

  it('leaves what it gave alone when it hashes the next picture', () => {
    const first = hasher.hash(scene({ seed: 1, width: 90, height: 80, channels: 1 }))
    const text = toHex(first.hash)
    hasher.hash(scene({ seed: 2, width: 90, height: 80, channels: 1 }))
    expect(toHex(first.hash)).toBe(text)
  })

  it('takes shared memory, clamped bytes and a part of a larger array', () => {
    const pixels = scene({ seed: 5, width: 600, height: 700, channels: 3 })
    const shared = new Uint8Array(new SharedArrayBuffer(pixels.data.length + 3), 3)
    shared.set(pixels.data)
    const expected = hasher.all(pixels)
    expect(hasher.all({ ...pixels, data: shared })).toEqual(expected)
    expect(hasher.all({ ...pixels, data: Uint8ClampedArray.from(pixels.data) })).toEqual(expected)
  })

  it('hashes a thread of 1 x 100,000 and one of 100,000 x 1 as the twin does', () => {
    for (const [width, height] of [
      [1, 100_000],
      [100_000, 1],
    ] as const) {
      const pixels = noise({ seed: 9, width, height, channels: 3 })
      expect(hasher.all(pixels).commandLine).toEqual(twin.pdq(pixels))
      expect(hasher.all(pixels).fullResolution).toEqual({ hash: new Uint8Array(32), quality: 0 })
    }
  })

  it('takes longer sides than it knows the drift of the exact way', () => {
    for (const [width, height, channels] of [
      [23_200, 6, 1],
      [8001, 60, 3],
      [40, 12_000, 3],
    ] as const) {
      const pixels = paled(scene({ seed: 4, width, height, channels }), 230, 4)
      expect(hasher.all(pixels).fullResolution).toEqual(twin.pdq(pixels, 'full_resolution'))
    }
  })

  it('takes no more room than a few rows for the command line alone, however wide the picture', () => {
    const pixels = { data: new Uint8Array(4_000_000 * 4), width: 4_000_000, height: 1, channels: 4 as const }
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external
    openPdq().hash(pixels)
    expect(process.memoryUsage().arrayBuffers + process.memoryUsage().external - before).toBeLessThan(40 * 2 ** 20)
  })

  it('hashes 20,000 x 20,000 in a few megabytes beside the picture', () => {
    const data = new Uint8Array(20_000 * 20_000)
    for (let i = 0; i < 3000; i++) data.fill(i & 255, i * 133_331, i * 133_331 + (i % 977) * 100)
    const before = process.memoryUsage().external + process.memoryUsage().arrayBuffers
    const { commandLine, fullResolution } = hasher.all({ data, width: 20_000, height: 20_000, channels: 1 })
    expect(commandLine.quality).toBeGreaterThan(0)
    expect(fullResolution.quality).toBeGreaterThan(0)
    expect(process.memoryUsage().external + process.memoryUsage().arrayBuffers - before).toBeLessThan(64 * 2 ** 20)
  })

  it.each([
    ['too few bytes', { data: new Uint8Array(299) }, /\b299\b.*\b300\b/],
    ['too many bytes', { data: new Uint8Array(301) }, /\b301\b.*\b300\b/],
    ['a side below zero', { width: -10 }, /width/],
    ['two channels', { channels: 2 }, /channels/],
  ])('refuses %s', (_, change, words) => {
    const pixels = Object.assign({ data: new Uint8Array(300), width: 10, height: 10, channels: 3 as const }, change)
    for (const take of [() => hasher.hash(pixels), () => hasher.dihedral(pixels), () => hasher.all(pixels)]) {
      expect(take).toThrow(RangeError)
      expect(take).toThrow(words)
    }
  })

  it('refuses a picture whose buffer was given away, and goes on with the next', () => {
    const gone = new Uint8Array(300)
    structuredClone(gone, { transfer: [gone.buffer] })
    expect(() => hasher.hash({ data: gone, width: 10, height: 10, channels: 3 })).toThrow(/\b0\b.*\b300\b/)
    const pixels = noise({ seed: 2, width: 10, height: 10, channels: 3 })
    expect(hasher.hash(pixels)).toEqual(twin.pdq(pixels))
  })

  it('refuses room that is no room for a hash, before anything is written', () => {
    const pixels = noise({ seed: 2, width: 10, height: 10, channels: 3 })
    const short = { hash: new Uint8Array(31), quality: 0 }
    expect(() => hasher.hash(pixels, 'command_line', short)).toThrow(/\b32\b.*\b31\b/)
    expect(() => hasher.all(pixels, { ...roomForAll(), fullResolution: short })).toThrow(/\b32\b.*\b31\b/)
  })

  it('of a mode or build nobody knows is not opened', () => {
    expect(() => openPdq(JSON.parse('{ "mode": "fast" }'))).toThrow(RangeError)
    expect(() => openPdq(JSON.parse('{ "build": "avx" }'))).toThrow(RangeError)
  })

  it('takes the scalar build where the engine calls vectors invalid, and SIMD here', () => {
    expect(openPdq().build).toBe('simd')
    const validate = vi.spyOn(Reflect.get(globalThis, 'WebAssembly'), 'validate').mockReturnValue(false)
    expect(openPdq().build).toBe('scalar')
    validate.mockRestore()
    expect(roomForOne().hash).toHaveLength(32)
  })
})
