// Reads what a stranger sends, never more than the limit. What is beyond it flows past unread, for a while.
import type { IncomingMessage } from 'node:http'
import { Refused } from './problem.ts'

/** The whole body. Refused `body_too_large` as soon as the limit is passed; nothing beyond it is kept. */
export function readBody(raw: IncomingMessage, limitBytes: number): Promise<Buffer> {
  refuseDeclared(raw, limitBytes)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const settle = (end: () => void) => {
      raw.off('data', take).off('end', done).off('error', broken).off('close', broken)
      end()
    }
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size > limitBytes) return settle(() => reject(new Refused('body_too_large')))
      chunks.push(chunk)
      return undefined
    }
    const done = () => settle(() => resolve(Buffer.concat(chunks, size)))
    // The caller hung up: nobody is left to hear the answer.
    const broken = () => settle(() => reject(new Refused('request_wrong')))
    raw.on('data', take).on('end', done).on('error', broken).on('close', broken)
  })
}

/**
 * How much of all running uploads together is held in memory, bytes. A body counts as what it says of itself, or as
 * the limit when it says nothing.
 */
export function openRoom(mostBytes: number) {
  let taken = 0
  return async function within<T>(raw: IncomingMessage, limitBytes: number, work: () => Promise<T>): Promise<T> {
    const size = Math.min(Number(raw.headers['content-length'] ?? limitBytes), limitBytes)
    if (taken + size > mostBytes) throw new Refused('uploads_busy')
    taken += size
    try {
      return await work()
    } finally {
      taken -= size
    }
  }
}

/** A body that says itself that it is too large is refused before a byte of it is read. */
export function refuseDeclared(raw: IncomingMessage, limitBytes: number): void {
  if (Number(raw.headers['content-length'] ?? 0) > limitBytes) throw new Refused('body_too_large')
}

/**
 * After a refusal: lets the rest of the body flow past, so that the caller, still sending, comes to read the answer.
 * A caller that goes on beyond `mostBytes` is cut off.
 */
export function letPass(raw: IncomingMessage, mostBytes: number): void {
  if (raw.readableEnded || raw.destroyed) return
  let passed = 0
  raw.unpipe()
  raw.on('data', (chunk: Buffer) => {
    passed += chunk.length
    if (passed > mostBytes) raw.destroy()
  })
  raw.resume()
}
