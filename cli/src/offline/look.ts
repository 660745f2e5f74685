// One file on the disk, looked at: no image, clear, a hit, or not to be read.
import { resolve } from 'node:path'
import { decide } from '@wardline/server/decide'
import type { Decoders } from '@wardline/server/hash'
import type { Ground, Matcher } from '@wardline/server/match'
import { type Failure, failure, MOST_BYTES, troubleOfUnopened } from './files.ts'

export type Looked =
  | { readonly kind: 'no_image' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'failure'; readonly failure: Failure }
  /** sha256: of the bytes that were looked at. */
  | { readonly kind: 'hit'; readonly grounds: readonly Ground[]; readonly sha256: string }

/** A decoder opens the file: its bytes never pass through this process, which has all the others to see to. */
export async function look(
  decoders: Decoders,
  matcher: Matcher,
  { path, sizeBytes }: { readonly path: string; readonly sizeBytes: number },
): Promise<Looked> {
  const extracted = await decoders.printFile({ path: resolve(path), sizeBytes, mostBytes: MOST_BYTES })
  if (extracted.kind === 'unopened') {
    const { why } = extracted
    if (why === 'no_image') return { kind: 'no_image' }
    return { kind: 'failure', failure: failure(troubleOfUnopened(why)) }
  }
  const grounds = hitsOf(matcher.match(extracted.print))
  if (grounds.length > 0) return { kind: 'hit', grounds, sha256: extracted.print.digests.sha256 }
  // Even what does not decode was compared by its digests, and an animation by the frames that were read.
  return extracted.kind === 'unscannable' ? { kind: 'failure', failure: failure(extracted.why) } : { kind: 'clear' }
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
