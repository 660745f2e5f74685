// From the 64x64 samples to quality and hashes, and the question whether they are beyond doubt.
import { hashesOf } from './bits'
import { cosineTransform } from './cosine'
import { qualityOf } from './quality'

/**
 * Writes one hash of 32 bytes or eight and returns the quality, 0..100. Returns -1 if waves off by `doubts` (16x16 f32) or
 * differences off by `slack` percent might say something else; nothing is doubted with 0 for both. half, waves: 16x64 and
 * 16x16 f32, written. room: 4 KB.
 */
export function finish(
  small: usize,
  cosines: usize,
  turned: usize,
  half: usize,
  waves: usize,
  room: usize,
  eight: u32,
  doubts: usize,
  slack: f32,
  hashes: usize,
): i32 {
  const quality = qualityOf(small, slack)
  if (quality < 0) return -1
  cosineTransform(cosines, turned, small, half, waves)
  return hashesOf(waves, eight, doubts, room, hashes) === 0 ? quality : -1
}
