// Who is to blame when a decoder dies: the image it had begun, and nobody else.
import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { decodeAll } from '../extract/testing.ts'
import { digestsOf } from './digests.ts'
import { openDecoders } from './hash.ts'
import { pictureOf } from './print.ts'
import { crashesOn, decoderThat, disposable, hangsOn, settings } from './testing/programs.ts'

describe('when an image kills its decoder', () => {
  it('only that image is lost: the next ones, waiting and new, are hashed by a new decoder', async () => {
    const warned: unknown[] = []
    const log = { ...settings.log, warn: (fields: unknown) => warned.push(fields) }
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
    const log = { ...settings.log, warn: (_fields: unknown, words: string) => warned.push(words) }
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
    const log = { ...settings.log, warn: (fields: unknown, words: string) => warned.push([fields, words]) }
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
