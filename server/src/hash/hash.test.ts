import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { toHex } from '@wardline/pdq'
import { drawPicture, encode, spoiled } from '@wardline/sandbox'
import { afterAll, describe, expect, it } from 'vitest'
import { decodeAll, roomy } from '../extract/testing.ts'
import { digestsOf } from './digests.ts'
import { openDecoders } from './hash.ts'
import { pictureOf } from './print.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }
const settings = { ...roomy, deadlineMs: 60_000, memoryMb: 2048, log: quiet }

describe('the pool of decoders', () => {
  const pool = openDecoders({ ...settings, count: 2 })
  afterAll(() => pool.close())

  it('gives what decoding and hashing in one process gives', async () => {
    const images = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => encode(drawPicture(seed), 'jpeg')))
    const twins = images.map(async (bytes) => {
      const { frames } = await decodeAll(bytes)
      return { kind: 'print', print: { digests: digestsOf(bytes), pictures: frames.map(pictureOf) } }
    })
    const prints = await Promise.all(images.map((bytes) => pool.print(bytes)))
    expect(prints.map(plain)).toEqual((await Promise.all(twins)).map(plain))
  })

  it.each([
    ['empty', spoiled.empty],
    ['not_an_image', spoiled.textAsJpeg],
    ['unsupported_type', spoiled.svg],
    ['too_many_pixels', spoiled.bombPng],
    ['nothing_decodes', spoiled.corruptJpeg],
  ] as const)('names what it cannot hash, with digests: %s', async (why, make) => {
    const bytes = await make()
    expect(await pool.print(bytes)).toEqual({
      kind: 'unscannable',
      why,
      print: { digests: digestsOf(bytes), pictures: [] },
    })
  })

  it.each(['truncatedJpeg', 'damagedJpeg', 'cmykJpeg', 'png16'] as const)('hashes a %s', async (name) => {
    expect(await pool.print(await spoiled[name]())).toMatchObject({
      kind: 'print',
      print: { pictures: [{ index: 0 }] },
    })
  })

  it('hashes a picture known to everyone as everyone does', async () => {
    const vectors = new URL('../../../libs/pdq/vectors/', import.meta.url)
    const [vector] = JSON.parse(readFileSync(new URL('expected.json', vectors), 'utf8'))
    const extracted = await pool.print(readFileSync(new URL(vector.file, vectors)))
    const picture = extracted.kind === 'print' ? extracted.print.pictures[0] : undefined
    expect(picture && toHex(picture.commandLine.hash)).toBe(vector.hash)
    expect(picture && toHex(picture.fullResolution.hash)).toBe(vector.fullResolution.hash)
  })
})

describe('when an image kills its decoder', () => {
  it('only that image is lost: the next ones, waiting and new, are hashed by a new decoder', async () => {
    const warned: unknown[] = []
    const log = { ...quiet, warn: (fields: unknown) => warned.push(fields) }
    await using pool = disposable(openDecoders({ ...settings, count: 1, program: crashesOn('bad'), log }))
    const ends = await Promise.all(['bad', 'good', 'bad', 'good'].map((text) => pool.print(Buffer.from(text))))
    expect(ends.map((end) => (end.kind === 'unscannable' ? end.why : end.kind))).toEqual([
      'decoder_crashed',
      'nothing_decodes',
      'decoder_crashed',
      'nothing_decodes',
    ])
    expect(ends.map(({ kind }) => kind)).not.toContain('print')
    expect(warned).toEqual([
      { why: 'decoder_crashed', sizeBytes: 3 },
      { why: 'decoder_crashed', sizeBytes: 3 },
    ])
  })
})

