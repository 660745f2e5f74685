import { Fault } from '@wardline/server/base'
import { describe, expect, it } from 'vitest'
import type { Opened } from './opening.ts'
import { sent } from './sent.ts'
import { openAlbum } from './testing.ts'

const opened: Uint8Array[] = []
const river = (answer: () => Opened) => ({
  open: async ({ bytes }: { readonly bytes: Uint8Array }) => {
    opened.push(bytes)
    return answer()
  },
  close: async () => {},
})

describe('a hit is sent', () => {
  it('as the bytes that were looked at, and not where others lie there now, or none', async () => {
    using album = openAlbum()
    const path = album.write('one.png', 'bytes')
    const sha256 = album.sha256('one.png')
    const held = river(() => ({ kind: 'held', caseNumber: 7 }))
    expect(await sent(held, path, sha256)).toEqual({ kind: 'held', caseNumber: 7 })
    expect(opened.map((bytes) => Buffer.from(bytes).toString())).toEqual(['bytes'])
    album.write('one.png', 'other bytes')
    expect(await sent(held, path, sha256)).toEqual({
      kind: 'not_held',
      why: 'the file was changed while it was looked at; scan it again',
    })
    expect(await sent(held, album.at('gone.png'), sha256)).toEqual({
      kind: 'not_held',
      why: 'the file could not be read again: there is no such file',
    })
    expect(opened).toHaveLength(1)
  })

  it('and where the river does not take it, in the words of its fault', async () => {
    using album = openAlbum()
    const path = album.write('one.png', 'bytes')
    const full = river(() => {
      throw new Fault('vault_full', 'the disk is full', { retry: 'later' })
    })
    expect(await sent(full, path, album.sha256('one.png'))).toEqual({ kind: 'not_held', why: 'the disk is full' })
  })
})
