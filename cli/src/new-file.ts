// Bytes that leave the deployment for a file of the operator's: never over another file, and never without their audit line.
import { open, rm } from 'node:fs/promises'

/** The file is made first, so that `record` says nothing of what could not be written; it goes again when that fails. */
export async function writeNew(file: string, bytes: Uint8Array, record: () => Promise<void>): Promise<void> {
  const handle = await open(file, 'wx', 0o600)
  try {
    await record()
    await handle.writeFile(bytes)
  } catch (error) {
    await rm(file, { force: true })
    throw error
  } finally {
    await handle.close()
  }
}
