// A file that is there after a power cut, whole, or not at all.
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Writes `parts` beside `file` under the name `<file>.part`, syncs, renames, syncs the folder. `atMs` becomes the
 * file's time, so that its age is told by our clock. Nobody else uses the name: whatever fails, nothing stays behind.
 */
export async function writeDurably(file: string, parts: Iterable<Uint8Array>, atMs: number): Promise<void> {
  const part = `${file}.part`
  try {
    const handle = await open(part, 'wx', 0o600)
    try {
      for (const bytes of parts) await handle.writeFile(bytes)
      await handle.utimes(atMs / 1000, atMs / 1000)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(part, file)
    await syncFolder(dirname(file))
  } catch (error) {
    await rm(part, { force: true })
    await rm(file, { force: true })
    throw error
  }
}

/** Makes a folder for its owner only; a new name is durable once its parent is synced. */
export async function makeFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 })
  if (first !== undefined) await syncFolder(dirname(first))
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
