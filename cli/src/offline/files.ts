// Reads files as they lie on a disk that may be full of anything: pipes, broken links, giants, files without permission.
import { constants, type FileHandle, open } from 'node:fs/promises'
import type { Unopened } from '@wardline/server/hash'

export type Trouble =
  | 'not_found'
  | 'not_a_file'
  | 'no_permission'
  | 'unreadable'
  | 'too_large'
  | 'changed'
  | 'slow_disk'
  | 'empty'
  | 'not_an_image'
  | 'unsupported_type'
  | 'too_many_pixels'
  | 'nothing_decodes'
  | 'too_many_frames'
  | 'unread_frames'
  | 'too_slow'
  | 'too_much_memory'
  | 'decoder_crashed'

/** What went wrong with a file, for programs and in words; the words name no file. */
export interface Failure {
  readonly code: Trouble
  readonly detail: string
}

/** A picture of more bytes than this is none that anybody uploads; reading it would take the memory of all others. */
const LARGEST_MB = 512
export const MOST_BYTES = LARGEST_MB * 2 ** 20

export function failure(code: Trouble): Failure {
  return { code, detail: details[code] }
}

const details: Readonly<Record<Trouble, string>> = {
  not_found: 'there is no such file',
  not_a_file: 'it is a folder, a pipe or a device, not a file',
  no_permission: 'this user may not read it',
  unreadable: 'the disk or the system refuses to read it',
  too_large: `it is larger than ${LARGEST_MB} MB`,
  changed: 'it cost a decoder its life, and then was no image any more: look at it again',
  slow_disk: 'its bytes did not come from the disk in time: look at it again',
  empty: 'the file is empty',
  not_an_image: 'it is not an image',
  unsupported_type: 'it is of a kind that is not decoded: only JPEG, PNG, GIF, WebP, AVIF and TIFF images are',
  too_many_pixels: 'it has more pixels than are decoded',
  nothing_decodes: 'it is too damaged to be decoded',
  too_many_frames: 'it has more frames than are decoded: only the first of them were looked at',
  unread_frames: 'some of its frames or pages cannot be decoded: only the others were looked at',
  too_slow: 'decoding took too long and was stopped',
  too_much_memory: 'decoding took too much memory and was stopped',
  decoder_crashed: 'the decoder crashed',
}

/** Runs `work` on the open file and closes it. Failures of the file system come as values, anything else is thrown. */
export async function withFile<T>(path: string, work: (file: FileHandle) => Promise<T>): Promise<T | Failure> {
  let file: FileHandle | undefined
  try {
    // Non-blocking: to open a pipe that nobody writes into would wait for ever.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    const stat = await file.stat()
    if (!stat.isFile()) return failure('not_a_file')
    if (stat.size > MOST_BYTES) return failure('too_large')
    return await work(file)
  } catch (error) {
    return failure(troubleOf(error))
  } finally {
    await file?.close()
  }
}

/** Rethrows what is no failure of the file system. */
export function troubleOf(error: unknown): Trouble {
  const code = error instanceof Error && 'code' in error && 'syscall' in error ? error.code : undefined
  if (code === undefined) throw error
  return troubleOfCode(String(code))
}

/** Why a decoder did not look at a file. */
export function troubleOfUnopened(why: Exclude<Unopened['why'], 'no_image'>): Trouble {
  if (why === 'too_slow') return 'slow_disk'
  return why === 'not_a_file' || why === 'too_large' || why === 'changed' ? why : troubleOfCode(why)
}

/** Of the system's code for an error: `ENOENT`. */
function troubleOfCode(code: string): Trouble {
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'not_found'
  if (code === 'EACCES' || code === 'EPERM') return 'no_permission'
  return code === 'EISDIR' || code === 'ENXIO' ? 'not_a_file' : 'unreadable'
}

export function isFailure(value: object): value is Failure {
  return 'code' in value && 'detail' in value
}
