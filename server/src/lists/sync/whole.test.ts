// A list that lies in files: what is no list empties none, and a long one holds nobody up.
import { appendFile, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { systemClock } from '#base'
import { emptyDatabases } from '../../db/testing.ts'
import { readEntries } from '../changes.ts'
import { listRejected } from './store-rejected.ts'
import { HastyClock, openSyncWorld } from './testing.ts'

const value = (at: number) => (at + 1).toString(16).padStart(8, '0').repeat(5)
const lines = (from: number, to: number) =>
  `${Array.from({ length: to - from }, (_, at) => value(from + at)).join('\n')}\n`

describe.each(emptyDatabases)('a list of files on %s', (_kind, empty) => {
  async function open() {
    const folder = await mkdtemp(join(tmpdir(), 'wardline-whole-'))
    const origin = { kind: 'file', path: folder, format: undefined, algorithm: undefined, source: 'us' } as const
    const world = await openSyncWorld(await empty(), origin, new HastyClock())
    let ageSeconds = 9000
    /** Written long ago, as far as anybody can tell. */
    const settle = async (name: string) => {
      ageSeconds -= 10
      const then = systemClock.now() / 1000 - ageSeconds
      await utimes(join(folder, name), then, then)
    }
    return {
      world,
      folder,
      write: async (name: string, text: string) => {
        await writeFile(join(folder, name), text)
        await settle(name)
      },
      settle,
      [Symbol.asyncDispose]: async () => {
        await world[Symbol.asyncDispose]()
        await rm(folder, { recursive: true, force: true })
      },
    }
  }

  it.each([
    ['is empty', ''],
    ['holds something else', 'good day\nand good night\n'],
    ['holds remarks only', '# nothing\n'],
  ])('keeps what it has when its file %s', async (_what, text) => {
    await using it = await open()
    await it.write('a.txt', lines(0, 20))
    await it.world.sync()
    await it.write('a.txt', text)
    for (let round = 0; round < 2; round += 1) await expect(it.world.sync()).rejects.toMatchObject({ code: 'file_odd' })
    await expect(it.world.sync({ anew: true })).rejects.toMatchObject({ code: 'file_odd' })
    expect((await it.world.state()).size).toBe(20)
    expect((await it.world.standing()).trouble).toContain('stays as it was')
    await it.write('a.txt', lines(0, 21))
    await it.world.sync()
    expect((await it.world.state()).size).toBe(21)
  })

  it('keeps what it has when one of its files holds nothing any more, unless a person says so', async () => {
    await using it = await open()
    await it.write('a.txt', lines(0, 20))
    await it.write('b.txt', lines(20, 23))
    await it.world.sync()
    await it.write('b.txt', 'good day\n')
    for (let round = 0; round < 2; round += 1)
      await expect(it.world.sync()).rejects.toMatchObject({ code: 'list_shrinks' })
    expect((await it.world.standing()).trouble).toMatch(/^list file 2 of 2 .*--anew/)
    expect((await it.world.state()).size).toBe(23)
    await it.world.sync({ anew: true })
    expect((await it.world.state()).size).toBe(20)
    await it.world.sync()
    // A file that is taken away takes its entries with it, and one that never held any does no harm.
    await it.write('c.txt', '')
    await it.world.sync()
  })

  it('keeps what it has when more than half of it would go, unless a person says so', async () => {
    await using it = await open()
    await it.write('a.txt', lines(0, 20))
    await it.world.sync()
    await it.write('a.txt', lines(11, 40))
    await expect(it.world.sync()).rejects.toMatchObject({ code: 'list_shrinks' })
    expect((await it.world.standing()).trouble).toMatch(/^11 of its 20 entries .*--anew/)
    expect((await it.world.state()).size).toBe(20)
    await it.write('a.txt', lines(10, 40))
    await it.world.sync()
    expect((await it.world.state()).size).toBe(30)
    await it.write('a.txt', lines(100, 102))
    await it.world.sync({ anew: true })
    expect((await it.world.state()).size).toBe(2)
  })

  it('reads a file again that has another name', async () => {
    await using it = await open()
    await it.write('a.txt', lines(0, 20))
    await it.write('b.jsonl', lines(20, 30))
    await it.world.sync()
    expect((await it.world.state()).size).toBe(20)
    await rename(join(it.folder, 'b.jsonl'), join(it.folder, 'b.txt'))
    await it.world.sync()
    expect((await it.world.state()).size).toBe(30)
  })

  it('stops when it is told to', async () => {
    await using it = await open()
    await it.write('a.txt', lines(0, 20_000))
    const stopping = new AbortController()
    const stopped = it.world.sync({ signal: stopping.signal, onProgress: () => stopping.abort() })
    await expect(stopped).rejects.toThrow('we are stopping')
    expect((await it.world.state()).size).toBeLessThan(20_000)
    await it.world.sync()
    expect((await it.world.state()).size).toBe(20_000)
  })

  it('lets others have their turn while it is compared', async () => {
    await using it = await open()
    await it.write('a.txt', lines(0, 20_000))
    await it.world.sync()
    let turns = 0
    let over = false
    const turn = () => {
      turns += 1
      if (!over) setImmediate(turn)
    }
    turn()
    const { database, vault } = it.world.ground
    for await (const _ of readEntries(database.read, vault, it.world.list.id));
    over = true
    expect(turns).toBeGreaterThan(20)
    await appendFile(join(it.folder, 'a.txt'), lines(20_000, 20_001))
    await it.settle('a.txt')
    expect(await it.world.sync()).toMatchObject({ puts: 1, removes: 0 })
  })

  it('leaves out an entry of more values than one may have, by its name, and takes the others', async () => {
    await using it = await open()
    const rows = (count: number) =>
      Array.from({ length: count }, (_, at) =>
        JSON.stringify({ source: 'us', entryId: 'many', algorithm: 'sha1', value: value(at) }),
      )
    const other = JSON.stringify({ source: 'us', entryId: 'one', algorithm: 'sha1', value: value(900) })
    await it.write('a.jsonl', [...rows(255), other].join('\n'))
    expect(await it.world.sync()).toMatchObject({ puts: 2, rejected: 0 })
    await it.write('a.jsonl', [...rows(256), other].join('\n'))
    expect(await it.world.sync()).toMatchObject({ puts: 0, removes: 1, rejected: 1 })
    expect([...(await it.world.state()).keys()]).toEqual(['us one'])
    const { database, vault } = it.world.ground
    expect(await listRejected(database.read, vault, 'fetched')).toMatchObject([
      { source: 'us', entryId: 'many', what: 'sha1', why: expect.stringContaining('more than 255') },
    ])
  })

  it('names a thousand of its bad rows and counts the others', async () => {
    await using it = await open()
    await it.write('a.txt', `${lines(0, 20)}${'no hash\n'.repeat(1200)}`)
    await it.world.sync()
    expect(await it.world.standing()).toMatchObject({ rejected: 1000, unnamed: 200 })
    await it.write('a.txt', `${lines(0, 20)}${'no hash\n'.repeat(1100)}`)
    await it.world.sync()
    expect(await it.world.standing()).toMatchObject({ rejected: 1000, unnamed: 100 })
  })
})
