// A pool as it starts, is crowded, and is closed.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { drawPicture, encode, spoiled } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { openDecoders } from './hash.ts'
import { decoderThat, disposable, settings } from './testing/programs.ts'

describe('a pool', () => {
  it('ends a decoder that was seen to have grown only after its image had ended, and serves who comes then', async () => {
    const seen: ((mb: number) => void)[] = []
    const weigh = () => new Promise<number>((resolve) => seen.push(resolve))
    // Slow enough to be weighed.
    const program = decoderThat('const until = Date.now() + 200; while (Date.now() < until);')
    await using pool = disposable(openDecoders({ ...settings, count: 1, program, weigh }))
    expect(await pool.print(Buffer.from('one'))).toMatchObject({ why: 'nothing_decodes' })
    expect(seen).toHaveLength(1)
    seen[0]?.(settings.memoryMb - 1)
    await Promise.resolve()
    expect(await pool.print(Buffer.from('two'))).toMatchObject({ why: 'nothing_decodes' })
  })

  it('turns the next caller away when those who wait hold too many bytes, but lets one of any size wait', async () => {
    await using pool = disposable(openDecoders({ ...settings, count: 1, waitingBytes: 100 }))
    await pool.ready()
    const served = [10, 10, 1000].map((size) => pool.print(Buffer.alloc(size)))
    await expect(pool.print(Buffer.alloc(1))).rejects.toMatchObject({ code: 'decoders_busy' })
    expect(await Promise.all(served)).toHaveLength(3)
  })

  it('turns the next caller away when too many wait', async () => {
    await using pool = disposable(openDecoders({ ...settings, count: 1, waiting: 2 }))
    await pool.ready()
    const served = [0, 1, 2, 3].map(() => pool.print(spoiled.textAsJpeg()))
    await expect(pool.print(spoiled.textAsJpeg())).rejects.toMatchObject({ code: 'decoders_busy', retry: 'later' })
    expect(await Promise.all(served)).toHaveLength(4)
    expect(await pool.print(spoiled.textAsJpeg())).toMatchObject({ why: 'not_an_image' })
  })

  it('whose decoders cannot start tells every caller so, and does not start them for ever', async () => {
    const log = { ...settings.log, error: (_fields: unknown, words: string) => told.push(words) }
    const told: string[] = []
    await using pool = disposable(openDecoders({ ...settings, count: 2, program: '/nonexistent.mjs', log }))
    await expect(pool.ready()).rejects.toMatchObject({ code: 'decoder_cannot_start' })
    expect(told).toHaveLength(2)
    await expect(pool.print(Buffer.from('x'))).rejects.toMatchObject({ code: 'decoder_cannot_start' })
    expect(told).toHaveLength(3)
  })

  // With none left the look at our own handles fails, with a few the making of the process does, each in its own way.
  it.each([0, 1, 3, 5])(
    'that cannot begin a process, with %i handles left, says so and lives',
    async (left) => {
      expect(await withoutHandles(left)).toEqual(['decoder_cannot_start', 'decoder_cannot_start', 'not_an_image'])
    },
    60_000,
  )

  it('that is closed does not become ready, and starts nothing to be so', async () => {
    const pool = openDecoders({ ...settings, count: 1 })
    await pool.close()
    await expect(pool.ready()).rejects.toMatchObject({ code: 'decoders_closed', retry: 'never' })
  })

  it('that is closed finishes what runs, turns away who waits, and serves nobody more', async () => {
    const pool = openDecoders({ ...settings, count: 1 })
    await pool.ready()
    const image = await encode(drawPicture(9), 'jpeg')
    const [running, waiting] = [pool.print(image), pool.print(image)]
    const turnedAway = expect(waiting).rejects.toMatchObject({ code: 'decoders_closed' })
    await pool.close()
    expect(await running).toMatchObject({ kind: 'print' })
    await turnedAway
    await expect(pool.print(image)).rejects.toMatchObject({ code: 'decoders_closed' })
  })

  it('can be closed while it starts', async () => {
    const pool = openDecoders({ ...settings, count: 2 })
    await pool.close()
  })
})

/**
 * What a pool says while its program can open no file and start no process, and afterwards. In a process of its own: where
 * this goes wrong it goes round for ever.
 */
async function withoutHandles(left: number): Promise<unknown> {
  const program = `
    import { closeSync, openSync } from 'node:fs'
    const { openDecoders } = await import(process.argv[1])
    const log = { info() {}, warn() {}, error() {} }
    const taken = []
    try { for (;;) taken.push(openSync('/dev/null', 'r')) } catch {}
    for (const fd of taken.splice(0, ${left})) closeSync(fd)
    const pool = openDecoders({ deadlineMs: 60_000, memoryMb: 2048, maxPixels: 1e6, frames: 10, framePixels: 1e7, frameMs: 5_000, count: 1, log })
    const said = []
    await pool.ready().catch((fault) => said.push(fault.code))
    await pool.print(Buffer.from('text')).catch((fault) => said.push(fault.code))
    for (const fd of taken) closeSync(fd)
    said.push((await pool.print(Buffer.from('some plain text'))).why)
    await pool.close()
    console.log(JSON.stringify(said))`
  const door = new URL('./hash.ts', import.meta.url).href
  const node = [process.execPath, '--max-old-space-size=256', '--input-type=module', '--eval', program, door]
  const { stdout } = await promisify(execFile)('sh', ['-c', 'ulimit -n 256; exec "$@"', 'sh', ...node], {
    timeout: 45_000,
    killSignal: 'SIGKILL',
  })
  return JSON.parse(stdout)
}
