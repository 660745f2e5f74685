import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type HammingIndex, openIndex, type Seal, type Unseal } from './hamming.ts'
import { uniform } from './testing/codes.ts'

const key = randomBytes(32)
const seal: Seal = (block, context) => {
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(context)
  return Buffer.concat([nonce, cipher.update(block), cipher.final(), cipher.getAuthTag()])
}
const unseal: Unseal = (sealed, context) => {
  const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12)).setAAD(context)
  cipher.setAuthTag(sealed.subarray(-16))
  return Buffer.concat([cipher.update(sealed.subarray(12, -16)), cipher.final()])
}

const codes = uniform(400, 9)

async function lived(count: number): Promise<HammingIndex> {
  const index = openIndex({ tableRows: 16 })
  for (let i = 0; i < count; i++) index.add(i * 5, codes[i] as Uint8Array)
  await index.settled()
  for (let i = 0; i < count; i += 7) index.remove(i * 5)
  for (let i = 0; i < count; i += 9) index.replace(i * 5, codes[count - i] ?? (codes[0] as Uint8Array))
  return index
}

async function saved(index: HammingIndex, how: { seal?: Seal } = {}): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of index.save(how)) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** In pieces of a strange length. */
function* pieces(bytes: Uint8Array, length: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length)
}

async function refusal(bytes: Uint8Array, how: { unseal?: Unseal } = {}): Promise<string> {
  await using index = openIndex()
  return await index.load(pieces(bytes, 1000), how).then(
    () => 'taken',
    (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : 'another error'),
  )
}

test.each([0, 1, 400])('a list of %i codes comes back as it was, with its version', async (count) => {
  await using before = await lived(count)
  for (const [how, back] of [
    [{}, {}],
    [{ seal }, { unseal }],
  ] as const) {
    await using after = openIndex()
    await after.load(pieces(await saved(before, how), 77), back)
    expect(after.size).toBe(before.size)
    expect(after.version).toBe(Math.max(1, before.version))
    expect(after.withinAll(codes, 20).hits).toEqual(before.withinAll(codes, 20).hits)
  }
})

test('a list of several blocks comes back, and what changes while it is written does not show', async () => {
  await using before = openIndex()
  const count = 40_000
  const ids = Uint32Array.from({ length: count }, (_, i) => i)
  const list = new Uint8Array(count * 32).map((_, i) => (i * 2654435761) >>> 24)
  await before.fill(ids, list)
  const writing = before.save()
  const written = [(await writing.next()).value as Uint8Array]
  for (let id = 0; id < 1000; id++) before.remove(id * 40)
  for await (const piece of writing) written.push(piece)
  await using after = openIndex()
  await after.load(written)
  expect(after.size).toBe(count)
  expect(written.length).toBe(1 + 3 + 1)
})

test('a truncated snapshot is refused as truncated, wherever it ends', async () => {
  await using index = await lived(40)
  for (const [how, back] of [
    [{}, {}],
    [{ seal }, { unseal }],
  ] as const) {
    const bytes = await saved(index, how)
    for (let length = 0; length < bytes.length; length += 13) {
      expect(await refusal(bytes.subarray(0, length), back)).toBe('truncated')
    }
    expect(await refusal(bytes.subarray(0, -1), back)).toBe('truncated')
    expect(await refusal(Buffer.concat([bytes, Buffer.of(0)]), back)).toBe('altered')
  }
})

test('a snapshot with any byte altered is refused by name', async () => {
  await using index = await lived(20)
  for (const [how, back] of [
    [{}, {}],
    [{ seal }, { unseal }],
  ] as const) {
    const bytes = await saved(index, how)
    for (let at = 0; at < bytes.length; at += at < 40 ? 1 : 11) {
      const altered = Buffer.from(bytes)
      altered[at] = (altered[at] as number) ^ 0x10
      const name = await refusal(altered, back)
      if (at < 6) expect(name).toBe('not_a_snapshot')
      else if (at < 8 || (at >= 8 && at < 16)) expect(['unknown_format', 'sealed']).toContain(name)
      else expect(['altered', 'truncated', 'out_of_memory']).toContain(name)
    }
  }
})

test('sealed blocks cannot be exchanged, nor taken from another snapshot, even with a fitting checksum', async () => {
  const { createHash } = await import('node:crypto')
  await using index = openIndex()
  const count = 16_384 * 2
  await index.fill(
    Uint32Array.from({ length: count }, (_, i) => i),
    new Uint8Array(count * 32),
  )
  const bytes = await saved(index, { seal })
  const block = (bytes.length - 64) / 2
  const [header, one, other] = [bytes.subarray(0, 32), bytes.subarray(32, 32 + block), bytes.subarray(32 + block, -32)]
  const signed = (...parts: Uint8Array[]): Buffer =>
    Buffer.concat([...parts, createHash('sha256').update(Buffer.concat(parts)).digest()])
  expect(await refusal(signed(header, one, other), { unseal })).toBe('taken')
  expect(await refusal(signed(header, other, one), { unseal })).toBe('altered')
  expect(await refusal(signed(header, one, one), { unseal })).toBe('altered')
  const later = Buffer.from(header)
  later.writeBigUInt64LE(99n, 24)
  expect(await refusal(signed(later, one, other), { unseal })).toBe('altered')
})

test('a sealed snapshot without a key, and an open one with a key, are refused by name', async () => {
  await using index = await lived(20)
  expect(await refusal(await saved(index, { seal }))).toBe('sealed')
  expect(await refusal(await saved(index), { unseal })).toBe('unsealed')
  const stranger: Unseal = (sealed, context) => unseal(Buffer.from(sealed).fill(1, 0, 1), context)
  expect(await refusal(await saved(index, { seal }), { unseal: stranger })).toBe('altered')
})

test('a refused snapshot leaves the list as it was', async () => {
  await using index = await lived(100)
  const before = index.withinAll(codes, 10)
  const bytes = await saved(index)
  await expect(index.load([bytes.subarray(0, 1000)])).rejects.toMatchObject({ code: 'truncated' })
  expect(index.withinAll(codes, 10)).toEqual(before)
})

test('a snapshot that claims more than there is memory for is refused as such', async () => {
  const header = Buffer.alloc(32)
  header.write('WLHAMM1\n')
  header.writeUInt32LE(16_384, 12)
  header.writeBigUInt64LE(2n ** 32n, 16)
  expect(['out_of_memory', 'truncated']).toContain(await refusal(header))
})
