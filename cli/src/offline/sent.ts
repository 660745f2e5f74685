// Sends a hit down the river: the very bytes that were looked at, or none.
import { createHash } from 'node:crypto'
import { Fault } from '@wardline/server/base'
import { isFailure, withFile } from './files.ts'
import type { Opened, Opening } from './opening.ts'

/** A hit that cannot be sent is still a hit, and the next one may go through. */
export async function sent(opening: Opening, path: string, sha256: string): Promise<Opened> {
  try {
    const bytes = await withFile(path, (file) => file.readFile())
    if (isFailure(bytes)) return { kind: 'not_held', why: `the file could not be read again: ${bytes.detail}` }
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      return { kind: 'not_held', why: 'the file was changed while it was looked at; scan it again' }
    return await opening.open({ path, bytes })
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { kind: 'not_held', why: error.message }
  }
}
