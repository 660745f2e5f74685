// One object file, as docs/formats/vault-object.md writes it down: AES-256-GCM in chunks under a key of its own, in
// the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizar 2015), so that no chunk can be altered, moved, repeated
// or cut off unnoticed and none needs more than itself to be opened.
import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { fault } from './fault.ts'

const chunkBytes = 64 * 1024
const tagBytes = 16
const storedChunkBytes = chunkBytes + tagBytes
/** Magic "WLVAULT" and the format's version. */
const header = Buffer.concat([Buffer.from('WLVAULT', 'ascii'), Buffer.of(1)])

/** An empty object has one chunk, the empty one. */
const chunkCount = (sizeBytes: number) => Math.max(1, Math.ceil(sizeBytes / chunkBytes))

/** The file's size for an object of `sizeBytes`. */
const storedBytes = (sizeBytes: number) => header.length + sizeBytes + chunkCount(sizeBytes) * tagBytes

/** The file's parts in order: the header, then each chunk with its tag. */
export function* encrypt(key: Uint8Array, id: string, plain: Uint8Array): Generator<Uint8Array> {
  const count = chunkCount(plain.length)
  if (count > 0xffff_ffff) throw new Error('an object of 256 TiB does not fit the chunk counter')
  yield header
  for (let index = 0; index < count; index += 1) {
    const cipher = createCipheriv('aes-256-gcm', key, nonce(index, index === count - 1))
    cipher.setAAD(aad(id))
    const body = cipher.update(plain.subarray(index * chunkBytes, (index + 1) * chunkBytes))
    cipher.final()
    yield Buffer.concat([body, cipher.getAuthTag()])
  }
}

/** Yields the object chunk by chunk, each authenticated; throws `evidence_altered` at the first thing that is wrong. */
export async function* decrypt(
  file: FileHandle,
  key: Uint8Array,
  id: string,
  sizeBytes: number,
): AsyncGenerator<Buffer<ArrayBuffer>> {
  // The final chunk's flag would show a cut as well; the size shows it before the first byte is handed out.
  if ((await file.stat()).size !== storedBytes(sizeBytes)) throw altered('its size is wrong')
  if (!(await read(file, 0, header.length)).equals(header)) throw altered('its header is wrong')
  const count = chunkCount(sizeBytes)
  for (let index = 0; index < count; index += 1) {
    const from = header.length + index * storedChunkBytes
    const length = Math.min(storedChunkBytes, storedBytes(sizeBytes) - from)
    yield openChunk(key, id, index, index === count - 1, await read(file, from, length))
  }
}

function openChunk(key: Uint8Array, id: string, index: number, last: boolean, stored: Buffer): Buffer<ArrayBuffer> {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(index, last), { authTagLength: tagBytes })
  decipher.setAAD(aad(id))
  decipher.setAuthTag(stored.subarray(stored.length - tagBytes))
  try {
    return Buffer.concat([decipher.update(stored.subarray(0, stored.length - tagBytes)), decipher.final()])
  } catch (cause) {
    throw altered(`chunk ${index + 1} does not authenticate`, cause)
  }
}

/**
 * 7 zero bytes, the chunk's index (32 bits, big-endian), 1 for the last chunk or else 0. No random part is needed:
 * a data key encrypts one object once, so no nonce comes twice under it.
 */
function nonce(index: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt32BE(index, 7)
  bytes.writeUInt8(last ? 1 : 0, 11)
  return bytes
}

const aad = (id: string) => Buffer.concat([header, Buffer.from(id, 'utf8')])

async function read(file: FileHandle, from: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length)
  for (let done = 0; done < length; ) {
    const { bytesRead } = await file.read(bytes, done, length - done, from + done)
    if (bytesRead === 0) throw altered('it ends too early')
    done += bytesRead
  }
  return bytes
}

function altered(how: string, cause?: unknown) {
  const words = `the stored evidence is not what was stored (${how}): restore this object from a backup`
  return fault('evidence_altered', words, 'ask_a_person', cause)
}
