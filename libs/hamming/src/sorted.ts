// Codes in the order of their ids, so that a ring finds an id by halving and needs no map.
import { CODE_BYTES } from './codes.ts'

export const TWICE = 'an id is there twice'

export interface Listed {
  readonly ids: Uint32Array
  readonly codes: Uint8Array
}

/** The same list sorted by id; the very same if it is sorted. RangeError if an id is there twice. */
export function sorted(list: Listed): Listed {
  if (ascends(list.ids)) return list
  const order = orderOf(list.ids)
  const ids = new Uint32Array(order.length)
  const codes = new Uint8Array(order.length * CODE_BYTES)
  const from = words(list.codes)
  const to = words(codes)
  for (let row = 0; row < order.length; row++) {
    const source = order[row] as number
    ids[row] = list.ids[source] as number
    for (let word = 0; word < 4; word++) to[row * 4 + word] = from[source * 4 + word] as bigint
  }
  if (!ascends(ids)) throw new RangeError(TWICE)
  return { ids, codes }
}

function ascends(ids: Uint32Array): boolean {
  for (let row = 1; row < ids.length; row++) if ((ids[row - 1] as number) >= (ids[row] as number)) return false
  return true
}

/** Rows by id: a radix sort, 16 bits and then 16 bits. */
function orderOf(ids: Uint32Array): Uint32Array {
  let order = Uint32Array.from(ids, (_, row) => row)
  for (const shift of [0, 16]) {
    const starts = new Uint32Array(65_537)
    const keyOf = (row: number): number => ((ids[row] as number) >>> shift) & 0xffff
    for (const row of order) starts[keyOf(row) + 1] = (starts[keyOf(row) + 1] as number) + 1
    for (let key = 1; key <= 65_536; key++) starts[key] = (starts[key] as number) + (starts[key - 1] as number)
    const next = new Uint32Array(ids.length)
    for (const row of order) {
      const to = starts[keyOf(row)] as number
      next[to] = row
      starts[keyOf(row)] = to + 1
    }
    order = next
  }
  return order
}

/** In words of eight bytes, in place if the bytes lie so. */
function words(codes: Uint8Array): BigUint64Array {
  const aligned = codes.byteOffset % 8 === 0 ? codes : codes.slice()
  return new BigUint64Array(aligned.buffer, aligned.byteOffset, aligned.byteLength / 8)
}
