// A worker thread that answers questions from the rings' shared memory, with scratch of its own. It knows neither the table nor
// what is gone: whoever asks adds and takes away.
import { parentPort, workerData } from 'node:worker_threads'
import { CODE_BYTES } from './codes.ts'
import type { Built } from './merge.ts'
import { Ring } from './ring.ts'
import type { Reply } from './thread.ts'

export interface ReadRequest {
  /** One after another: a message of one piece costs a fraction of one of many. */
  readonly codes: Uint8Array
  readonly radius: number
  /** The rings by their serial numbers, when they are others than before. */
  readonly rings: readonly (readonly [serial: number, built: Built])[] | undefined
}

/** Four numbers for each row found: query, ring's place, row, distance. */
export type Found = Uint32Array<ArrayBuffer>

let rings = new Map<number, Ring>()

parentPort?.on('message', ({ codes, radius, rings: next }: ReadRequest) => {
  if (next !== undefined) {
    const known = rings
    rings = new Map(next.map(([serial, built]) => [serial, known.get(serial) ?? new Ring(built, Number(workerData))]))
  }
  const asked = Array.from({ length: codes.length / CODE_BYTES }, (_, i) =>
    codes.subarray(i * CODE_BYTES, (i + 1) * CODE_BYTES),
  )
  const found: number[] = []
  let place = 0
  for (const ring of rings.values()) {
    const ringPlace = place++
    ring.look(asked, radius, (query, row, distance) => found.push(query, ringPlace, row, distance))
  }
  const value = Uint32Array.from(found)
  parentPort?.postMessage({ value } satisfies Reply<Found>, [value.buffer])
})
