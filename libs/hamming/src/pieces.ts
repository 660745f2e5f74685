// Bytes that come in pieces of any length, taken out in pieces of the length one needs.
import { HammingFault } from './fault.ts'

export class Pieces {
  readonly #source: AsyncIterator<Uint8Array> | Iterator<Uint8Array>
  #piece: Uint8Array = new Uint8Array(0)

  constructor(source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>) {
    this.#source = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]()
  }

  /** Exactly so many bytes, a copy. HammingFault `truncated` if there are fewer. */
  async take(length: number): Promise<Uint8Array> {
    const taken = new Uint8Array(length)
    for (let filled = 0; filled < length; ) {
      if (this.#piece.length === 0 && !(await this.#next())) throw new HammingFault('truncated')
      const part = this.#piece.subarray(0, length - filled)
      taken.set(part, filled)
      filled += part.length
      this.#piece = this.#piece.subarray(part.length)
    }
    return taken
  }

  /** True if no byte is left. */
  async ended(): Promise<boolean> {
    while (this.#piece.length === 0) if (!(await this.#next())) return true
    return false
  }

  async #next(): Promise<boolean> {
    const { done, value } = await this.#source.next()
    if (done === true) return false
    this.#piece = value
    return true
  }
}
