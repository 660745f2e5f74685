// A file that a decoder opens itself, on a disk that may be full of anything: pipes, giants, files without permission.
import { closeSync, constants, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { SNIFF_BYTES, sniff } from '#extract'
import type { Unopened } from './print.ts'

export interface FileToRead {
  /** Absolute: a decoder stands elsewhere. */
  readonly path: string
  /** More is too large. */
  readonly mostBytes: number
}

/**
 * A disk is full of films and archives: whether a file is an image is seen from its first bytes, and only then read. All at
 * once, and not in the background: that would wake four threads for each file, and the image before this one is decoded
 * in another thread meanwhile.
 */
export function readImage({ path, mostBytes }: FileToRead): Uint8Array | Unopened {
  let file: number | undefined
  try {
    // Non-blocking: to open a pipe that nobody writes into would wait for ever.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = fstatSync(file)
    if (!stat.isFile()) return unopened('not_a_file')
    if (stat.size > mostBytes) return unopened('too_large')
    const head = Buffer.alloc(SNIFF_BYTES)
    const sniffed = sniff(head.subarray(0, readSync(file, head, 0, SNIFF_BYTES, 0)))
    if (sniffed.kind === 'unknown' || (sniffed.kind === 'unsupported' && sniffed.type === 'pdf'))
      return unopened('no_image')
    return readFileSync(file)
  } catch (error) {
    return unopened(codeOf(error))
  } finally {
    if (file !== undefined) close(file)
  }
}

/** Some network disks report only now that they were not well: what was read was read. */
function close(file: number): void {
  try {
    closeSync(file)
  } catch {}
}

function unopened(why: Unopened['why']): Unopened {
  return { kind: 'unopened', why }
}

/** Never throws, so that whoever asked is answered: EIO also where there is no memory for the file. */
function codeOf(error: unknown): `E${string}` {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && isErrorCode(code) ? code : 'EIO'
}

export function isErrorCode(code: string): code is `E${string}` {
  return /^E[A-Z0-9]{1,20}$/.test(code)
}
