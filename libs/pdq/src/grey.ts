// Grey pictures often arrive in colour: decoders spread grey over three channels, and scans are stored so.
import { assertPixels, type Pixels } from './pixels.ts'

/**
 * The same picture in one channel where all its pixels are grey, else as it was. The reference program sees pictures so: its
 * decoder hands over one channel when no pixel has a colour. Three equal channels are rounded three times on their way to
 * brightness and may give another hash (PDQ, section 1.1), so call this between a decoder and `pdq`. Throws as `pdq` does
 * if sizes and data do not fit.
 */
export function collapseGrey(pixels: Pixels): Pixels {
  assertPixels(pixels)
  const { data, width, height, channels } = pixels
  if (channels === 1 || !isGrey(pixels)) return pixels
  const grey = new Uint8Array(width * height)
  for (let i = 0; i < grey.length; i++) grey[i] = data[i * channels] ?? 0
  return { data: grey, width, height, channels: 1 }
}

/** Leaves at the first coloured pixel: nearly all photographs cost nothing. */
function isGrey({ data, channels }: Pixels): boolean {
  for (let i = 0; i < data.length; i += channels) {
    if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return false
  }
  return true
}
