// One file on the disk, looked at: no image, clear, a hit, or not to be read.
import type { FileHandle } from 'node:fs/promises'
import { decide } from '@wardline/server/decide'
import { SNIFF_BYTES, sniff } from '@wardline/server/extract'
import type { Decoders } from '@wardline/server/hash'
import type { Ground, Matcher } from '@wardline/server/match'
import { type Failure, failure, isFailure, withFile } from './files.ts'

export type Looked =
  | { readonly kind: 'no_image' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'failure'; readonly failure: Failure }
  | { readonly kind: 'hit'; readonly grounds: readonly Ground[]; readonly bytes: Uint8Array }

export async function look(decoders: Decoders, matcher: Matcher, path: string): Promise<Looked> {
  const bytes = await withFile(path, readImage)
  if (bytes === 'no_image') return { kind: 'no_image' }
  if (isFailure(bytes)) return { kind: 'failure', failure: bytes }
  const extracted = await decoders.print(bytes)
  const grounds = hitsOf(matcher.match(extracted.print))
  if (grounds.length > 0) return { kind: 'hit', grounds, bytes }
  // Even what does not decode was compared by its digests, and an animation by the frames that were read.
  return extracted.kind === 'unscannable' ? { kind: 'failure', failure: failure(extracted.why) } : { kind: 'clear' }
}

/** A disk is full of films and archives: whether a file is an image is seen from its first bytes, and only then read. */
async function readImage(file: FileHandle): Promise<Buffer | 'no_image'> {
  const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(SNIFF_BYTES), position: 0 })
  const sniffed = sniff(buffer.subarray(0, bytesRead))
  if (sniffed.kind === 'unknown' || (sniffed.kind === 'unsupported' && sniffed.type === 'pdf')) return 'no_image'
  return file.readFile()
}

/** What counts, as the server weighs it: declared false alarms silence likenesses. Nothing is reported from here. */
function hitsOf(grounds: readonly Ground[]): readonly Ground[] {
  const decision = decide(grounds, {
    environment: 'sandbox',
    perceptual: 'review',
    reportWithinBits: 0,
    reportQuality: 100,
  })
  return decision.kind === 'held' ? decision.grounds : []
}
