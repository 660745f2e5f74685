// The leash of one decoder process, seen from outside as the system shows it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { drawPicture, encode } from '@wardline/sandbox'
import sharp from 'sharp'
import { describe, expect, it, vi } from 'vitest'
import { roomy } from '../extract/testing.ts'
import { type Decoder, openDecoder } from './decoder.ts'

const leash = { ...roomy, deadlineMs: 60_000, memoryMb: 2048 }
const full = { fast: false }

describe('a decoder process', () => {
  it('has nothing of our environment, no handle but its two pipes, and leaves no core dump', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const decoder = await started()
    try {
      const own = proc(decoder)
      const names = readFileSync(`${own}/environ`, 'utf8').split('\0').filter(Boolean)
      // glibc takes its own variable apart in place.
      const whole = names.filter((name) => !name.startsWith('glibc.malloc.'))
      expect(whole.map((name) => name.split('=')[0]).sort()).toEqual([
        'GLIBC_TUNABLES',
        'NODE_CHANNEL_FD',
        'NODE_CHANNEL_SERIALIZATION_MODE',
      ])
      expect(readFileSync(`${own}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /m)
      const ours = new Set(handles('/proc/self'))
      const shared = handles(own).filter((handle) => ours.has(handle) && handle !== '/dev/null')
      expect(shared.filter((handle) => !handle.startsWith('anon_inode:'))).toEqual([])
      expect(handles(own).filter((handle) => handle.startsWith('socket:'))).toHaveLength(2)
    } finally {
      decoder.kill()
      server.close()
    }
  })

  it('ends when its parent is killed', async () => {
    const script = `import { openDecoder } from ${JSON.stringify(new URL('./decoder.ts', import.meta.url).href)}
      const decoder = openDecoder(${JSON.stringify(leash)})
      await decoder.ready
      console.log(decoder.pid)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [said] = await once(parent.stdout, 'data')
    const pid = Number(said)
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    parent.kill('SIGKILL')
    await vi.waitUntil(() => !isAlive(pid), { timeout: 20_000 })
  })

  it('gets nothing of what our own program was started with', async () => {
    const script = `import { openDecoder } from ${JSON.stringify(new URL('./decoder.ts', import.meta.url).href)}
      import { readdirSync, readlinkSync } from 'node:fs'
      const decoder = openDecoder(${JSON.stringify(leash)})
      await decoder.ready
      const of = '/proc/' + decoder.pid + '/fd/'
      console.log(readdirSync(of).map((fd) => readlinkSync(of + fd)).join(' '))
      decoder.kill()`
    const gift = openSync('/etc/passwd', 'r')
    const stdio = Array.from({ length: 41 }, (_, fd) => (fd === 1 ? 'pipe' : fd === 40 ? gift : 'ignore'))
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio })
    const said = parent.stdout ? await text(parent.stdout) : ''
    closeSync(gift)
    expect(said).toContain('/dev/null')
    expect(said).not.toContain('/etc/passwd')
  })

  it('holds one frame at a time: five large pages need no more memory than two', async () => {
    const [two, five] = [await peakMb(await pages(2)), await peakMb(await pages(5))]
    // A page is 26 MB.
    expect(five - two).toBeLessThan(24)
  })

  it('gives memory back when it has nothing to do', async () => {
    const decoder = await started()
    const rest = mbOf(decoder, 'VmRSS')
    await decoder.print(await pages(2), full)
    await vi.waitUntil(() => mbOf(decoder, 'VmRSS') < rest + 120, { timeout: 5_000 })
    decoder.kill()
  })

  it('goes on with its image when a terminal or service manager asks it to end', async () => {
    const bytes = await encode(drawPicture(1), 'jpeg')
    const decoder = await started()
    process.kill(decoder.pid ?? 0, 'SIGINT')
    process.kill(decoder.pid ?? 0, 'SIGTERM')
    expect(await decoder.print(bytes, full)).toMatchObject({ kind: 'print' })
    decoder.kill()
  })
})

describe('a decoder that cannot start says why', () => {
  it.each([
    ['because its program is broken', program('throw new Error()'), /ended before it was ready/],
    ['because its program is not there', '/nonexistent.mjs', /ended before it was ready/],
    [
      'because sharp cannot be loaded',
      program(`process.send([{ kind: 'cannot_start', words: 'no sharp for this machine' }])`),
      /no sharp for this machine; is sharp installed/,
    ],
  ])('%s', async (_name, file, words) => {
    const decoder = openDecoder(leash, file)
    await expect(decoder.ready).rejects.toMatchObject({ code: 'decoder_cannot_start', retry: 'later' })
    await expect(decoder.ready).rejects.toThrow(words)
    await decoder.gone
  })
})

async function started(settings = leash): Promise<Decoder> {
  const decoder = openDecoder(settings)
  await decoder.ready
  return decoder
}

function program(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'wardline-decoder-')), 'decoder.mjs')
  writeFileSync(file, text)
  return file
}

/** A TIFF of so many different pages of 9 megapixels. */
async function pages(count: number): Promise<Buffer> {
  const [width, height] = [3000, 3000]
  const data = Buffer.alloc(width * height * 3 * count)
  for (let at = 0; at < data.length; at += 97) data[at] = (at * 7919) >> 5
  const raw = { width, height: height * count, channels: 3, pageHeight: height } as const
  return sharp(data, { raw }).tiff({ compression: 'lzw' }).toBuffer()
}

async function peakMb(bytes: Uint8Array): Promise<number> {
  const decoder = await started()
  expect(await decoder.print(bytes, full)).toMatchObject({ kind: 'print' })
  const mb = mbOf(decoder, 'VmHWM')
  decoder.kill()
  return mb
}

function mbOf(decoder: Decoder, what: 'VmHWM' | 'VmRSS'): number {
  const [, kb] = new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(readFileSync(`${proc(decoder)}/status`, 'utf8')) ?? []
  return Number(kb) / 1024
}

function proc({ pid }: Decoder): string {
  return `/proc/${pid}`
}

/** What each open handle of a process leads to; sockets and pipes bear a number that is theirs alone. */
function handles(of: string): string[] {
  return readdirSync(`${of}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`${of}/fd/${fd}`)]
    } catch {
      return []
    }
  })
}

/** A process whose parent is gone may stay as a zombie where nobody collects it: that is not alive. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
