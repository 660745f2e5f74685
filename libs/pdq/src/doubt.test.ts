import { expect, it } from 'vitest'
import { DOUBTS } from './doubt.ts'
import { openPdq } from './hasher.ts'
import { scene } from './testing/pictures.ts'
import { Workbench } from './workbench.ts'

const seed = Math.floor(Math.random() * 1e6)
const sizes = Array.from({ length: 150 }, (_, n) => ({
  seed: seed + n,
  width: 5 + ((seed * 31 + n * 7919) % 330),
  height: 5 + ((seed * 17 + n * 104_729) % 330),
  channels: ([1, 3, 4] as const)[n % 3] ?? 1,
}))

it(`no wave of the composed kernel is further from the exact one than is doubted, twice over (seed ${seed})`, () => {
  const [composed, exact] = [new Workbench('simd'), new Workbench('simd')]
  for (const size of sizes) {
    const pixels = scene(size)
    composed.composeSmall(pixels)
    exact.exact(pixels)
    for (const bench of [composed, exact]) bench.finish(false, false)
    const right = exact.waves()
    composed.waves().forEach((wave, k) => {
      expect(Math.abs(wave - (right[k] ?? Number.NaN))).toBeLessThan(2 * (DOUBTS[k] ?? 0))
    })
  }
})

it(`so the hashes are the exact ones (seed ${seed})`, () => {
  const [composed, exact] = [openPdq(), openPdq({ mode: 'exact_order' })]
  for (const size of sizes) {
    const pixels = scene(size)
    expect(composed.all(pixels)).toEqual(exact.all(pixels))
  }
})

it('a flat picture is in doubt, a scene with much to see is not', () => {
  const bench = new Workbench('simd')
  bench.composeSmall({ data: new Uint8Array(90 * 90).fill(77), width: 90, height: 90, channels: 1 })
  expect(bench.finish(false, true)).toBe(-1)
  const clear = sizes.filter((size) => {
    bench.composeSmall(scene({ ...size, width: 200, height: 160 }))
    return bench.finish(false, true) >= 0
  })
  expect(clear.length).toBeGreaterThan(sizes.length * 0.8)
})
