// The decoder process: decodes one image after the other and answers with hashes. It opens nothing, knows only the bytes.
import { read } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import type { Answer, Task } from './words.ts'

// It ends with its parent and not before: Ctrl-C and service managers signal the whole group, and the parent still has
// images to finish. SIGKILL, because an exit would wait for a decoding thread.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

/** The pipe that the bytes of images come through, one after the other without anything between them. */
const PIPE = 4

const say = (answer: Answer) => process.send?.(answer)

try {
  const { confine, decode } = await import('#extract')
  const { digestsOf, pictureOf } = await import('./print.ts')
  await confine()

  const work = async (bytes: Uint8Array, { limits, how }: Task & { kind: 'image' }) => {
    const decoding = decode(bytes, limits, how, (frame) => say({ kind: 'picture', picture: pictureOf(frame) }))
    // Now another thread decodes, and this one is free for the digests.
    await turn()
    say({ kind: 'digests', digests: digestsOf(bytes) })
    say(await decoding)
  }

  // The next image is read from the pipe while one is decoded.
  let reading: Promise<unknown> = Promise.resolve()
  let working: Promise<unknown> = Promise.resolve()
  let last = { isForgotten: false }
  process.on('message', (task: Task) => {
    if (task.kind === 'forget') {
      last.isForgotten = true
      return
    }
    const image = { isForgotten: false }
    last = image
    const received = reading.then(() => receive(task.sizeBytes))
    reading = received
    working = working.then(async () => {
      const bytes = await received
      if (image.isForgotten) say({ kind: 'forgotten' })
      else await work(bytes, task)
    })
  })
  say({ kind: 'ready' })
} catch (error) {
  // Before any image: these words are about the installation.
  say({ kind: 'cannot_start', words: String(error instanceof Error ? error.message : error).slice(0, 500) })
}

async function receive(sizeBytes: number): Promise<Uint8Array> {
  const bytes = Buffer.allocUnsafeSlow(sizeBytes)
  for (let at = 0; at < sizeBytes; ) at += await some(bytes, at)
  return bytes
}

function some(bytes: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(PIPE, bytes, at, bytes.byteLength - at, null, (error, count) => {
      if (error || count === 0) reject(error ?? new Error('the pipe ended within an image'))
      else resolve(count)
    })
  })
}
