// The decoder process: decodes one image after the other and answers with hashes. It opens nothing, knows only the bytes.
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
  const { confine, decode } = await import('#extract')
  const { digestsOf } = await import('./digests.ts')
  const { pictureOf } = await import('./print.ts')
  await confine()

  const work = async (bytes: Uint8Array, { limits, how }: Task & { kind: 'image' }) => {
    say({ kind: 'begun' })
    speak()
    let last: Pixels | undefined
    const decoding = decode(bytes, limits, how, (frame) => {
      // The one before is hashed, and is compared by its digest only.
      if (last) drop(last)
      last = frame.pixels
      say({ kind: 'picture', picture: pictureOf(frame) })
      // At once: what comes next in the file may be the end of this process.
      speak()
    })
    // Now another thread decodes, and this one is free for the digests.
    await turn()
    say({ kind: 'digests', digests: digestsOf(bytes) })
    say(await decoding)
    // Once that is on its way: of a large picture this takes milliseconds.
    if (last) process.nextTick(drop, last)
  }

  // The next image arrives while one is decoded.
  const receive = openInlet(end)
  let working: Promise<unknown> = Promise.resolve()
  let last = { isForgotten: false }
  process.on('message', (task: Task) => {
    if (task.kind === 'forget') {
      last.isForgotten = true
      return
    }
    const image = { isForgotten: false }
    last = image
    const received = receive(task.sizeBytes)
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
