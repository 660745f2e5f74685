// For tests: limits that nothing meets by accident, and all frames of a file at once.
import { type Decoded, decode, type Frame, type How, type Limits } from './extract.ts'

export const roomy: Limits = { maxPixels: 50_000_000, frames: 1000, framePixels: 1_000_000_000, frameMs: 60_000 }

export async function decodeAll(
  bytes: Uint8Array,
  { limits = roomy, how = { fast: false } }: { readonly limits?: Limits; readonly how?: How } = {},
): Promise<{ readonly decoded: Decoded; readonly frames: readonly Frame[] }> {
  const frames: Frame[] = []
  const decoded = await decode(bytes, limits, how, (frame) => frames.push(frame))
  return { decoded, frames }
}
