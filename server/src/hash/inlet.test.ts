// In a process of its own, as in a decoder: sizes come by the channel, bytes by the pipe, in whatever order the two arrive.
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { afterEach, describe, expect, it } from 'vitest'

const BASIN = 256 * 1024
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

describe('images that come through the pipe are whole and in order', () => {
  it.each<[string, readonly number[]]>([
    ['around the size of the basin', [BASIN - 1, BASIN, BASIN + 1, 2 * BASIN, 2 * BASIN + 1, 1]],
    ['small ones, many in one gulp', Array.from({ length: 40 }, (_, n) => 1 + 700 * n)],
    ['with empty ones among them', [0, 5, 0, 0, BASIN, 0]],
  ])('%s, whether sizes or bytes come first', async (_what, sizes) => {
    for (const first of ['sizes', 'bytes'] as const) {
      const inlet = start()
      const images = sizes.map((size, n) => Buffer.alloc(size, `image ${n} `))
      const heard = inlet.heard(sizes.length)
      if (first === 'sizes') for (const size of sizes) inlet.child.send({ size })
      inlet.pipe.write(Buffer.concat(images))
      if (first === 'bytes') {
        await inlet.seen()
        for (const size of sizes) inlet.child.send({ size })
      }
      expect(await heard).toEqual(images.map(digest))
    }
  })

  it('also when each size is told only after the image before it was taken, and the pipe stood still meanwhile', async () => {
    const inlet = start()
    const images = [BASIN / 2, BASIN / 2, 3 * BASIN, 7].map((size, n) => Buffer.alloc(size, `image ${n} `))
    inlet.pipe.write(Buffer.concat(images))
    await inlet.seen()
    for (const image of images) {
      const heard = inlet.heard(1)
      inlet.child.send({ size: image.length })
      expect(await heard).toEqual([digest(image)])
      await inlet.seen()
    }
  })

  it('an empty one waits for the one before it', async () => {
    const inlet = start()
    const heard = inlet.heard(2)
    inlet.child.send({ size: 10 })
    inlet.child.send({ size: 0 })
    await inlet.seen()
    inlet.pipe.write(Buffer.alloc(10, 'x'))
    expect(await heard).toEqual([digest(Buffer.alloc(10, 'x')), digest(Buffer.alloc(0))])
  })
})

it('ends where the pipe does', async () => {
  const { child, pipe } = start()
  pipe.end()
  expect(await once(child, 'exit')).toEqual([42, null])
})

function start() {
  const program = `import { createHash } from 'node:crypto'
    const { openInlet } = await import(process.argv[1])
    const receive = openInlet(() => process.exit(42))
    process.on('message', async ({ size }) => {
      // After two rounds of the event loop whatever had arrived was read, as far as it is read.
      if (size === undefined) return setImmediate(() => setImmediate(() => process.send('seen')))
      const bytes = await receive(size)
      process.send({ digest: bytes.byteLength + createHash('md5').update(bytes).digest('hex') })
    })`
  const node = ['--input-type=module', '--eval', program, new URL('./inlet.ts', import.meta.url).href]
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'] })
  children.push(child)
  const pipe = child.stdio[4] as Writable
  const heard = (count: number) =>
    new Promise<string[]>((resolve) => {
      const digests: string[] = []
      const hear = (message: unknown) => {
        if (typeof message !== 'object' || message === null || !('digest' in message)) return
        if (digests.push(String(message.digest)) < count) return
        child.off('message', hear)
        resolve(digests)
      }
      child.on('message', hear)
    })
  const seen = () =>
    new Promise<void>((resolve) => {
      const hear = (message: unknown) => {
        if (message !== 'seen') return
        child.off('message', hear)
        resolve()
      }
      child.on('message', hear)
      child.send({})
    })
  return { child, pipe, heard, seen }
}

function digest(bytes: Uint8Array): string {
  return bytes.byteLength + createHash('md5').update(bytes).digest('hex')
}
