// Files that decoders open themselves, on a disk that may be full of anything.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawPicture, encode, spoiled } from '@wardline/sandbox'
import { afterAll, describe, expect, it } from 'vitest'
import { digestsOf } from './digests.ts'
import { openDecoders } from './hash.ts'
import { decoderThat, disposable, settings } from './testing/programs.ts'

const folder = mkdtempSync(join(tmpdir(), 'wardline-files-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const at = (name: string) => join(folder, name)
const fileOf = (name: string, content?: Uint8Array) => {
  if (content) writeFileSync(at(name), content)
  return { path: at(name), sizeBytes: content?.byteLength ?? 0, mostBytes: 1_000_000 }
}

describe('a file', () => {
  const pool = openDecoders({ ...settings, count: 2 })
  afterAll(() => pool.close())

  it('gives what its bytes give', async () => {
    for (const format of ['jpeg', 'png', 'webp', 'gif'] as const) {
      const bytes = await encode(drawPicture(3), format)
      expect(await pool.printFile(fileOf(`one.${format}`, bytes))).toEqual(await pool.print(bytes))
    }
  })

  it('that is of a kind which is not decoded, or is damaged, gives its digests', async () => {
    for (const bytes of [spoiled.svg(), await spoiled.corruptJpeg()])
      expect(await pool.printFile(fileOf('odd', bytes))).toEqual(await pool.print(bytes))
  })

  it.each<[string, string, () => void]>([
    ['no_image', 'is a text', () => writeFileSync(at('it'), 'words, and no picture')],
    ['no_image', 'is empty', () => writeFileSync(at('it'), '')],
    ['no_image', 'is a PDF', () => writeFileSync(at('it'), '%PDF-1.7')],
    ['not_a_file', 'is a folder', () => mkdirSync(at('it'))],
    ['not_a_file', 'is a pipe that nobody writes into', () => execFileSync('sh', ['-c', 'mkfifo "$0"', at('it')])],
    ['not_a_file', 'is a device without end', () => symlinkSync('/dev/zero', at('it'))],
    ['too_large', 'is larger than was allowed', () => writeFileSync(at('it'), Buffer.alloc(1_000_001, 0xff))],
    ['ENOENT', 'is gone', () => {}],
    ['ELOOP', 'is a link to itself', () => symlinkSync(at('it'), at('it'))],
  ])('is not opened, and %s says why, where it %s', async (why, _words, make) => {
    rmSync(at('it'), { recursive: true, force: true })
    make()
    expect(await pool.printFile(fileOf('it'))).toEqual({ kind: 'unopened', why })
  })
})

describe('when a decoder dies of a file', () => {
  const readsFile = (act: string) =>
    decoderThat('', { before: `if (kind === 'file') { process.send([{ kind: 'begun' }]); ${act} }` })

  it('its digests come all the same', async () => {
    const bytes = Buffer.from('bad')
    const program = readsFile(`return process.kill(process.pid, 'SIGSEGV')`)
    await using pool = disposable(openDecoders({ ...settings, count: 1, program }))
    // Only what looks like an image is read a second time; it was taken for one, and is not passed over.
    expect(await pool.printFile(fileOf('text', bytes))).toEqual({ kind: 'unopened', why: 'changed' })
    const image = await encode(drawPicture(1), 'png')
    expect(await pool.printFile(fileOf('image', image))).toEqual({
      kind: 'unscannable',
      why: 'decoder_crashed',
      print: { digests: digestsOf(image), pictures: [] },
    })
  })
})

it('a file whose bytes do not come is too slow for us, and no decoder crashed of it', async () => {
  const program = decoderThat('', { before: `if (kind === 'file') for (;;);` })
  await using pool = disposable(openDecoders({ ...settings, count: 1, deadlineMs: 300, program }))
  const file = fileOf('slow', await encode(drawPicture(1), 'png'))
  expect(await pool.printFile(file)).toEqual({ kind: 'unopened', why: 'too_slow' })
  expect(await pool.print(Buffer.from('x'))).toMatchObject({ why: 'nothing_decodes' })
})

it('a decoder that says of bytes that it could not open them is not ours any more', async () => {
  const program = decoderThat('', { before: `return process.send([{ kind: 'unopened', why: 'ENOENT' }])` })
  await using pool = disposable(openDecoders({ ...settings, count: 1, program }))
  expect(await pool.print(Buffer.from('x'))).toMatchObject({ why: 'decoder_crashed' })
})
