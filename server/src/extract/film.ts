// An animation taken apart by our own reading, so that a frame nobody can decode hides none of the others.

export interface Film {
  /** Frames that the file holds by its own blocks, not more than were asked for. */
  readonly count: number
  /** Of the whole canvas, as its header has it. */
  readonly width: number
  readonly height: number
  /** A file of these frames alone, by their numbers. They may build on frames that are left out, and look different then. */
  remade(frames: readonly number[]): Buffer
}

/** From `from` up to but without `to`, in bytes from the start of the file. */
export interface Span {
  readonly from: number
  readonly to: number
}
