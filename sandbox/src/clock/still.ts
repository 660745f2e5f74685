/** A clock that moves only when told to, so that a day passes in a test without a second of waiting. */

interface Waiter {
  readonly dueMs: number
  wake(): void
}

/** Anything that tells the time (epoch ms) and can wait. An aborted wait resolves quietly; the caller looks at its signal. */
export interface Clock {
  now(): number
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** Lets time pass; only of a clock that can be moved. */
  advance?(ms: number): Promise<void>
}

export class StillClock implements Clock {
  #nowMs: number
  #waiters: Waiter[] = []

  /** startMs: epoch milliseconds; by default a plain Monday noon, 2026-06-01T12:00:00Z. */
  constructor(startMs: number = Date.UTC(2026, 5, 1, 12)) {
    this.#nowMs = startMs
  }

  now(): number {
    return this.#nowMs
  }

  /** Resolves once the clock stands at or past now + ms, or when the signal aborts; never rejects. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (ms <= 0 || signal?.aborted) return Promise.resolve()
    return new Promise((resolve) => {
      const leave = () => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter)
        resolve()
      }
      const waiter: Waiter = {
        dueMs: this.#nowMs + ms,
        wake: () => {
          signal?.removeEventListener('abort', leave)
          leave()
        },
      }
      signal?.addEventListener('abort', leave, { once: true })
      this.#waiters.push(waiter)
    })
  }

  /** Jumps to a time, also backwards. Waiters that are due wake in their order, all at once. */
  set(epochMs: number): void {
    this.#nowMs = epochMs
    for (let next = this.#firstDue(epochMs); next; next = this.#firstDue(epochMs)) next.wake()
  }

  /** Walks forward, stopping at each waiter's due time and letting the event loop turn there, so that what a
   * woken waiter waits for next is honoured too if it falls within these ms. */
  async advance(ms: number): Promise<void> {
    const targetMs = this.#nowMs + ms
    await turn()
    for (let next = this.#firstDue(targetMs); next; next = this.#firstDue(targetMs)) {
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      next.wake()
      await turn()
    }
    this.#nowMs = Math.max(this.#nowMs, targetMs)
    await turn()
  }

  /** How many waits are pending. */
  waiting(): number {
    return this.#waiters.length
  }

  #firstDue(limitMs: number): Waiter | undefined {
    let first: Waiter | undefined
    for (const waiter of this.#waiters) {
      if (waiter.dueMs <= limitMs && (!first || waiter.dueMs < first.dueMs)) first = waiter
    }
    return first
  }
}

/** The machine's own clock, in the same shape. */
export const realClock: Clock = {
  now: () => Date.now(),
  wait: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done, { once: true })
    }),
}

// One setImmediate lets pending promises and already arrived I/O run.
const turn = () => new Promise<void>((resolve) => setImmediate(resolve))
