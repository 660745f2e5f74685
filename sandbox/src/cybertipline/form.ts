/** Reads what callers send: a raw XML body, a small form, or an upload of any size whose bytes are digested as they pass. */
import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { Busboy, type BusboyFileStream } from '@fastify/busboy'

/** Far above any real report, far below what could hurt this process. */
const mostXmlBytes = 64 * 1024 * 1024

export interface FilePart {
  readonly fileName: string | undefined
  readonly md5: string
  readonly sha256: string
  readonly sizeBytes: number
  readonly bytes?: Buffer
}

export type Form =
  | { readonly kind: 'form'; readonly fields: ReadonlyMap<string, string>; readonly files: readonly FilePart[] }
  | { readonly kind: 'malformed' }
  | { readonly kind: 'wrong_type' }

/** The caller went away in the middle: nothing took effect and nobody is there to answer. */
export class CallerGone extends Error {}

/** The body of a request that must say text/xml (UTF-8 if it names a charset). */
export const readXmlBody = async (request: IncomingMessage): Promise<Buffer | 'wrong_type' | 'too_large'> => {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  await drain(request, (chunk) => {
    sizeBytes += chunk.length
    if (sizeBytes <= mostXmlBytes) chunks.push(chunk)
  })
  if (!/^text\/xml\s*(;\s*charset="?utf-8"?\s*)?$/i.test(request.headers['content-type'] ?? '')) return 'wrong_type'
  return sizeBytes > mostXmlBytes ? 'too_large' : Buffer.concat(chunks)
}

export const readForm = async (request: IncomingMessage, keepBytes: boolean): Promise<Form> => {
  const type = request.headers['content-type'] ?? ''
  if (/^multipart\/form-data\s*;/i.test(type)) return readMultipart(request, type, keepBytes)
  const chunks: Buffer[] = []
  await drain(request, (chunk) => {
    if (chunks.length < 64) chunks.push(chunk)
  })
  if (!/^application\/x-www-form-urlencoded\b/i.test(type)) return { kind: 'wrong_type' }
  const fields = new Map(new URLSearchParams(Buffer.concat(chunks).toString('utf8')))
  return { kind: 'form', fields, files: [] }
}

const readMultipart = (request: IncomingMessage, type: string, keepBytes: boolean): Promise<Form> => {
  const fields = new Map<string, string>()
  const files: FilePart[] = []
  let cutShort = false
  return new Promise((resolve, reject) => {
    const malformed = () => {
      request.unpipe(parser)
      drain(request, () => {}).then(() => resolve({ kind: 'malformed' }), reject)
    }
    const parser = openParser(request, type)
    if (parser === undefined) {
      drain(request, () => {}).then(() => resolve({ kind: 'malformed' }), reject)
      return
    }
    parser.on('field', (name, value) => fields.set(name, value))
    parser.on('file', (name, stream, fileName) => {
      if (name === 'file') digestPart(stream, fileName, keepBytes, (part) => files.push(part))
      else stream.resume()
      // The form ended inside this part. The parser itself goes on to `finish` as if all were well.
      stream.on('error', () => {
        cutShort = true
      })
    })
    parser.on('finish', () => resolve(cutShort ? { kind: 'malformed' } : { kind: 'form', fields, files }))
    parser.on('error', malformed)
    request.on('close', () => {
      if (!request.complete) reject(new CallerGone())
    })
    request.pipe(parser)
  })
}

const openParser = (request: IncomingMessage, type: string) => {
  try {
    return new Busboy({
      headers: { ...request.headers, 'content-type': type },
      preservePath: true,
      isPartAFile: (name, _type, fileName) => name === 'file' || fileName !== undefined,
    })
  } catch {
    // No boundary, or one that cannot be.
    return undefined
  }
}

const digestPart = (
  stream: BusboyFileStream,
  fileName: string | undefined,
  keepBytes: boolean,
  done: (part: FilePart) => void,
): void => {
  const md5 = createHash('md5')
  const sha256 = createHash('sha256')
  const kept: Buffer[] = []
  let sizeBytes = 0
  stream.on('data', (chunk: Buffer) => {
    md5.update(chunk)
    sha256.update(chunk)
    sizeBytes += chunk.length
    if (keepBytes) kept.push(chunk)
  })
  stream.on('end', () =>
    done({
      fileName,
      md5: md5.digest('hex'),
      sha256: sha256.digest('hex'),
      sizeBytes,
      ...(keepBytes ? { bytes: Buffer.concat(kept) } : {}),
    }),
  )
}

/** Reads to the end; rejects with CallerGone if the caller breaks off. */
export const drain = (request: IncomingMessage, take: (chunk: Buffer) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    if (request.complete && request.readableEnded) return resolve()
    request.on('data', take)
    request.on('end', resolve)
    request.on('close', () => (request.complete ? resolve() : reject(new CallerGone())))
    request.on('error', () => reject(new CallerGone()))
    request.resume()
  })
