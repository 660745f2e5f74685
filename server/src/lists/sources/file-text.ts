// The text of a list file, piece by piece.
import { type FileHandle, open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { sourceFault } from './fault.ts'

/** Text in pieces, unpacked where it is gzip (told by its first bytes). Torn or no UTF-8: a Fault that names the file by its place. */
export async function* textOf(
  file: string,
  { file: number, of }: { readonly file: number; readonly of: number },
  room: { bytes: number },
): AsyncGenerator<string> {
  const handle = await open(file).catch(() => undefined)
  if (handle === undefined) throw sourceFault('source_missing', `list file ${number} of ${of} cannot be opened`)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const piece of await unpacked(handle)) {
      room.bytes -= piece.byteLength
      if (room.bytes < 0) throw sourceFault('file_odd', 'the list files are longer than memory may hold')
      yield decoder.decode(piece, { stream: true })
    }
    yield decoder.decode()
  } catch (error) {
    if (error instanceof Error && error.name === 'Fault') throw error
    const packed = Object(error).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA'
    throw sourceFault(
      'file_odd',
      `list file ${number} of ${of} (in the order of their names) ${packed ? 'is torn or cannot be read' : 'is not UTF-8 text'}`,
    )
  } finally {
    await handle.close().catch(() => {})
  }
}

async function unpacked(handle: FileHandle): Promise<AsyncIterable<Uint8Array>> {
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(2), position: 0 })
  const stream = handle.createReadStream({ autoClose: false, start: 0 })
  if (bytesRead < 2 || buffer[0] !== 0x1f || buffer[1] !== 0x8b) return stream
  const gunzip = createGunzip()
  stream.on('error', (error) => gunzip.destroy(error))
  return stream.pipe(gunzip)
}
