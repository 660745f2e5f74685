// Evidence as it is read: an object's file, decrypted chunk by chunk.
import { open } from 'node:fs/promises'
import { fault, systemCode } from './fault.ts'
import { decrypt } from './object-format.ts'

export interface Evidence {
  readonly sizeBytes: number
  /**
   * Chunks of up to 64 KiB, each authenticated before it is handed out. Whoever acts on the whole must read to the
   * end: that nothing is missing is certain only there. Throws `evidence_altered` or `evidence_missing`.
   */
  stream(): AsyncIterable<Uint8Array<ArrayBuffer>>
  bytes(): Promise<Buffer<ArrayBuffer>>
}

/** Nothing is read before it is asked for. */
export function evidenceIn(file: string, key: Uint8Array, id: string, sizeBytes: number): Evidence {
  async function* stream() {
    const handle = await open(file, 'r').catch((cause: unknown) => {
      const words = `the evidence file cannot be opened (${systemCode(cause) ?? 'unknown'}): restore it from a backup`
      throw fault('evidence_missing', words, 'ask_a_person', cause)
    })
    try {
      yield* decrypt(handle, key, id, sizeBytes)
    } finally {
      await handle.close()
    }
  }
  const bytes = async () => {
    const chunks: Uint8Array[] = []
    for await (const chunk of stream()) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
  return { sizeBytes, stream, bytes }
}
