// The kernel of the ring index, in AssemblyScript (WebAssembly SIMD). One instance serves one ring (or one table) for one
// thread; the memory is shared, so it keeps nothing there but in its own scratch. Nothing allocates. The story is `search`.
import * as found from './hits'
import { BANDS, offsets, offsetsStride, queries, sketches, sketchesStride } from './memory'
import { near1, near2, near3 } from './sieve'
import { begin, verify } from './survivors'
import { touch } from './touch'

export { buildBand, permute } from './build'
export { touchAs, useBands, useCodes, useScratch } from './memory'
export { scan } from './scan'
export { sink } from './touch'

/**
 * Every row within `within` (at most 31) of each of `count` codes at `queries`, each once. Returns how many hits are left in
 * `hits` after the last flush: pairs of u32, the row and (query << 16 | distance).
 *
 * Why none is missed. Cut a code into 16 words on a ring; let d_i be the bits in which word i differs, sum(d_i) <= 31.
 * Pigeonhole: sum(d_i - 2) <= 31 - 32 < 0, so some d_i <= 1; but more is true.
 * Cycle lemma: if the numbers d_i - 2 around a ring have a negative sum, then from some i on every forward partial sum
 * is negative. (Else, from any place a stretch with sum >= 0 begins; lay such stretches end to end until one ends where an
 * earlier one began: they then cover the ring a whole number of times, and their sum is >= 0 and a multiple of a negative one.)
 * Its first two partial sums: d_i <= 1, and d_i + d_(i+1) <= 3. So this i is found by looking up the 17 words
 * within one bit of the query's word i, and survives the test of the next word (the "sketch"): at most 3 bits off if
 * d_i = 0, at most 2 if d_i = 1. Up to 15 bits the same with d_i - 1 in place of d_i - 2 asks for d_i = 0 and d_(i+1) <= 1.
 * A row may pass at several i: only the first such i counts, which `firstBand` tells from the code alone.
 */
export function search(count: u32, within: u32): u32 {
  begin(within)
  found.begin()
  for (let band: u32 = 0; band < BANDS; band++) {
    const starts = offsets + <usize>band * offsetsStride
    const sketch = sketches + <usize>band * sketchesStride
    for (let q: u32 = 0; q < count; q++) {
      const query = queries + ((<usize>q) << 5)
      const key = <u32>load<u16>(query + ((<usize>band) << 1))
      const next = i16x8.splat(<i16>load<u16>(query + ((<usize>(band + 1) & 15) << 1)))
      const tag = (q << 4) | band
      if (within > 15) {
        touch(starts, sketch, key)
        near3(starts, sketch, key, next, tag)
        for (let bit: u32 = 0; bit < 16; bit++) near2(starts, sketch, key ^ (1 << bit), next, tag)
      } else near1(starts, sketch, key, next, tag)
    }
  }
  verify()
  return found.left()
}
