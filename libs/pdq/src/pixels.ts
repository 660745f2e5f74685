// What a caller hands in: decoded pixels, and the check that they are what they claim to be.

/**
 * A decoded picture: 8 bits a channel, row-major, interleaved, no padding between rows, data length width * height * channels.
 * Channels: 1 is grey, 3 is RGB, 4 is RGB and one that is thrown away (hidden colours count, PDQ, section 1.1).
 * Keep grey as one channel: expanded to RGB it is rounded three times and its hash may differ.
 */
export type Pixels = {
  readonly data: Uint8Array | Uint8ClampedArray
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3 | 4
}

/** Throws a RangeError (a TypeError for data of another kind) unless sizes and data fit each other. */
export function assertPixels({ data, width, height, channels }: Pixels): void {
  assertSide('width', width)
  assertSide('height', height)
  if (channels !== 1 && channels !== 3 && channels !== 4) throw new RangeError('channels must be 1, 3 or 4')

  // By name and not by instanceof: pixels may come from another window or worker. A wider array would be read as garbage.
  const kind = Object.prototype.toString.call(data)
  if (kind !== '[object Uint8Array]' && kind !== '[object Uint8ClampedArray]') {
    throw new TypeError('data must be a Uint8Array or a Uint8ClampedArray')
  }

  // An array whose buffer was transferred away has length 0, so it ends here as well.
  const wanted = width * height * channels
  if (data.length !== wanted) {
    throw new RangeError(`data holds ${data.length} bytes, but width * height * channels is ${wanted}`)
  }
}

function assertSide(name: 'width' | 'height', side: number): void {
  if (!Number.isSafeInteger(side) || side < 0)
    throw new RangeError(`${name} must be a whole number of pixels, 0 or more`)
}
