import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { drawPicture, encode, encodeFilm, spoiled } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { type Album, listen, openAlbum } from '../offline/testing.ts'
import { hash } from './hash.ts'

const vectors = fileURLToPath(new URL('../../../libs/pdq/vectors', import.meta.url))

describe('wardline hash', () => {
  it('prints what the reference gives, one JSON object a line, keys in the promised order', async () => {
    const expected: Vector[] = JSON.parse(readFileSync(`${vectors}/expected.json`, 'utf8'))
    const terminal = listen()
    expect(
      await hash(
        expected.map(({ file }) => `${vectors}/${file}`),
        { json: true },
        terminal,
      ),
    ).toBe(0)
    const lines = terminal.outs.map((line) => JSON.parse(line))
    expect(lines.map(({ file, sha256, pictures: [picture] }) => ({ file, sha256, picture }))).toEqual(
      expected.map((vector) => ({
        file: `${vectors}/${vector.file}`,
        sha256: vector.fileSha256,
        picture: {
          index: 0,
          width: vector.width,
          height: vector.height,
          pdq: vector.hash,
          quality: vector.quality,
          pdqFullResolution: vector.fullResolution.hash,
          dihedral: vector.dihedral,
        },
      })),
    )
    expect(Object.keys(lines[0])).toEqual(['file', 'sha256', 'sha1', 'md5', 'pictures'])
    expect(Object.keys(lines[0].pictures[0])).toEqual([
      'index',
      'width',
      'height',
      'pdq',
      'quality',
      'pdqFullResolution',
      'dihedral',
    ])
  })

  it('gives a file that cannot be read a line of its own, in its place, and ends with 2', async () => {
    using album: Album = openAlbum()
    const good = album.write('good.png', await encode(drawPicture(1), 'png'))
    const bad = {
      not_found: album.at('nowhere.png'),
      not_a_file: album.at(),
      empty: album.write('empty.png', spoiled.empty()),
      not_an_image: album.write('words.jpg', spoiled.textAsJpeg()),
      unsupported_type: album.write('drawing.svg', spoiled.svg()),
      too_many_pixels: album.write('bomb.png', spoiled.bombPng()),
      nothing_decodes: album.write('zero.png', spoiled.zeroPng()),
    }
    const terminal = listen()
    expect(await hash([...Object.values(bad), good], { json: true }, terminal)).toBe(2)
    const lines = terminal.outs.map((line) => JSON.parse(line))
    expect(lines.slice(0, -1)).toEqual(
      Object.entries(bad).map(([code, file]) => ({ file, error: { code, detail: expect.any(String) } })),
    )
    expect(lines.at(-1)).toMatchObject({ file: good, pictures: [{ width: 512 }] })
  })

  it('gives every frame of an animation, and ends with 2 if it could not read them all', async () => {
    using album: Album = openAlbum()
    const size = { width: 64, height: 48 }
    const frames = [1, 2, 1, 3].map((seed) => drawPicture(seed, size))
    const whole = album.write('whole.gif', await encodeFilm(frames, 'gif'))
    const terminal = listen()
    expect(await hash([whole], { json: true }, terminal)).toBe(0)
    expect(JSON.parse(terminal.outs[0] ?? '').pictures.map(({ index }: { index: number }) => index)).toEqual([0, 1, 3])
    // The first page's directory leads out of the file: pages that were there cannot be read.
    const damaged = await encodeFilm(frames.slice(0, 2), 'tiff')
    const directory = damaged.readUInt32LE(4)
    damaged.writeUInt32LE(damaged.length * 2, directory + 2 + 12 * damaged.readUInt16LE(directory))
    const part = album.write('part.tiff', damaged)
    expect(await hash([part], { json: true }, terminal)).toBe(2)
    const error = { code: 'unread_frames', detail: expect.any(String) }
    expect(JSON.parse(terminal.outs[1] ?? '')).toMatchObject({ file: part, pictures: [{ index: 0 }], error })
    expect(await hash([part], {}, terminal)).toBe(2)
    expect(terminal.outs.at(-1)).toContain('picture 0  64 x 48')
    expect(terminal.errs.at(-1)).toContain('some of its frames or pages cannot be decoded')
  })

  it('speaks in words without --json', async () => {
    using album: Album = openAlbum()
    const good = album.write('good.png', await encode(drawPicture(1), 'png'))
    const terminal = listen()
    expect(await hash([good, album.at('nowhere.png')], {}, terminal)).toBe(2)
    expect(terminal.outs.join('\n')).toContain('512 x 384, quality 100 of 100')
    expect(terminal.errs).toEqual([`${album.at('nowhere.png')}: there is no such file`])
  })
})

interface Vector {
  readonly file: string
  readonly fileSha256: string
  readonly width: number
  readonly height: number
  readonly hash: string
  readonly quality: number
  readonly dihedral: Readonly<Record<string, string>>
  readonly fullResolution: { readonly hash: string }
}
