// Drawn pictures for the bench: soft blobs of several sizes under grain, as near to photographs as harmless numbers come.
import type { Pixels } from '@wardline/pdq'

export function scenes(count: number, width: number, height: number, channels: 1 | 3): readonly Pixels[] {
  return Array.from({ length: count }, (_, seed) => scene(seed + 1, width, height, channels))
}

function scene(seed: number, width: number, height: number, channels: 1 | 3): Pixels {
  let state = seed * 2654435761
  const dice = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
  const waves = Array.from({ length: 20 }, (_, n) => {
    const pace = (1 + n / 2) * 4
    return { across: dice() * pace, down: dice() * pace, from: dice() * 7, height: 60 / (1 + n / 3) }
  })
  const data = new Uint8Array(width * height * channels)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let light = 120
      for (const wave of waves)
        light += wave.height * Math.sin((wave.across * x) / width + (wave.down * y) / height + wave.from)
      for (let c = 0; c < channels; c++) {
        data[(y * width + x) * channels + c] = Math.max(0, Math.min(255, light + 15 * c + 8 * dice()))
      }
    }
  }
  return { data, width, height, channels }
}
