// For tests: limits that nothing meets by accident, all frames of a file at once, and files put together by hand.
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

/** One AVIF of several pictures, from as many files of one picture each, as sharp writes them. The first is the main one. */
export function avifOf(stills: readonly Buffer[]): Buffer {
  const parts = stills.map((still) => {
    const meta = within(still, 'meta', 12)
    const properties = within(meta, 'iprp', 8)
    return { properties: within(properties, 'ipco', 8), pixels: within(still, 'mdat', 8) }
  })
  const ftyp = stills[0]?.subarray(0, stills[0].readUInt32BE(0)) ?? Buffer.alloc(0)
  const meta = (at: number) => {
    const starts = parts.map((_, n) => at + parts.slice(0, n).reduce((sum, { pixels }) => sum + pixels.length, 0))
    return box('meta', [
      Buffer.alloc(4),
      box('hdlr', [Buffer.alloc(8), Buffer.from('pict'), Buffer.alloc(13)]),
      box('pitm', [Buffer.of(0, 0, 0, 0, 0, 1)]),
      // Each picture is one stretch of the file: four bytes for where it begins and for how long it is.
      box('iloc', [
        Buffer.of(0, 0, 0, 0, 0x44, 0, 0, parts.length),
        ...parts.flatMap(({ pixels }, n) => [
          Buffer.of(0, n + 1, 0, 0, 0, 1),
          long(starts[n] ?? 0),
          long(pixels.length),
        ]),
      ]),
      box('iinf', [
        Buffer.of(0, 0, 0, 0, 0, parts.length),
        ...parts.map((_, n) => box('infe', [Buffer.of(2, 0, 0, 0, 0, n + 1, 0, 0), Buffer.from('av01\0')])),
      ]),
      box('iprp', [
        box(
          'ipco',
          parts.map(({ properties }) => properties),
        ),
        // Three properties each, of which the first must be understood.
        box('ipma', [
          Buffer.of(0, 0, 0, 0, 0, 0, 0, parts.length),
          ...parts.map((_, n) => Buffer.of(0, n + 1, 3, 0x81 + 3 * n, 2 + 3 * n, 3 + 3 * n)),
        ]),
      ]),
    ])
  }
  const before = ftyp.length + meta(0).length + 8
  return Buffer.concat([
    ftyp,
    meta(before),
    box(
      'mdat',
      parts.map(({ pixels }) => pixels),
    ),
  ])
}

/** A box of ISO 14496-12: its length, four letters, what is in it. */
export function box(type: string, parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  return Buffer.concat([long(8 + content.length), Buffer.from(type, 'latin1'), content])
}

/** What is in the first box of this type, found by its letters, behind `from` bytes of its own. */
function within(file: Buffer, type: string, from: number): Buffer {
  const at = file.indexOf(type) - 4
  return file.subarray(at + from, at + file.readUInt32BE(at))
}

/** Four bytes, the largest first. */
export function long(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}
