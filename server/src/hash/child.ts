// The decoder process: decodes one image after the other and answers with hashes. It knows only the bytes, and
// opens nothing but files that it is told to.
import { setImmediate as turn } from 'node:timers/promises'
import type { Pixels } from '@wardline/pdq'
import { drop } from './drop.ts'
import { openInlet } from './inlet.ts'
import type { Answer, Task } from './words.ts'

// It ends with its parent and not before: Ctrl-C and service managers signal the whole group, and the parent still has
// images to finish. SIGKILL, because an exit would wait for a decoding thread.
const end = () => process.kill(process.pid, 'SIGKILL')
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', end)

const LARGE_BYTES = 2 ** 20

let unsaid: Answer[] = []

/** Once there is nothing to do at once. */
const say = (answer: Answer) => {
  if (unsaid.push(answer) === 1) process.nextTick(speak)
}

const speak = () => {
  if (unsaid.length > 0) process.send?.(unsaid)
  unsaid = []
}

try {
  const { confine, decode, sniff } = await import('#extract')
  const { digestsOf } = await import('./digests.ts')
  const { readImage } = await import('./file.ts')
  const { pictureOf } = await import('./print.ts')
  await confine()

  const work = async (bytes: Uint8Array, { limits, how }: Task & { kind: 'image' | 'file' }) => {
    say({ kind: 'begun' })
    speak()
    let last: Pixels | undefined
    // Then nothing can befall this process between the picture and the end, and one message says it all.
    const sniffed = sniff(bytes)
    const isSingle = sniffed.kind === 'image' && (sniffed.type === 'jpeg' || sniffed.type === 'png')
    const decoding = decode(bytes, limits, how, (frame) => {
      // The one before is hashed, and is compared by its digest only.
      if (last) drop(last)
      last = frame.pixels
      say({ kind: 'picture', picture: pictureOf(frame) })
      // At once: what comes next in the file may be the end of this process.
      if (!isSingle) speak()
    })
    // Now another thread decodes, and this one is free for the digests.
    await turn()
    const digests = digestsOf(bytes)
    // Of many bytes at once: should this image be the end of this process, the other one need not digest them.
    const isSaid = !isSingle || bytes.byteLength > LARGE_BYTES
    if (isSaid) say({ kind: 'digests', digests })
    const decoded = await decoding
    if (!isSaid) say({ kind: 'digests', digests })
    say(decoded)
    // Once that is on its way: of a large picture this takes milliseconds.
    process.nextTick(() => {
      if (last) drop(last)
      drop({ data: bytes })
    })
  }

  // The next image arrives while one is decoded.
  let working: Promise<unknown> = Promise.resolve()
  let last = { isForgotten: false }
  const take = (task: Task, sent: Uint8Array) => {
    if (task.kind === 'forget') {
      last.isForgotten = true
      return
    }
    const image = { isForgotten: false }
    last = image
    const bytes = task.kind === 'image' ? sent : readImage(task.file)
    working = working.then(async () => {
      if (image.isForgotten) say({ kind: 'forgotten' })
      else if ('kind' in bytes) say(bytes)
      else await work(bytes, task)
    })
  }
  openInlet(take, end)
  say({ kind: 'ready' })
} catch (error) {
  // Before any image: these words are about the installation.
  say({ kind: 'cannot_start', words: String(error instanceof Error ? error.message : error).slice(0, 500) })
}
