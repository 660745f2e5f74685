// The list as a stream of bytes and back: docs/formats/hamming-snapshot.md. Codes only; rings are made anew at reading, which
// is nearly as fast as reading them would be and leaves nothing in the file that has to be believed.
import { createHash } from 'node:crypto'
import { CODE_BYTES } from './codes.ts'
import { HammingFault } from './fault.ts'
import { Kernel, sharedMemory } from './kernel.ts'
import { CODES, TABLE } from './layout.ts'
import { type Source, stretches } from './merge.ts'
import { IDENTITY, instead, tableOf } from './permutation.ts'
import { Pieces } from './pieces.ts'
import type { Listed } from './sorted.ts'

/** Makes a block unreadable and unalterable. context: 40 bytes to be authenticated with it, different for each block of a file. */
export type Seal = (block: Uint8Array, context: Uint8Array) => Uint8Array
/** Undoes `Seal`; throws if the block or its context is not what was sealed. */
export type Unseal = (sealed: Uint8Array, context: Uint8Array) => Uint8Array

const MAGIC = 'WLHAMM1\n'
const HEADER_BYTES = 32
const DIGEST_BYTES = 32
const SEALED = 1
const BLOCK_ROWS = 16_384
const ENTRY_BYTES = 4 + CODE_BYTES
/** A sealed block may be longer than its content by this much, and no more. */
const SEAL_BYTES = 1024

export async function* writeSnapshot(
  sources: readonly Source[],
  entries: number,
  version: number,
  seal: Seal | undefined,
): AsyncGenerator<Uint8Array> {
  const digest = createHash('sha256')
  const header = headerOf(entries, version, seal !== undefined)
  digest.update(header)
  yield header
  let number = 0
  for (const block of blocks(sources)) {
    const body = seal === undefined ? block : seal(block, contextOf(header, number))
    const framed = new Uint8Array(4 + body.length)
    new DataView(framed.buffer).setUint32(0, body.length, true)
    framed.set(body, 4)
    digest.update(framed)
    yield framed
    number++
    // A block takes a millisecond or two; whoever waits for this thread comes in between.
    await new Promise((resolve) => setImmediate(resolve))
  }
  yield digest.digest()
}

export async function readSnapshot(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  unseal: Unseal | undefined,
): Promise<Listed & { readonly version: number }> {
  const pieces = new Pieces(source)
  const digest = createHash('sha256')
  const header = await pieces.take(HEADER_BYTES)
  const { entries, version, sealed } = readHeader(header)
  if (sealed !== (unseal !== undefined)) throw new HammingFault(sealed ? 'sealed' : 'unsealed')
  digest.update(header)
  const list = room(entries)
  const bytes = new Uint8Array(list.ids.buffer)
  for (let row = 0, number = 0; row < entries; row += BLOCK_ROWS, number++) {
    const rows = Math.min(BLOCK_ROWS, entries - row)
    const length = await pieces.take(4)
    const framed = new DataView(length.buffer, length.byteOffset).getUint32(0, true)
    if (framed < rows * ENTRY_BYTES || framed > rows * ENTRY_BYTES + SEAL_BYTES) throw new HammingFault('altered')
    const body = await pieces.take(framed)
    digest.update(length).update(body)
    const block = unseal === undefined ? body : opened(unseal, body, contextOf(header, number))
    if (block.length !== rows * ENTRY_BYTES) throw new HammingFault('altered')
    bytes.set(block.subarray(0, rows * 4), row * 4)
    list.codes.set(block.subarray(rows * 4), row * CODE_BYTES)
  }
  const told = await pieces.take(DIGEST_BYTES)
  if (!digest.digest().equals(told) || !(await pieces.ended())) throw new HammingFault('altered')
  return { ...list, version }
}

/** ids and codes of up to 16,384 entries, by id; the codes in their own order of bits. */
function* blocks(sources: readonly Source[]): Generator<Uint8Array> {
  const memory = sharedMemory(CODES + BLOCK_ROWS * CODE_BYTES)
  const { calls } = new Kernel(memory, 0)
  const codes = new Uint8Array(memory.buffer, CODES, BLOCK_ROWS * CODE_BYTES)
  const table = new Uint8Array(memory.buffer, TABLE)
  const tables = sources.map(({ permutation }) => tableOf(instead(permutation, IDENTITY)))
  const ids = new Uint32Array(BLOCK_ROWS)
  let filled = 0
  let current = -1
  const block = (): Uint8Array => {
    const whole = new Uint8Array(filled * ENTRY_BYTES)
    whole.set(new Uint8Array(ids.buffer, 0, filled * 4))
    whole.set(codes.subarray(0, filled * CODE_BYTES), filled * 4)
    filled = 0
    return whole
  }
  for (const { source, from, count } of stretches(sources)) {
    const { ids: someIds, codes: someCodes } = sources[source] as Source
    if (source !== current) table.set(tables[source] as Uint8Array)
    current = source
    for (let row = from; row < from + count; ) {
      const rows = Math.min(BLOCK_ROWS - filled, from + count - row)
      ids.set(someIds.subarray(row, row + rows), filled)
      codes.set(someCodes.subarray(row * CODE_BYTES, (row + rows) * CODE_BYTES), filled * CODE_BYTES)
      calls.permute(CODES + filled * CODE_BYTES, rows, TABLE)
      filled += rows
      row += rows
      if (filled === BLOCK_ROWS) yield block()
    }
  }
  if (filled > 0) yield block()
}

function headerOf(entries: number, version: number, sealed: boolean): Uint8Array {
  const header = Buffer.alloc(HEADER_BYTES)
  header.write(MAGIC, 'latin1')
  header.writeUInt32LE(sealed ? SEALED : 0, 8)
  header.writeUInt32LE(BLOCK_ROWS, 12)
  header.writeBigUInt64LE(BigInt(entries), 16)
  header.writeBigUInt64LE(BigInt(version), 24)
  return header
}

function readHeader(bytes: Uint8Array): { entries: number; version: number; sealed: boolean } {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (header.toString('latin1', 0, 6) !== MAGIC.slice(0, 6)) throw new HammingFault('not_a_snapshot')
  if (header.toString('latin1', 0, 8) !== MAGIC) throw new HammingFault('unknown_format')
  const flags = header.readUInt32LE(8)
  if (flags > SEALED || header.readUInt32LE(12) !== BLOCK_ROWS) throw new HammingFault('unknown_format')
  const entries = Number(header.readBigUInt64LE(16))
  const version = Number(header.readBigUInt64LE(24))
  if (entries > 2 ** 32 || version > Number.MAX_SAFE_INTEGER) throw new HammingFault('altered')
  return { entries, version, sealed: flags === SEALED }
}

/** The header and the block's number: no block can be left out, doubled, moved, or come from another file. */
function contextOf(header: Uint8Array, number: number): Uint8Array {
  const context = Buffer.alloc(HEADER_BYTES + 8)
  context.set(header)
  context.writeBigUInt64LE(BigInt(number), HEADER_BYTES)
  return context
}

function opened(unseal: Unseal, body: Uint8Array, context: Uint8Array): Uint8Array {
  try {
    return unseal(body, context)
  } catch (cause) {
    throw new HammingFault('altered', { cause })
  }
}

/** Shared, so that the thread that makes the rings needs no copy. The system gives pages as they are written to. */
function room(entries: number): Listed {
  try {
    return {
      ids: new Uint32Array(new SharedArrayBuffer(entries * 4)),
      codes: new Uint8Array(new SharedArrayBuffer(entries * CODE_BYTES)),
    }
  } catch (cause) {
    throw new HammingFault('out_of_memory', { cause })
  }
}
