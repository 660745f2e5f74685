// One worker thread that answers requests, one after another. It is started at the first and keeps the process alive only
// while it has work.
import { Worker } from 'node:worker_threads'
import { type FaultCode, HammingFault } from './fault.ts'
import { TWICE } from './sorted.ts'

/** What a worker posts: the answer, or what went wrong. `twice`: an id was there twice, a mistake of the caller's. */
export type Reply<T> = { readonly value: T } | { readonly failed: 'out_of_memory' | 'twice' }

interface Waiting<T> {
  resolve(value: T): void
  reject(error: Error): void
}

export class Thread<Request, Value> {
  readonly #file: string
  readonly #start: unknown
  readonly #waiting: Waiting<Value>[] = []
  #worker: Worker | undefined
  #closed = false

  /** file: beside this one, without its ending (.ts from source, .js from dist). start: the worker's workerData. */
  constructor(file: string, start?: unknown) {
    this.#file = file
    this.#start = start
  }

  /** Requests that wait for their answer. */
  get busy(): number {
    return this.#waiting.length
  }

  ask(request: Request): Promise<Value> {
    if (this.#closed) return Promise.reject(new HammingFault('closed'))
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject })
      this.#worker ??= this.#open()
      this.#worker.ref()
      this.#worker.postMessage(request)
    })
  }

  /** What still waits is refused as `closed`. */
  async close(): Promise<void> {
    this.#closed = true
    const worker = this.#worker
    this.#worker = undefined
    this.#refuse('closed')
    await worker?.terminate()
  }

  #open(): Worker {
    const ending = import.meta.url.slice(import.meta.url.lastIndexOf('.'))
    const file = new URL(`./${this.#file}${ending}`, import.meta.url)
    // Not the arguments of whoever runs this: `--input-type`, for one, would end a thread at its start.
    const worker = new Worker(file, { workerData: this.#start, execArgv: [] })
    worker.on('message', (reply: Reply<Value>) => this.#settle(reply))
    worker.on('error', (cause) => this.#lose(worker, cause))
    worker.on('exit', () => this.#lose(worker))
    return worker
  }

  #settle(reply: Reply<Value>): void {
    const waiting = this.#waiting.shift()
    if (this.#waiting.length === 0) this.#worker?.unref()
    if ('value' in reply) waiting?.resolve(reply.value)
    else if (reply.failed === 'twice') waiting?.reject(new RangeError(TWICE))
    else waiting?.reject(new HammingFault(reply.failed))
  }

  #lose(worker: Worker, cause?: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#refuse(lackedMemory(cause) ? 'out_of_memory' : 'worker_died', cause)
  }

  #refuse(code: FaultCode, cause?: unknown): void {
    for (const { reject } of this.#waiting.splice(0)) reject(new HammingFault(code, { cause }))
  }
}

/** A thread's own heap, or the memory that Node takes for it at its start. */
function lackedMemory(cause: unknown): boolean {
  return (
    cause instanceof RangeError ||
    (cause instanceof Error && 'code' in cause && cause.code === 'ERR_WORKER_OUT_OF_MEMORY')
  )
}
