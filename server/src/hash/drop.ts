// Pixels, and the bytes of images, are large, and are wanted for a moment only.
import type { Pixels } from '@wardline/pdq'

/**
 * Gives their memory back at once; they are empty from then on. The garbage collector would do it ten pictures later, and
 * would look through everything for it: for a JPEG of 2 megapixels that took a fifth of all time, in new pages and in looking.
 */
export function drop({ data }: Pick<Pixels, 'data'> & Partial<Pixels>): void {
  const { buffer } = data
  // Not where it is a part of something else, such as a frame of an animation.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === data.byteLength && !buffer.detached) buffer.transfer(0)
}
