// What a code, an id and a radius are, and what every index here refuses.

export const CODE_BYTES = 32
export const MAX_ID = 0xffff_ffff
export const MAX_RADIUS = 64
/** Up to this radius the ring index answers; beyond it every code is looked at. */
export const RING_RADIUS = 31

/** RangeError (without the code: it may be a secret) unless it is 32 bytes. */
export function assertCode(code: Uint8Array): void {
  if (!(code instanceof Uint8Array) || code.length !== CODE_BYTES)
    throw new RangeError('a code is a Uint8Array of 32 bytes')
}

export function assertId(id: number): void {
  if (!Number.isInteger(id) || id < 0 || id > MAX_ID) throw new RangeError('an id is an integer from 0 to 4294967295')
}

export function assertRadius(radius: number): void {
  if (!Number.isInteger(radius) || radius < 0 || radius > MAX_RADIUS) {
    throw new RangeError(`a radius is an integer from 0 to ${MAX_RADIUS}`)
  }
}
