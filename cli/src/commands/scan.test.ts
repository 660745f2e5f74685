import { rmSync } from 'node:fs'
import { pdq, toHex } from '@wardline/pdq'
import { drawPicture, encodeFilm } from '@wardline/sandbox'
import { Fault } from '@wardline/server/base'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pace } from '../offline/progress.ts'
import { fill, type Heard, listen, openAlbum } from '../offline/testing.ts'
import { type Opened, scan, scanCommand } from './scan.ts'

const one = drawPicture(1)
const likeOne = toHex(pdq({ data: one.pixels, width: one.width, height: one.height, channels: 3 }).hash)
const row = (change: object) =>
  JSON.stringify({ source: 'us', entryId: 'e1', algorithm: 'pdq', value: likeOne, ...change })

describe('wardline scan', () => {
  const album = openAlbum()
  beforeAll(() => fill(album))
  afterAll(() => album[Symbol.dispose]())
  const list = (name: string, ...rows: string[]) => album.write(name, rows.join('\n'))
  const lines = ({ outs }: Heard) => outs.map((line) => JSON.parse(line))

  it('finds known files and pictures like known ones, once each, names list and class, and ends with 1', async () => {
    const file = list(
      'known.jsonl',
      row({ class: 'test' }),
      row({ algorithm: 'sha256', value: album.sha256('a/sub/two.webp'), entryId: 'e2' }),
    )
    const terminal = listen()
    expect(await scan([album.at('a')], { list: [file], listClass: 'csam', json: true }, terminal)).toBe(1)
    const like = {
      class: 'test',
      list: 'known.jsonl',
      source: 'us',
      entryId: 'e1',
      algorithm: 'pdq',
      distanceBits: expect.any(Number),
      pictureIndex: 0,
    }
    const exact = { ...like, class: 'csam', entryId: 'e2', algorithm: 'sha256', distanceBits: 0, pictureIndex: null }
    expect(lines(terminal)).toEqual([
      { file: album.at('a/one-smaller.jpg'), hits: [like] },
      { file: album.at('a/one.png'), hits: [like] },
      { file: album.at('a/sub/two.webp'), hits: [exact] },
      {
        summary: {
          images: 4,
          hits: 3,
          failures: 0,
          notImages: 2,
          folderLinks: 1,
          skippedRows: 0,
          likenesses: 2,
          entries: 2,
        },
      },
    ])
    expect(terminal.errs).toEqual([])
  })

  it('says so in words, with what to do next, and never shows a value', async () => {
    const file = list(
      'known.jsonl',
      row({}),
      row({ entryId: 'e2', algorithm: 'sha256', value: album.sha256('a/sub/two.webp') }),
    )
    const terminal = listen()
    expect(await scan([album.at('a')], { list: [file] }, terminal)).toBe(1)
    const said = [...terminal.outs, ...terminal.errs].join('\n')
    expect(said).toContain(`HIT  ${album.at('a/sub/two.webp')}  class test, list known.jsonl, sha256, exact`)
    expect(said).toContain('4 images compared with 2 list entries: 3 hits.')
    expect(said).toContain('Next: send them to your Wardline server')
    expect(said).not.toMatch(/[0-9a-f]{16}/)
  })

  it('finds a picture behind the first frame, and calls nothing clear of which it saw only a part', async () => {
    using films = openAlbum()
    const known = list('known.jsonl', row({}))
    films.write('found.webp', await encodeFilm([drawPicture(2), drawPicture(3), drawPicture(1)], 'webp'))
    const found = listen()
    expect(await scan([films.at('found.webp')], { list: [known], json: true }, found)).toBe(1)
    expect(lines(found)[0]).toMatchObject({ hits: [{ entryId: 'e1', pictureIndex: 2 }] })
    const cut = await encodeFilm([drawPicture(2), drawPicture(1)], 'tiff')
    const directory = cut.readUInt32LE(4)
    cut.writeUInt32LE(cut.length * 2, directory + 2 + 12 * cut.readUInt16LE(directory))
    films.write('part.tiff', cut)
    const part = listen()
    expect(await scan([films.at('part.tiff')], { list: [known], json: true }, part)).toBe(2)
    expect(lines(part)[0]).toMatchObject({ file: films.at('part.tiff'), error: { code: 'unread_frames' } })
  })

  it('ends with 0 when nothing is found, and with 2 when a path or image could not be read', async () => {
    const file = list('others.csv', 'source,entryId,algorithm,value', `us,e1,md5,${'ab'.repeat(16)}`)
    expect(await scan([album.at('a')], { list: [file] }, listen())).toBe(0)
    const terminal = listen()
    expect(await scan([album.at('a/one.png'), album.at('nowhere')], { list: [file] }, terminal)).toBe(2)
    expect(terminal.errs).toEqual([`not read  ${album.at('nowhere')}: there is no such file`])
    expect(
      await scan([album.write('bad.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 1, 2]))], { list: [file] }, listen()),
    ).toBe(2)
  })

  it('passes over what is no image in a folder, and does not where that very file was named', async () => {
    using place = openAlbum()
    const notes = place.write('notes.txt', Buffer.from('words, and no picture'))
    const file = list('others.csv', 'source,entryId,algorithm,value', `us,e1,md5,${'ab'.repeat(16)}`)
    expect(await scan([place.at('.')], { list: [file] }, listen())).toBe(0)
    const terminal = listen()
    expect(await scan([notes], { list: [file] }, terminal)).toBe(2)
    expect(terminal.errs).toEqual([`not read  ${notes}: it is not an image`])
  })

  it('finds by digest even what does not decode', async () => {
    const broken = album.write('broken.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 3, 4]))
    const file = list('broken.jsonl', row({ algorithm: 'sha256', value: album.sha256('broken.jpg') }))
    expect(await scan([broken], { list: [file] }, listen())).toBe(1)
  })

  it('takes several lists, a radius, and a class for them', async () => {
    const known = list('known.jsonl', row({}))
    const more = list('more.jsonl', row({ algorithm: 'sha256', value: album.sha256('a/sub/two.webp') }))
    const terminal = listen()
    const options = { list: [known, more], listClass: 'exploitative', json: true } as const
    expect(await scan([album.at('a')], options, terminal)).toBe(1)
    expect(lines(terminal).slice(0, -1)).toMatchObject([
      { file: album.at('a/one-smaller.jpg'), hits: [{ class: 'exploitative', list: 'known.jsonl' }] },
      { file: album.at('a/one.png'), hits: [{ class: 'exploitative', list: 'known.jsonl' }] },
      { file: album.at('a/sub/two.webp'), hits: [{ class: 'exploitative', list: 'more.jsonl' }] },
    ])
    expect(await scan([album.at('a/one.png')], { list: [known], radius: 0 }, listen())).toBe(1)
    const smaller = listen()
    await scan([album.at('a/one-smaller.jpg')], { list: [known], json: true }, smaller)
    const bits = lines(smaller)[0].hits[0].distanceBits
    expect(await scan([album.at('a/one-smaller.jpg')], { list: [known], radius: bits }, listen())).toBe(1)
    expect(await scan([album.at('a/one-smaller.jpg')], { list: [known], radius: bits - 1 }, listen())).toBe(0)
  })

  it('names the odd rows of a list by line and goes on with the others', async () => {
    const file = list('half.jsonl', row({ value: 'c0ffee' }), row({}))
    const terminal = listen()
    expect(await scan([album.at('a/one.png')], { list: [file] }, terminal)).toBe(1)
    expect(terminal.errs).toEqual([
      `${file}, line 1: the value has 6 digits, and pdq has 64`,
      `1 row of ${file} skipped, 1 taken`,
    ])
  })

  it('takes no row of a class that an import would refuse, and does not end as though nothing were wrong', async () => {
    const value = 'ab'.repeat(16)
    const file = list('mixed.jsonl', row({ algorithm: 'md5', value }), row({ class: 'csam' }))
    const terminal = listen()
    expect(await scan([album.at('a/one.png')], { list: [file] }, terminal)).toBe(2)
    expect(terminal.errs[0]).toBe(`${file}, line 2: the class is none that a row may bear on a list of class test`)
    expect(terminal.outs.join('\n')).toContain('1 list row could not be used (named above).')
    expect(terminal.outs.join('\n')).not.toContain('there is nothing to do')
    const csam = listen()
    expect(await scan([album.at('a/one.png')], { list: [file], listClass: 'csam' }, csam)).toBe(1)
    expect(csam.errs).toEqual([])
  })

  it.each([
    ['is not there', undefined, 'there is no such file'],
    ['holds nothing', '', 'none of its 0 rows is an entry'],
    [
      'holds only odd rows',
      '{}',
      'none of its 1 row is an entry (line 1: the source is missing or is not a short text)',
    ],
  ])('does not pretend to have looked when a list %s', async (_name, content, why) => {
    const file = album.at('odd.jsonl')
    if (content === undefined) rmSync(file, { force: true })
    else album.write('odd.jsonl', content)
    const terminal = listen()
    expect(await scan([album.at('a')], { list: [file] }, terminal)).toBe(2)
    expect(terminal).toMatchObject({ outs: [], errs: [`the list ${file} cannot be used: ${why}`] })
  })

  it('has a flag to open cases only where there is a river to open them in', async () => {
    const flags = (command: ReturnType<typeof scanCommand>) => command.options.map(({ long }) => long)
    expect(flags(scanCommand())).not.toContain('--open-cases')
    expect(flags(scanCommand(async () => ({ open: async () => ({ kind: 'held' }), close: async () => {} })))).toContain(
      '--open-cases',
    )
  })

  it('with that flag sends each hit down the river, and one that is not taken ends nothing', async () => {
    const file = list('known.jsonl', row({}), row({ algorithm: 'sha256', value: album.sha256('a/sub/two.webp') }))
    const sent: string[] = []
    let closed = 0
    const river = async () => ({
      open: async ({ path, bytes }: { path: string; bytes: Uint8Array }): Promise<Opened> => {
        sent.push(`${path} ${bytes.byteLength > 1000}`)
        if (path.endsWith('.png')) throw new Fault('vault_full', 'the disk is full', { retry: 'later' })
        return path.endsWith('.webp')
          ? { kind: 'not_held', why: 'the server has other lists' }
          : { kind: 'held', caseNumber: 7 }
      },
      close: async () => {
        closed += 1
      },
    })
    const terminal = listen()
    expect(await scan([album.at('a')], { list: [file], openCases: true }, terminal, river)).toBe(1)
    expect(sent).toEqual(['one-smaller.jpg', 'one.png', 'sub/two.webp'].map((name) => `${album.at('a', name)} true`))
    const hits = terminal.outs.filter((line) => line.startsWith('HIT')).map((line) => line.split('  -> ')[1])
    expect(hits).toEqual(['case 7', 'no case: the disk is full', 'no case: the server has other lists'])
    expect(terminal.outs.join('\n')).toContain('1 of 3 hits became cases')
    expect(closed).toBe(1)
  })
})

it('the time left goes by bytes', () => {
  expect(pace(0, 0, 100)).toEqual({ speed: '0.0', left: '?' })
  expect(pace(50_000_000, 10_000, 250_000_000)).toEqual({ speed: '5.0', left: '00:00:40' })
})
