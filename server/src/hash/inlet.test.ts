// In a process of its own, as in a decoder: tasks and the bytes of their images come by one pipe, cut wherever the system cuts.
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { roomy } from '../extract/testing.ts'
import { headOf } from './inlet.ts'
import type { Task } from './words.ts'

const BASIN = 64 * 1024
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const image = (sizeBytes: number): Task => ({ kind: 'image', sizeBytes, limits: roomy, how: { fast: false } })
const images = (sizes: readonly number[]) => sizes.map((size, n) => Buffer.alloc(size, `image ${n} `))
const framed = (bytes: Buffer) => Buffer.concat([headOf(image(bytes.length)), bytes])

describe('images that come through the pipe are whole and in order', () => {
  it.each<[string, readonly number[]]>([
    ['around the size of the basin', [BASIN - 1, BASIN, BASIN + 1, 2 * BASIN, 2 * BASIN + 1, 1]],
    ['large ones', [1_000_000, 3, 5_000_000]],
    ['small ones, many in one gulp', Array.from({ length: 40 }, (_, n) => 1 + 700 * n)],
    ['with empty ones among them', [0, 5, 0, 0, BASIN, 0]],
  ])('%s', async (_what, sizes) => {
    const { pipe, heard } = start()
    const all = images(sizes)
    const told = heard(sizes.length)
    pipe.write(Buffer.concat(all.map(framed)))
    expect(await told).toEqual(all.map((bytes) => `image ${digest(bytes)}`))
  })

  it.each([1, 3, 7, 1000])('also in drops of %i bytes', async (drop) => {
    const { pipe, heard } = start()
    const all = images([0, 40, 300])
    const told = heard(all.length)
    const bytes = Buffer.concat(all.map(framed))
    for (let at = 0; at < bytes.length; at += drop) {
      pipe.write(bytes.subarray(at, at + drop))
      await turn()
    }
    expect(await told).toEqual(all.map((each) => `image ${digest(each)}`))
  })

  it('with other words between them', async () => {
    const { pipe, heard } = start()
    const file = { path: `/a/${'ü'.repeat(2000)}`, mostBytes: 7 }
    const told = heard(3)
    pipe.write(headOf({ kind: 'forget' }))
    pipe.write(headOf({ kind: 'file', file, limits: roomy, how: { fast: true } }))
    pipe.write(framed(Buffer.from('x')))
    const none = digest(Buffer.alloc(0))
    expect(await told).toEqual([`forget ${none}`, `file ${none}${file.path}`, `image ${digest(Buffer.from('x'))}`])
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
    openInlet(({ kind, file }, bytes) => {
      const digest = bytes.byteLength + createHash('md5').update(bytes).digest('hex')
      process.send(kind + ' ' + digest + (file?.path ?? ''))
    }, () => process.exit(42))`
  const node = ['--input-type=module', '--eval', program, new URL('./inlet.ts', import.meta.url).href]
  const child = spawn(process.execPath, node, { stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'] })
  children.push(child)
  const pipe = child.stdio[4] as Writable
  const heard = (count: number) =>
    new Promise<string[]>((resolve) => {
      const told: string[] = []
      child.on('message', (message) => {
        if (told.push(String(message)) === count) resolve(told)
      })
    })
  return { child, pipe, heard }
}

function digest(bytes: Uint8Array): string {
  return bytes.byteLength + createHash('md5').update(bytes).digest('hex')
}
