import { drawPicture, encode, spoiled } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { sniff } from './extract.ts'

describe('the kind of a file', () => {
  it.each(['jpeg', 'png', 'gif', 'webp', 'avif', 'tiff'] as const)('is told from its bytes: %s', async (type) => {
    expect(sniff(await encode(drawPicture(1, { width: 32, height: 32 }), type))).toEqual({ kind: 'image', type })
  })

  it.each([
    ['svg', spoiled.svg()],
    ['svg', Buffer.from('\uFEFF<?xml version="1.0"?>\n<!-- hello -->\n<svg xmlns="http://www.w3.org/2000/svg"/>')],
    ['svg', Buffer.from('\uFEFF<svg xmlns="http://www.w3.org/2000/svg"/>', 'utf16le')],
    ['heic', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')],
    ['jxl', Buffer.from([0xff, 0x0a, 0, 0])],
    ['bmp', Buffer.from('BM\x36\0\0\0\0\0\0\0\x36\0\0\0', 'latin1')],
    ['pdf', Buffer.from('%PDF-1.4\n1 0 obj')],
  ])('is refused where it is not decoded: %s', (type, bytes) => {
    expect(sniff(bytes)).toEqual({ kind: 'unsupported', type })
  })

  it.each([
    ['nothing', spoiled.empty()],
    ['words', spoiled.textAsJpeg()],
    ['a page about <svg>', Buffer.from('Here is how to write <svg> in a page.')],
    ['an ftyp box without end', Buffer.from('\0\0\0\0ftyp', 'latin1')],
    ['a film', Buffer.from('\0\0\0\x18ftypmp42\0\0\0\0mp42isom', 'latin1')],
  ])('is unknown for %s', (_name, bytes) => expect(sniff(bytes)).toEqual({ kind: 'unknown' }))
})
