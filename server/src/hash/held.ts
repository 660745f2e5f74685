// An image that a decoder has, and what the decoder said of it so far.
import { type Digests, digestsOf } from './digests.ts'
import { type FileToRead, readImage } from './file.ts'
import type { Extracted, Picture, Unopened, Unscannable } from './print.ts'
import type { Turn } from './watch.ts'
import type { Answer } from './words.ts'

/** The bytes of an image, or a file that the decoder opens itself. */
export type Source = Uint8Array | FileToRead

/**
 * `untouched`: the process ended, or gave the image back, before its turn came. `unbegun`: its turn came, and the process ended
 * without having begun it. Nothing is known of it either way: what killed the process may be what an image before it left
 * behind.
 */
export type End = Extracted | Unopened | 'untouched' | 'unbegun'

export interface Held extends Turn {
  readonly image: Source
  readonly pictures: Picture[]
  digests: Digests | undefined
  /** Somebody else has it now. */
  isGivenBack: boolean
  readonly resolve: (end: End) => void
}

export function hold(image: Source, resolve: (end: End) => void): Held {
  const isFile = !(image instanceof Uint8Array)
  return { image, isFile, pictures: [], digests: undefined, isGivenBack: false, since: 0, hasBegun: false, resolve }
}

/** What an answer about the image means: that it was begun, a part of what is known of it, its end, or nothing one may say. */
export function heard(
  held: Held,
  answer: Exclude<Answer, { kind: 'ready' | 'cannot_start' }>,
  mostFrames: number,
): 'begun' | 'part' | 'wrong' | End {
  const { image, digests, pictures } = held
  const comesBefore = answer.kind === 'begun' || answer.kind === 'forgotten' || answer.kind === 'unopened'
  if (comesBefore === held.hasBegun) return 'wrong'
  switch (answer.kind) {
    case 'begun':
      held.hasBegun = true
      return 'begun'
    case 'digests':
      held.digests = answer.digests
      return 'part'
    case 'picture':
      return pictures.push(answer.picture) <= mostFrames ? 'part' : 'wrong'
    case 'forgotten':
      return held.isGivenBack ? 'untouched' : 'wrong'
    case 'unopened':
      return image instanceof Uint8Array ? 'wrong' : answer
    case 'whole':
      return digests && pictures.length > 0 ? { kind: 'print', print: { digests, pictures } } : 'wrong'
    case 'undecodable':
      return digests ? { kind: 'unscannable', why: answer.why, print: { digests, pictures } } : 'wrong'
  }
}

/** Of an image whose turn did not end in an answer. What kept a decoder from beginning it was its disk, where it lies on one. */
export function ended(why: Unscannable, held: Held): Extracted | Unopened | 'unbegun' {
  if (held.hasBegun) return lost(why, held)
  return why === 'too_slow' && held.isFile ? { kind: 'unopened', why } : 'unbegun'
}

/** Of an image that cost its decoder the life: the digests in any case, and the pictures before it went wrong. */
export function lost(
  why: Unscannable,
  { image, digests, pictures }: Pick<Held, 'image' | 'digests' | 'pictures'>,
): Extracted | Unopened {
  if (digests) return { kind: 'unscannable', why, print: { digests, pictures } }
  const bytes = image instanceof Uint8Array ? image : readImage(image)
  // A decoder did not take it for anything else: nobody shall pass over it as if nothing had been there.
  if ('kind' in bytes) return bytes.why === 'no_image' ? { ...bytes, why: 'changed' } : bytes
  return { kind: 'unscannable', why, print: { digests: digestsOf(bytes), pictures } }
}
