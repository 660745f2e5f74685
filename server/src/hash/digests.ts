// The digests of an image's bytes, for lists that know files and not only likenesses.
import { createHash } from 'node:crypto'

/** Of the bytes as received; lower-case hex. */
export interface Digests {
  readonly md5: string
  readonly sha1: string
  readonly sha256: string
}

export function digestsOf(bytes: Uint8Array): Digests {
  const digest = (algorithm: keyof Digests) => createHash(algorithm).update(bytes).digest('hex')
  return { md5: digest('md5'), sha1: digest('sha1'), sha256: digest('sha256') }
}
