// Gzipped JSON lines, written and read as a stream, with the digest of the file's bytes.
import { createReadStream, createWriteStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { Fault } from '#base'
import { altered, Tally } from './manifest.ts'

/** Sealed bytes do not shrink, the rest does with little effort. */
const effort = { level: 1 }

/** Durable when it resolves. */
export async function writeLines(
  file: string,
  lines: AsyncIterable<unknown>,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const tally = new Tally()
  const counting = new Transform({
    transform(piece: Buffer, _, done) {
      tally.add(piece)
      done(null, piece)
    },
  })
  await pipeline(
    Readable.from(textOf(lines)),
    createGzip(effort),
    counting,
    createWriteStream(file, { flags: 'wx', mode: 0o600, flush: true }),
  )
  return tally.sum()
}

async function* textOf(lines: AsyncIterable<unknown>): AsyncGenerator<string> {
  for await (const line of lines) yield `${JSON.stringify(line)}\n`
}

/** Line by line; `name` is for words. Fault `backup_altered` where it is no such file. */
export async function* readLines(file: string, name: string): AsyncGenerator<unknown> {
  const plain = createGunzip()
  const flowing = pipeline(createReadStream(file), plain)
  // Heard of below; a reader that stops early leaves it unheard.
  flowing.catch(() => {})
  try {
    for await (const text of createInterface({ input: plain, crlfDelay: Infinity })) yield parse(text, name)
    await flowing
  } catch (cause) {
    throw cause instanceof Fault ? cause : altered(name, 'it is torn or altered', cause)
  }
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw altered(name, 'it is torn or altered', cause)
  }
}

/** Of a file's bytes; undefined when it is not there. */
export async function tallyOf(file: string): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    if (Object(cause).code === 'ENOENT') return undefined
    throw cause
  })
  if (handle === undefined) return undefined
  const tally = new Tally()
  for await (const piece of handle.createReadStream({ highWaterMark: 1024 * 1024 })) tally.add(piece as Buffer)
  return tally.sum()
}
