// Several threads that answer over the same memory. Rings are told to each of them with the first question after a change.
import { CODE_BYTES } from './codes.ts'
import { SLOTS } from './layout.ts'
import type { Found, ReadRequest } from './reader.ts'
import type { Ring } from './ring.ts'
import { Thread } from './thread.ts'

/** Threads beside the one that owns the index. */
export const MAX_THREADS: number = SLOTS - 1

export class Readers {
  readonly #threads: readonly { thread: Thread<ReadRequest, Found>; knows: readonly Ring[] | undefined }[]
  readonly #serials = new WeakMap<Ring, number>()
  #serial = 0

  constructor(threads: number) {
    this.#threads = Array.from({ length: threads }, (_, n) => ({
      thread: new Thread('reader', n + 1),
      knows: undefined,
    }))
  }

  get threads(): number {
    return this.#threads.length
  }

  /** Rows of these rings within the radius, looked up by the least busy thread. */
  ask(rings: readonly Ring[], codes: readonly Uint8Array[], radius: number): Promise<Found> {
    const idlest = this.#threads.reduce((best, other) => (other.thread.busy < best.thread.busy ? other : best))
    const news = idlest.knows === rings ? undefined : rings.map((ring) => [this.#serialOf(ring), ring.built] as const)
    idlest.knows = rings
    const asked = idlest.thread.ask({ codes: together(codes), radius, rings: news })
    // A thread that died has forgotten.
    asked.catch(() => {
      idlest.knows = undefined
    })
    return asked
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map(({ thread }) => thread.close()))
  }

  #serialOf(ring: Ring): number {
    const serial = this.#serials.get(ring) ?? this.#serial++
    this.#serials.set(ring, serial)
    return serial
  }
}

function together(codes: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(codes.length * CODE_BYTES)
  for (const [i, code] of codes.entries()) all.set(code, i * CODE_BYTES)
  return all
}
