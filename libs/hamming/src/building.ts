// What is asked of the threads that make rings: merges, and a whole new list.
import { faultOf, HammingFault } from './fault.ts'
import type { Built, Source } from './merge.ts'
import { IDENTITY } from './permutation.ts'
import { Ring } from './ring.ts'
import { type Listed, TWICE } from './sorted.ts'
import { Thread } from './thread.ts'

/** Rings of sources; or a part in finishing one ring, together with other threads that are asked the same. */
export type BuildRequest = MergeRequest | { readonly finish: Built }

interface MergeRequest {
  readonly sources: readonly Source[]
  readonly maxRows: number
  /** True for a list from outside, whose ids come in any order. */
  readonly unsorted: boolean
  /** True if the rings will be finished by requests of their own. */
  readonly unfinished: boolean
}

export type Builder = Thread<BuildRequest, readonly Built[]>

/** As a builder's start: its merges are long, and give way to whoever answers questions. */
export const PATIENT = 'patient'

/** Makes rings of a list from outside, each time in a thread of its own. */
export class Filler {
  #thread: Builder | undefined
  #closed = false

  /** helper: another thread, for half of the work. HammingFault; RangeError if an id is there twice. */
  async rings(list: Listed, maxRows: number, helper: Builder | undefined): Promise<readonly Ring[]> {
    if (this.#closed) throw new HammingFault('closed')
    const thread: Builder = new Thread('builder')
    this.#thread = thread
    const sources = [{ ...list, dead: undefined, permutation: IDENTITY }]
    try {
      const built = await thread.ask({ sources, maxRows, unsorted: true, unfinished: helper !== undefined })
      if (helper !== undefined) {
        for (const finish of built) await Promise.all([thread.ask({ finish }), helper.ask({ finish })])
      }
      return built.map((one) => new Ring(one, 0))
    } catch (error) {
      // The caller's mistake, an id that is there twice, stays one.
      throw error instanceof RangeError && error.message === TWICE ? error : faultOf(error)
    } finally {
      await thread.close()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#thread?.close()
  }
}
