/** The machine's own time, moved ahead when told to: for a sandbox of its own, whose callers live in real time but want a day to pass. */
import type { Clock } from './still.ts'

interface Waiter {
  readonly dueMs: number
  /** Sets its timer anew. */
  look(): void
}

export class MovedClock implements Clock {
  readonly #waiters = new Set<Waiter>()
  #aheadMs = 0

  now(): number {
    return Date.now() + this.#aheadMs
  }

  /** Resolves once the clock stands at or past now + ms, or when the signal aborts; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        this.#waiters.delete(waiter)
        resolve()
      }
      const waiter: Waiter = {
        dueMs: this.now() + ms,
        look: () => {
          clearTimeout(timer)
          const left = waiter.dueMs - this.now()
          if (left <= 0) done()
          else timer = setTimeout(waiter.look, left)
        },
      }
      signal?.addEventListener('abort', done, { once: true })
      this.#waiters.add(waiter)
      waiter.look()
    })
  }

  /** Jumps ahead; whoever waited for that long is woken. */
  advance(ms: number): Promise<void> {
    this.#aheadMs += ms
    for (const waiter of [...this.#waiters]) waiter.look()
    return Promise.resolve()
  }
}