describe('an image that is held ahead in a decoder', () => {
  it('is not blamed for the one before it: it is hashed elsewhere', async () => {
    await using pool = disposable(openDecoders({ ...settings, count: 1, program: crashesOn('bad') }))
    await pool.ready()
    const [bad, ahead] = await Promise.all([pool.print(Buffer.from('bad')), pool.print(Buffer.from('good'))])
    expect([bad, ahead]).toMatchObject([{ why: 'decoder_crashed' }, { why: 'nothing_decodes' }])
  })

  it('is not blamed for what an image left behind that was answered before: it is hashed elsewhere', async () => {
    const warned: unknown[] = []
    const log = { ...quiet, warn: (_fields: unknown, words: string) => warned.push(words) }
    // As when one image damages the memory of a decoder, answers, and the decoder dies of it when it turns to the next.
    const program = decoderThat('', {
      after: `if (bytes.toString() === 'poison') process.kill(process.pid, 'SIGSEGV')`,
    })
    await using pool = disposable(openDecoders({ ...settings, count: 1, program, log }))
    await pool.ready()
    const ends = await Promise.all(['poison', 'good', 'poison', 'good'].map((text) => pool.print(Buffer.from(text))))
    expect(ends.map((end) => end.kind === 'unscannable' && end.why)).toEqual(Array(4).fill('nothing_decodes'))
    expect(warned).toEqual(Array(2).fill('a decoder ended between two images'))
  })

  it('is given up when one decoder after the other ends before it begins it', async () => {
    const program = decoderThat('', { before: `process.kill(process.pid, 'SIGSEGV')` })
    const warned: unknown[] = []
    const log = { ...quiet, warn: (fields: unknown, words: string) => warned.push([fields, words]) }
    await using pool = disposable(openDecoders({ ...settings, count: 1, program, log }))
    const bytes = Buffer.from('x')
    expect(await pool.print(bytes)).toMatchObject({ why: 'decoder_crashed', print: { digests: digestsOf(bytes) } })
    expect(warned.at(-1)).toEqual([
      { why: 'decoder_crashed', sizeBytes: 1 },
      'an image was given up: no decoder began it',
    ])
  })

  it('does not wait there while another decoder has nothing to do', async () => {
    await using pool = disposable(openDecoders({ ...settings, count: 2, deadlineMs: 1_000, program: hangsOn('slow') }))
    await pool.ready()
    const order: string[] = []
    const print = async (text: string) => {
      const end = await pool.print(Buffer.from(text))
      order.push(`${text}: ${end.kind === 'unscannable' ? end.why : end.kind}`)
    }
    // The third and fourth are held ahead by the two decoders, one of which hangs.
    await Promise.all(['slow', 'one', 'two', 'three'].map(print))
    expect(order.at(-1)).toBe('slow: too_slow')
    expect(order.slice(0, -1).sort()).toEqual(['one', 'three', 'two'].map((text) => `${text}: nothing_decodes`))
  })

  it('once it was called back leaves its decoder free for a large one, which waits behind nobody', async () => {
    // Called back from the decoder that works on `mid`, `slow` hangs in the other one. Then `mid` ends.
    const program = decoderThat(`const text = bytes.toString('latin1', 0, 5)
      const until = Date.now() + ({ quick: 100, mid: 500 })[text]
      while (Date.now() < until);
      if (text === 'mid') globalThis.isFast = true
      if (text === 'slow' && !globalThis.isFast) for (;;);`)
    await using pool = disposable(openDecoders({ ...settings, count: 2, deadlineMs: 3_000, program }))
    await pool.ready()
    const order: string[] = []
    const print = async (name: string, bytes = Buffer.from(name)) => {
      await pool.print(bytes)
      order.push(name)
    }
    const all = [print('mid'), print('quick'), print('slow')]
    await all[1]
    await Promise.all([...all, print('large', Buffer.alloc(17 * 2 ** 20))])
    expect(order).toEqual(['quick', 'mid', 'large', 'slow'])
  })

  it('is not dropped by a decoder that claims somebody asked it to', async () => {
    const program = decoderThat(`process.send([{ kind: 'forgotten' }])`)
    await using pool = disposable(openDecoders({ ...settings, count: 1, program }))
    expect(await pool.print(Buffer.from('x'))).toMatchObject({ why: 'decoder_crashed' })
  })
})

describe('what an image was before it went wrong', () => {
  it('is known: the frames before a crash come with it', async () => {
    const [frame] = (await decodeAll(await encode(drawPicture(1), 'png'))).frames
    const { commandLine, fullResolution, dihedral, ...rest } = pictureOf(frame ?? expect.fail())
    const hashed = ({ hash, quality }: { hash: Uint8Array; quality: number }) =>
      `{ hash: new Uint8Array(${JSON.stringify([...hash])}), quality: ${quality} }`
    const turns = Object.entries(dihedral).map(
      ([turn, hash]) => `${turn}: new Uint8Array(${JSON.stringify([...hash])})`,
    )
    const picture = `{ ...${JSON.stringify(rest)}, commandLine: ${hashed(commandLine)},
      fullResolution: ${hashed(fullResolution)}, dihedral: { ${turns.join()} } }`
    const program = decoderThat(
      `return process.send([{ kind: 'picture', picture: ${picture} }], () => process.kill(process.pid, 'SIGSEGV'))`,
    )
    await using pool = disposable(openDecoders({ ...settings, count: 1, program }))
    expect(await pool.print(Buffer.from('x'))).toMatchObject({
      kind: 'unscannable',
      why: 'decoder_crashed',
      print: { digests: digestsOf(Buffer.from('x')), pictures: [{ index: 0, width: 512 }] },
    })
  })
})

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
    const log = { ...quiet, error: (_fields: unknown, words: string) => told.push(words) }
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

/** Decoders that read images so far as to die, or to hang, of one kind of them. */
function crashesOn(text: string): string {
  return decoderThat(`if (bytes.toString() === ${JSON.stringify(text)}) process.kill(process.pid, 'SIGSEGV')`)
}

function hangsOn(text: string): string {
  return decoderThat(`if (bytes.toString() === ${JSON.stringify(text)}) for (;;);`)
}

/**
 * It says that it begins, does `act` with the \`bytes\` of each image, and if that leaves it alive says that nothing decodes
 * and does `after`. `before` comes before it begins.
 */
function decoderThat(act: string, { before = '', after = '' } = {}): string {
  const file = join(mkdtempSync(join(tmpdir(), 'wardline-decoder-')), 'decoder.mjs')
  const digests = JSON.stringify({ md5: '0'.repeat(32), sha1: '0'.repeat(40), sha256: '0'.repeat(64) })
  writeFileSync(
    file,
    `import { readSync } from 'node:fs'
     process.on('disconnect', () => process.exit())
     process.on('message', ({ kind, sizeBytes }) => {
       if (kind === 'forget') return
       const bytes = Buffer.alloc(sizeBytes)
       for (let at = 0; at < sizeBytes; ) at += readSync(4, bytes, at, sizeBytes - at, null)
       ${before}
       process.send([{ kind: 'begun' }])
       ${act}
       process.send([{ kind: 'digests', digests: ${digests} }, { kind: 'undecodable', why: 'nothing_decodes' }])
       ${after}
     })
     process.send([{ kind: 'ready' }])`,
  )
  return file
}

/** Hashes come through the pipe as plain bytes, Buffers before: compare them as text. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, each) => (each?.type === 'Buffer' ? each.data : bytesOf(each))))
}

function bytesOf(value: unknown): unknown {
  return value instanceof Uint8Array ? [...value] : value
}

function disposable<T extends { close(): Promise<void> }>(pool: T): T & AsyncDisposable {
  return { ...pool, [Symbol.asyncDispose]: () => pool.close() }
}
