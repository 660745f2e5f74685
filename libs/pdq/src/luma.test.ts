import { expect, it } from 'vitest'
import { luma } from './luma.ts'
import { drawn, noise } from './testing/pictures.ts'

it('brightness is rounded to float32 after every product and every sum', () => {
  const pixels = noise({ seed: 4, width: 300, height: 200, channels: 3 })
  const memory = new Float32Array(8) // Rounds by storing, where the code rounds by Math.fround.
  memory.set([0.299, 0.587, 0.114])
  const twin = Array.from({ length: 300 * 200 }, (_, i) => {
    for (let c = 0; c < 3; c++) memory[3 + c] = (memory[c] ?? 0) * (pixels.data[3 * i + c] ?? 0)
    memory[6] = (memory[3] ?? 0) + (memory[4] ?? 0)
    memory[7] = memory[6] + (memory[5] ?? 0)
    return memory[7]
  })
  expect(luma(pixels).values).toEqual(Float32Array.from(twin))
})

it('green counts most and blue least', () => {
  const colours = [
    [200, 0, 0],
    [0, 200, 0],
    [0, 0, 200],
  ] as const
  const { values } = luma(drawn(3, 1, (x) => colours[x] ?? []))
  expect([...values].map((value) => value.toFixed(3))).toEqual(['59.800', '117.400', '22.800'])
})

it('grey in one channel is its own brightness; in three it may be a rounding off', () => {
  const ramp = { data: Uint8Array.from({ length: 256 }, (_, i) => i), width: 256, height: 1, channels: 1 } as const
  const three = luma(drawn(256, 1, (x) => [x, x, x])).values
  expect([...luma(ramp).values]).toEqual([...ramp.data])
  expect([...three].filter((value, i) => value !== i)).toHaveLength(35)
  expect([...three].every((value, i) => Math.abs(value - i) < 0.0001)).toBe(true)
})
