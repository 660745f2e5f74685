// From the 64x64 samples to quality and hashes, and the question whether they are beyond doubt.
import { hashesOf } from './bits'
import { cosineTransform } from './cosine'
import { qualityOf } from './quality'

/**
 * Writes one hash of 32 bytes or eight and returns the quality, 0..100; -1 if cells lie within `doubt` of a median or
 * differences within `slack` percent of a whole one, so that samples a little off might say something else. With both 0
 * nothing is doubted. room: 9 KB.
 */
export function finish(
  small: usize,
  cosines: usize,
  turned: usize,
  room: usize,
  eight: u32,
  doubt: f32,
  slack: f32,
  hashes: usize,
): i32 {
  const quality = qualityOf(small, slack)
  if (quality < 0) return -1
  cosineTransform(cosines, turned, small, room, room + 4096)
  return hashesOf(room + 4096, eight, doubt, room + 5120, hashes) === 0 ? quality : -1
}
