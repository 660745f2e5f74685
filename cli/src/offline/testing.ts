// For tests: a terminal that remembers, and a folder of drawn pictures and bad neighbours.
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { drawPicture, encode, resize, spoiled } from '@wardline/sandbox'
import type { Terminal } from './terminal.ts'

export interface Heard extends Terminal {
  readonly outs: string[]
  readonly errs: string[]
}

export function listen(): Heard {
  const [outs, errs]: [string[], string[]] = [[], []]
  return { outs, errs, out: (line) => void outs.push(line), err: (line) => void errs.push(line), bar: undefined }
}

export interface Album extends Disposable {
  at(...names: string[]): string
  write(name: string, content: string | Uint8Array): string
  /** Of a file that was written. */
  sha256(name: string): string
}

export function openAlbum(): Album {
  const folder = mkdtempSync(join(tmpdir(), 'wardline-album-'))
  const digests = new Map<string, string>()
  const at = (...names: string[]) => join(folder, ...names)
  return {
    at,
    write: (name, content) => {
      mkdirSync(join(folder, name, '..'), { recursive: true })
      writeFileSync(at(name), content)
      digests.set(name, createHash('sha256').update(content).digest('hex'))
      return at(name)
    },
    sha256: (name) => digests.get(name) ?? '',
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Two pictures, one of them again smaller and re-encoded, one more in a sub-folder, and what else lies on disks. */
export async function fill(album: Album): Promise<void> {
  album.write('a/one.png', await encode(drawPicture(1), 'png'))
  album.write('a/one-smaller.jpg', await encode(await resize(drawPicture(1), 400, 300), 'jpeg', { quality: 70 }))
  album.write('a/sub/two.webp', await encode(drawPicture(2), 'webp'))
  album.write('a/other.gif', await encode(drawPicture(3), 'gif'))
  album.write('a/notes.txt', spoiled.textAsJpeg())
  album.write('a/nothing.jpg', spoiled.empty())
  symlinkSync(album.at('a'), album.at('a/sub/round'))
  // Who reads this never comes to an end.
  symlinkSync('/dev/zero', album.at('a/device'))
}
