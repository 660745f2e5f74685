// One upload, raw or multipart, becomes images and their context. What the bytes are is for later stages to find out.
import { type ScanContext, scanContext, wrongKeys } from '@wardline/api'
import type { FastifyRequest } from 'fastify'
import { readBody, refuseDeclared } from './body.ts'
import { Refused } from './problem.ts'
import type { ScanCall } from './stages.ts'

export interface UploadLimits {
  /** All files of one request together. */
  readonly bodyBytes: number
  readonly files: number
}

export type Upload = Pick<ScanCall, 'images' | 'context'>

/** A context with its supplements: what the schema takes, in UTF-8 with every character escaped. */
const contextBytes = 4 * 1024 * 1024
/** A multipart body also holds boundaries, part headers and the context. */
const aroundBytes = contextBytes + 1024 * 1024
const longestFileName = 2056

export async function readUpload(request: FastifyRequest, limits: UploadLimits): Promise<Upload> {
  if (request.isMultipart()) return readForm(request, limits)
  const context = contextFromHeader(request.headers['wardline-context'])
  const bytes = await readBody(request.raw, limits.bodyBytes)
  if (bytes.length === 0) throw new Refused('body_empty')
  return { images: [{ bytes, fileName: undefined }], context }
}

/**
 * A context travels beside a raw body as JSON: as it is in UTF-8, or percent-encoded for clients that send only ASCII. JSON
 * begins with a brace, and percent-encoding leaves none; so a percent sign inside plain JSON stays what it is.
 */
function contextFromHeader(header: string | string[] | undefined): ScanContext {
  if (header === undefined) return checked({})
  if (typeof header !== 'string') throw new Refused('context_wrong')
  return checked(parsed(header.trimStart().startsWith('{') ? utf8(header) : percentDecoded(header)))
}

/** Node gives each byte of a header as one character. */
function utf8(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'))
  } catch {
    throw new Refused('context_wrong', { wrong: [{ path: '', words: 'must be UTF-8, or percent-encoded UTF-8' }] })
  }
}

function percentDecoded(header: string): string {
  try {
    return decodeURIComponent(header)
  } catch {
    throw new Refused('context_wrong', { wrong: [{ path: '', words: 'must be JSON, or percent-encoded UTF-8' }] })
  }
}

async function readForm(request: FastifyRequest, limits: UploadLimits): Promise<Upload> {
  refuseDeclared(request.raw, limits.bodyBytes + aroundBytes)
  const images: Upload['images'][number][] = []
  const header = request.headers['wardline-context']
  let context = header === undefined ? undefined : contextFromHeader(header)
  let left = limits.bodyBytes
  const takeContext = (value: unknown) => {
    if (context !== undefined)
      throw new Refused('form_wrong', { wrong: [{ path: 'context', words: 'is given twice' }] })
    context = checked(value)
  }
  try {
    // One more than allowed of each, so that the refusal is ours and says which.
    const most = { files: limits.files + 2, fields: 8, parts: limits.files + 10 }
    const parts = request.parts({
      limits: { ...most, fileSize: limits.bodyBytes + 1, fieldSize: contextBytes },
    })
    for await (const part of parts) {
      if (part.fieldname !== 'file' && part.fieldname !== 'context') throw unknownPart(part.fieldname)
      if (part.type === 'field') {
        if (part.fieldname === 'file')
          throw new Refused('form_wrong', {
            wrong: [{ path: 'file', words: 'must be sent as a file, with a filename' }],
          })
        if (part.valueTruncated) throw contextTooLong()
        takeContext(typeof part.value === 'string' ? parsed(part.value) : part.value)
      } else if (part.fieldname === 'context') {
        takeContext(parsed((await collect(part.file, contextBytes, contextTooLong)).toString('utf8')))
      } else {
        if (images.length === limits.files) throw new Refused('too_many_files')
        const bytes = await collect(part.file, left, () => new Refused('body_too_large'))
        left -= bytes.length
        images.push({ bytes, fileName: part.filename.slice(0, longestFileName) || undefined })
      }
    }
  } catch (error) {
    throw error instanceof Refused ? error : formRefusal(error)
  }
  if (images.length === 0) throw new Refused('body_empty')
  return { images, context: context ?? checked({}) }
}

/** A part's bytes; leaves the moment there are more than `most`. */
async function collect(stream: AsyncIterable<Buffer>, most: number, tooMuch: () => Refused): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream) {
    size += chunk.length
    if (size > most) throw tooMuch()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own words would quote the text.
    throw new Refused('context_wrong', { wrong: [{ path: '', words: 'must be JSON' }] })
  }
}

function checked(value: unknown): ScanContext {
  const result = scanContext.safeParse(value)
  if (!result.success) throw new Refused('context_wrong', { wrong: wrongKeys(result.error, value) })
  return result.data
}

const unknownPart = (name: string) =>
  new Refused('form_wrong', { wrong: [{ path: name.slice(0, 60), words: 'is not a known part' }] })

const contextTooLong = () =>
  new Refused('context_wrong', { wrong: [{ path: '', words: `must be text whose length is at most ${contextBytes}` }] })

/** Whatever the multipart parser chokes on is the sender's form; its words may quote it and are not passed on. */
function formRefusal(cause: unknown): Refused {
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined
  if (code === 'FST_FILES_LIMIT' || code === 'FST_PARTS_LIMIT') return new Refused('too_many_files', { cause })
  if (code === 'FST_INVALID_JSON_FIELD_ERROR')
    return new Refused('context_wrong', { wrong: [{ path: '', words: 'must be JSON' }], cause })
  return new Refused('form_wrong', { cause })
}
