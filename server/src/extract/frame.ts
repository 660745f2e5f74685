// What decoding is asked for, and what it hands over one by one.
import type { Pixels } from '@wardline/pdq'

/** What is decoded at most. The last three are about files of many frames, whose first frame is decoded in any case. */
export interface Limits {
  /** width * height of one picture; more is refused from the header, before anything is decoded. */
  readonly maxPixels: number
  readonly frames: number
  /** width * height of all frames together. */
  readonly framePixels: number
  /** On the real clock, from the first frame on. What is begun is finished, which may take three times as long. */
  readonly frameMs: number
}

/** fast: a large JPEG is decoded at a fraction of its size, in half the time. */
export interface How {
  readonly fast: boolean
}

export interface Frame {
  readonly pixels: Pixels
  /** Its number in the file, from 0. */
  readonly index: number
  /** Only of a picture that was decoded smaller than it is: its true size. */
  readonly shrunkFrom?: { readonly width: number; readonly height: number }
}

export type Take = (frame: Frame) => void
