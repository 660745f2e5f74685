// A file of which the first frame was seen to, on its way to the others.
import type { Limits } from './frame.ts'
import type { ImageType } from './sniff.ts'

export interface File {
  readonly bytes: Uint8Array
  readonly type: ImageType
  readonly limits: Limits
  /** Of the first frame, which was taken; undefined: it was not to be had, and what follows is still looked at. */
  readonly first: First | undefined
}

/** Not its pixels, which need not stay while all the others are read. */
export interface First {
  /** Its number in the file: where libwebp passes over frames that it cannot read, not 0. */
  readonly index: number
  readonly width: number
  readonly height: number
  /** How many libvips counts; of a TIFF, more than one or not. */
  readonly frames: number
  /** Only where others may follow. */
  readonly digest: string | undefined
}

/** Why not all of the others are known. */
export type Unread = 'too_many_frames' | 'unread_frames'
