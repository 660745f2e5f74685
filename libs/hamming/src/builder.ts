// The worker thread that merges. It answers with rings in shared memory, so nothing long is copied back.
import { parentPort } from 'node:worker_threads'
import { type Built, merge, type Source } from './merge.ts'
import { sorted, TWICE } from './sorted.ts'
import type { Reply } from './thread.ts'

export interface BuildRequest {
  readonly sources: readonly Source[]
  readonly maxRows: number
  /** True for a list from outside, whose ids come in any order. */
  readonly unsorted: boolean
}

parentPort?.on('message', (request: BuildRequest) => parentPort?.postMessage(build(request)))

function build({ sources, maxRows, unsorted }: BuildRequest): Reply<readonly Built[]> {
  try {
    return { value: merge(unsorted ? sources.map((source) => ({ ...source, ...sorted(source) })) : sources, maxRows) }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { failed: error.message === TWICE ? 'twice' : 'out_of_memory' }
  }
}
