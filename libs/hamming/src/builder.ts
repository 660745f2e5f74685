// The worker thread that merges. It answers with rings in shared memory, so nothing long is copied back.
import { setPriority } from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { type BuildRequest, PATIENT } from './building.ts'
import { type Built, finish, merge } from './merge.ts'
import { sorted, TWICE } from './sorted.ts'
import type { Reply } from './thread.ts'

// On Linux a thread has a priority of its own; elsewhere it would be the whole process's.
if (workerData === PATIENT && process.platform === 'linux') setPriority(10)

parentPort?.on('message', (request: BuildRequest) => parentPort?.postMessage(build(request)))

function build(request: BuildRequest): Reply<readonly Built[]> {
  try {
    if ('finish' in request) {
      finish(request.finish)
      return { value: [] }
    }
    const { sources, maxRows, unsorted, unfinished } = request
    const ready = unsorted ? sources.map((source) => ({ ...source, ...sorted(source) })) : sources
    const built = merge(ready, maxRows)
    if (!unfinished) built.forEach(finish)
    return { value: built }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return { failed: error.message === TWICE ? 'twice' : 'out_of_memory' }
  }
}
