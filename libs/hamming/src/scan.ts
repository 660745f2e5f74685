// The naive twin: looks at every code, one word after another. Slow, obvious, and kept to check the fast index against.
import { assertCode, assertId, assertRadius } from './codes.ts'
import { type Answer, type Answers, type Hit, type Index, inOrder } from './index.ts'

/** An index without any idea. */
export function openScan(): Index {
  return new Scan()
}

class Scan implements Index {
  version = 0
  readonly #codes = new Map<number, Uint8Array>()

  get size(): number {
    return this.#codes.size
  }

  within(code: Uint8Array, radius: number): Answer {
    assertCode(code)
    assertRadius(radius)
    const hits: Hit[] = []
    for (const [id, other] of this.#codes) {
      const distance = distanceBits(code, other)
      if (distance <= radius) hits.push({ id, distance })
    }
    return { version: this.version, hits: inOrder(hits) }
  }

  withinAll(codes: readonly Uint8Array[], radius: number): Answers {
    assertRadius(radius)
    return { version: this.version, hits: codes.map((code) => this.within(code, radius).hits) }
  }

  add(id: number, code: Uint8Array): boolean {
    assertId(id)
    assertCode(code)
    if (this.#codes.has(id)) return false
    this.#codes.set(id, code.slice())
    this.version++
    return true
  }

  replace(id: number, code: Uint8Array): boolean {
    assertId(id)
    assertCode(code)
    const replaced = this.#codes.has(id)
    this.#codes.set(id, code.slice())
    this.version++
    return replaced
  }

  remove(id: number): boolean {
    assertId(id)
    if (!this.#codes.delete(id)) return false
    this.version++
    return true
  }
}

/** In how many of the 256 bits two codes differ. */
export function distanceBits(a: Uint8Array, b: Uint8Array): number {
  let bits = 0
  for (let i = 0; i < a.length; i++) bits += ONES[(a[i] as number) ^ (b[i] as number)] as number
  return bits
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)
