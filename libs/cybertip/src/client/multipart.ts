// multipart/form-data as NCMEC's own examples send it, with the file as a stream.
import { createHash, randomUUID } from 'node:crypto'
import type { Body } from './exchange.ts'
import { CybertipFault } from './fault.ts'

export type Upload = {
  /** Opens the bytes anew at each call, so that no attempt meets a stream an earlier one has used up. */
  readonly open: () => Source | Promise<Source>
  /** What NCMEC sees as the file's name: a neutral one, letters, digits, dot, dash, underscore. The user's own name goes into fileinfo. */
  readonly fileName: string
  /** When known: sent as Content-Length, and a source of any other length is refused. */
  readonly sizeBytes?: number
}

export type Source = Uint8Array | AsyncIterable<Uint8Array>
export type Sent = { readonly md5: string; readonly sizeBytes: number }

/** The one field `id` of finish and retract. */
export function idForm(reportId: string): Body {
  const boundary = newBoundary()
  return { contentType: typeOf(boundary), content: `${field(boundary, reportId)}--${boundary}--\r\n` }
}

/** The fields `id` and `file` of upload; `sent` tells, once all has been read, what was read. */
export function uploadForm(reportId: string, file: Upload): { readonly body: Body; sent(): Sent | undefined } {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(file.fileName)) throw new TypeError('upload: not a neutral file name')
  const boundary = newBoundary()
  const head = Buffer.from(
    `${field(boundary, reportId)}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${file.fileName}"\r\n` +
      'Content-Type: application/octet-stream\r\n\r\n',
  )
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`)
  let sent: Sent | undefined
  const size = file.sizeBytes === undefined ? {} : { sizeBytes: head.length + file.sizeBytes + tail.length }
  const content = async function* () {
    yield head
    sent = yield* counted(file)
    yield tail
  }
  return { body: { contentType: typeOf(boundary), content: content(), ...size }, sent: () => sent }
}

/** The file's bytes, and in the end how many they were and their MD5. */
async function* counted(file: Upload): AsyncGenerator<Uint8Array, Sent> {
  const digest = createHash('md5')
  let sizeBytes = 0
  try {
    const source = await file.open()
    for await (const piece of source instanceof Uint8Array ? [source] : source) {
      digest.update(piece)
      sizeBytes += piece.byteLength
      if (piece.byteLength > 0) yield piece
    }
  } catch (cause) {
    throw new CybertipFault('file_unreadable', { cause })
  }
  if (file.sizeBytes !== undefined && file.sizeBytes !== sizeBytes) throw new CybertipFault('file_unreadable')
  return { md5: digest.digest('hex'), sizeBytes }
}

function field(boundary: string, reportId: string): string {
  if (!/^[1-9]\d{0,18}$/.test(reportId)) throw new TypeError('a report id is a string of digits')
  return `--${boundary}\r\nContent-Disposition: form-data; name="id"\r\n\r\n${reportId}\r\n`
}

function newBoundary(): string {
  return `cybertip-${randomUUID()}`
}

function typeOf(boundary: string): string {
  return `multipart/form-data; boundary=${boundary}`
}
