// A file taken over byte for byte: durable, for its owner only, with its time, and with the digest of what stands there now.
import { copyFile, open, stat } from 'node:fs/promises'
import { tallyOf } from './lines.ts'

export async function copyDurably(
  from: string,
  to: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  await copyFile(from, to)
  const { atime, mtime } = await stat(from)
  const handle = await open(to, 'r+')
  try {
    await handle.chmod(0o600)
    await handle.utimes(atime, mtime)
    await handle.sync()
  } finally {
    await handle.close()
  }
  const tally = await tallyOf(to)
  if (tally === undefined) throw new Error('what was copied is not there')
  return tally
}
