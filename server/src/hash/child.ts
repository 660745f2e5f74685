// The decoder process: takes one image at a time, answers with hashes. It opens nothing and knows nothing but the bytes.
import type { Answer, Task } from './words.ts'

// It ends with its parent and not before: Ctrl-C and service managers signal the whole group, and the parent still has
// images to finish. SIGKILL, because an exit would wait for a decoding thread.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.kill(process.pid, 'SIGKILL'))

const say = (answer: Answer) => process.send?.(answer)

try {
  const { confine, decode } = await import('#extract')
  const { digestsOf, pictureOf } = await import('./print.ts')
  await confine()

  process.on('message', async ({ bytes, maxPixels }: Task) => {
    say({ kind: 'digests', digests: digestsOf(bytes) })
    const decoded = await decode(bytes, { maxPixels })
    if (decoded.kind === 'undecodable') say(decoded)
    else say({ kind: 'pictures', pictures: decoded.pictures.map(pictureOf) })
  })
  say({ kind: 'ready' })
} catch (error) {
  // Before any image: these words are about the installation.
  say({ kind: 'cannot_start', words: String(error instanceof Error ? error.message : error).slice(0, 500) })
}
