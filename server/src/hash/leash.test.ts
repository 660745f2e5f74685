// How short the leash of a decoder is: time, memory, and what it may say.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it, vi } from 'vitest'
import { roomy } from '../extract/testing.ts'
import { type Decoder, openDecoder } from './decoder.ts'
import { digestsOf } from './digests.ts'
import { inlet } from './testing/programs.ts'

const leash = { ...roomy, deadlineMs: 60_000, memoryMb: 2048 }
const full = { fast: false }

describe('an image that costs its decoder the life is unscannable, and its digests come all the same:', () => {
  const image = encode(drawPicture(1, { width: 1600, height: 1200 }), 'jpeg')

  it('one that takes too long', async () => {
    const decoder = await started({ ...leash, deadlineMs: 1 })
    expect(await decoder.print(await image, full)).toEqual(unscannable('too_slow', await image))
    await decoder.gone
    expect(decoder.fit()).toBe(false)
  })

  it('one that takes too much memory', async () => {
    const decoder = await started({ ...leash, memoryMb: 30 })
    expect(await decoder.print(await image, full)).toEqual(unscannable('too_much_memory', await image))
  })

  it('one that takes too much memory, also after the clock was set back', { timeout: 60_000 }, async () => {
    const grows = `globalThis.seen = (globalThis.seen ?? 0) + 1; ${begun}
      if (seen === 1) setTimeout(() => process.send([{ kind: 'digests', digests: ${JSON.stringify(digestsOf(new Uint8Array(1)))} },
        { kind: 'undecodable', why: 'not_an_image' }]), 200)
      else globalThis.kept = Buffer.alloc(500_000_000, 1)`
    const decoder = openDecoder({ ...leash, deadlineMs: 20_000, memoryMb: 400 }, program(onImage(grows)))
    await decoder.ready
    expect(await decoder.print(Buffer.of(1), full)).toMatchObject({ why: 'not_an_image' })
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 })
    try {
      expect(await decoder.print(Buffer.of(2), full)).toMatchObject({ why: 'too_much_memory' })
    } finally {
      vi.useRealTimers()
    }
  })

  it('one that crashes it', async () => {
    const decoder = openDecoder(leash, program(onImage(`${begun}; process.kill(process.pid, 'SIGSEGV')`)))
    await decoder.ready
    expect(await decoder.print(await image, full)).toEqual(unscannable('decoder_crashed', await image))
  })

  it.each([
    ['answers with something else', `process.send([{ kind: 'picture', picture: { pixels: 'all of them' } }])`],
    ['answers before it knows the digests', `process.send([{ kind: 'undecodable', why: 'empty' }])`],
    ['begins it twice', begun],
    [
      'answers with a hash of another length',
      `process.send([{ kind: 'digests', digests: { md5: '', sha1: '', sha256: '' } }])`,
    ],
  ])('one that takes the decoder over, so that it %s', async (_name, act) => {
    const decoder = openDecoder(leash, program(onImage(`${begun}; ${act}`)))
    await decoder.ready
    expect(await decoder.print(await image, full)).toEqual(unscannable('decoder_crashed', await image))
    await decoder.gone
  })
})

describe('an image whose turn has come in a decoder that ends without having begun it is not blamed, though', () => {
  const image = Buffer.from('an image')

  it.each([
    ['the decoder dies', `process.kill(process.pid, 'SIGSEGV')`],
    ['the decoder answers all the same', `process.send([{ kind: 'undecodable', why: 'empty' }])`],
    ['the decoder says that somebody asked it to drop it', `process.send([{ kind: 'forgotten' }])`],
  ])('%s', async (_name, act) => {
    const decoder = openDecoder(leash, program(onImage(act)))
    await decoder.ready
    expect(await decoder.print(image, full)).toBe('unbegun')
    expect(decoder.fit()).toBe(false)
  })
})

async function started(settings = leash): Promise<Decoder> {
  const decoder = openDecoder(settings)
  await decoder.ready
  return decoder
}

const begun = `process.send([{ kind: 'begun' }])`

/** The program of a decoder that is ready, and does `act` when it is told of an image. */
function onImage(act: string): string {
  return `import { openInlet } from ${JSON.stringify(inlet)}
    openInlet(() => { ${act} }, () => process.exit())
    process.send([{ kind: 'ready' }])`
}

function unscannable(why: string, bytes: Uint8Array) {
  return { kind: 'unscannable', why, print: { digests: digestsOf(bytes), pictures: [] } }
}

function program(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'wardline-decoder-')), 'decoder.mjs')
  writeFileSync(file, text)
  return file
}
