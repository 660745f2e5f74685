// The decoders as the offline commands use them: all cores, and limits for a machine that has nothing else to do.
import { availableParallelism } from 'node:os'
import { type Decoders, openDecoders } from '@wardline/server/hash'

/** Two images a core are with a decoder, so that one is read while another is decoded, and one more is ready to follow. */
export const IN_FLIGHT = 3 * availableParallelism()

/** things: how many there are to decode, where that is known: a decoder that is not needed is not started. */
export function openOffline(things = Number.POSITIVE_INFINITY): Decoders {
  const log = { info: () => {}, warn: () => {}, error: () => {} }
  // 200 megapixels take about 2,300 MB and, on a slow core, half a minute.
  return openDecoders({
    count: Math.min(availableParallelism(), things),
    deadlineMs: 120_000,
    memoryMb: 2560,
    maxPixels: 200_000_000,
    frames: 10_000,
    framePixels: 10_000_000_000,
    frameMs: 30_000,
    // No more than IN_FLIGHT ever wait, and nobody is there to come back later.
    waitingBytes: Number.POSITIVE_INFINITY,
    log,
  })
}
