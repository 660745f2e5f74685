// Where things lie in the kernel's memory. Addresses in bytes, all multiples of 16.
import { COSINES, WAVES } from './dct.ts'
import { SMALL } from './decimate.ts'
import { DOUBTS, LARGE_DOUBTS } from './doubt.ts'
import type { Memory } from './wasm.ts'

let next = 1024
const place = (bytes: number): number => {
  const at = next
  next += (bytes + 15) & ~15
  return at
}

export const AT = {
  /** D, 16x64 f32, and D^t, 64x16. */
  cosines: place(4 * WAVES * SMALL),
  turned: place(4 * WAVES * SMALL),
  /** The 64x64 samples, f32. */
  small: place(4 * SMALL * SMALL),
  /** finish's results on the way and its room. */
  half: place(4 * WAVES * SMALL),
  waves: place(4 * WAVES * WAVES),
  room: place(4 * 1024),
  /** 16x16 f32, see doubt.ts. */
  doubts: place(4 * WAVES * WAVES),
  largeDoubts: place(4 * WAVES * WAVES),
  /** Eight hashes. */
  hashes: place(8 * 32),
  /** composeSmall's tables: 64 records of 32 and of 80 bytes, and 64 f32 each. */
  vertical: place(SMALL * 32),
  horizontal: place(SMALL * 80),
  scaleX: place(4 * SMALL),
  scaleY: place(4 * SMALL),
  /** One line of i16 down-summed bytes, at most 512 px of four channels, and what vector reads touch beyond. */
  line: place(2 * 512 * 4 + 128),
  /** 512 byte offsets for gatherRow. */
  offsets: place(4 * 512),
  /** combineColumns' table: 64 records of 8 bytes. */
  columns: place(SMALL * 8),
  /** Where the 64 samples lie along each side, u32. */
  sampleX: place(4 * SMALL),
  sampleY: place(4 * SMALL),
} as const

/** From here on each picture is given its own room. */
export const FREE = place(0)

export function writeConstants(memory: Memory): void {
  const plain = new Float32Array(memory.buffer, AT.cosines, WAVES * SMALL)
  const turned = new Float32Array(memory.buffer, AT.turned, WAVES * SMALL)
  plain.set(COSINES)
  new Float32Array(memory.buffer, AT.doubts, WAVES * WAVES).set(DOUBTS)
  new Float32Array(memory.buffer, AT.largeDoubts, WAVES * WAVES).set(LARGE_DOUBTS)
  COSINES.forEach((value, k) => {
    turned[(k % SMALL) * WAVES + Math.floor(k / SMALL)] = value
  })
}
