import { describe, expect, it } from 'vitest'
import { secretBytes } from '#base'
import { openDatabase } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { caseState, confirm, listCases, readCase, samePicture, showCase } from './cases.ts'
import type { Find } from './join.ts'
import { openOrJoin } from './join.ts'
import { aFind, type Ground, near, openGround } from './testing.ts'

/** A hash that is so many bits from another. */
function off(bits: number, from = new Uint8Array(32).fill(0xa5)): Uint8Array {
  const hash = Uint8Array.from(from)
  for (let bit = 0; bit < bits; bit += 1) hash[bit >> 3] = (hash[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return hash
}

const picture = (bits: number, quality = 100, index = 0) => {
  const print = { hash: off(bits), quality }
  return { index, width: 64, height: 48, commandLine: print, fullResolution: print }
}

/** A likeness, so many bits from the first picture of these tests. */
function alike(ground: Ground, bits: number, change: Partial<Find['file']> = {}, find: Partial<Find> = {}) {
  const bytes = secretBytes(48)
  const { file } = aFind(ground.clock, bytes)
  return ground.found({ ...find, file: { ...file, grounds: [near], pictures: [picture(bits)], ...change } }, bytes)
}

const filesOf = async ({ database, vault }: Ground, number = 1) => (await readCase(database.read, vault, number)).files

describe.each(emptyDatabases)('the same picture again, on %s', (_kind, empty) => {
  it('is a copy of its file when it lies within the radius, with digests, name, time and address of its own', async () => {
    await using ground = await openGround(await empty())
    const first = await alike(ground, 0)
    ground.clock.set(ground.clock.now() + 1_000)
    const context = {
      surface: 'profile' as const,
      fileName: 'again.jpg',
      account: { id: '7' },
      origin: { ip: '192.0.2.9' },
    }
    const again = await alike(ground, 31, {}, { context })
    expect(again).toMatchObject({ caseId: first.caseId, joined: true, duplicate: false, copyOf: first.fileId })
    const [file, copy] = await filesOf(ground)
    expect(file?.copyOf).toBeUndefined()
    expect(file?.occurrences).toHaveLength(1)
    expect(copy).toMatchObject({
      id: again.fileId,
      copyOf: { fileId: first.fileId, distanceBits: 31 },
      occurrences: [{ receivedAt: ground.clock.now(), context }],
    })
    expect(copy?.digests).not.toEqual(file?.digests)
    expect(await listCases(ground.database.read, { limit: 1 })).toMatchObject([{ files: 1 }])
    const shown = await showCase(ground.database.read, ground.vault, 1)
    expect(shown.files.map(({ copyOf }) => copyOf)).toEqual([null, { fileId: first.fileId, distanceBits: 31 }])
  })

  it('is a file of its own one bit beyond, of poor quality, or among other pictures', async () => {
    await using ground = await openGround(await empty())
    await alike(ground, 0)
    await alike(ground, 32)
    await alike(ground, 1, { pictures: [picture(1, 49)] })
    await alike(ground, 1, { pictures: [picture(1), picture(200, 100, 1)] })
    await alike(ground, 1, { pictures: [] })
    expect((await filesOf(ground)).map(({ copyOf }) => copyOf)).toEqual(Array(5).fill(undefined))
  })

  it('is a file of its own when either was not read to its end, until the same bytes are', async () => {
    await using ground = await openGround(await empty())
    const bytes = secretBytes(48)
    const { file } = aFind(ground.clock, bytes)
    const again = (unread?: string) =>
      ground.found({ file: { ...file, grounds: [near], pictures: [picture(0)], unread } }, bytes)
    await again('too_many_frames')
    expect((await alike(ground, 0)).copyOf).toBeUndefined()
    expect((await alike(ground, 0, { unread: 'decoder_crashed' }, inOther)).copyOf).toBeUndefined()
    expect((await alike(ground, 0, { unread: 'too_slow' }, inOther)).copyOf).toBeUndefined()
    const [half, whole] = await filesOf(ground)
    expect([half?.unread, whole?.unread]).toEqual(['too_many_frames', undefined])
    if (half === undefined || whole === undefined) throw new Error('a file is missing')
    expect(samePicture(half, whole)).toBe(false)
    expect(samePicture(whole, half)).toBe(false)
    expect(samePicture(half, half)).toBe(true)
    await again()
    await again('too_slow')
    expect((await filesOf(ground))[0]?.unread).toBeUndefined()
  })

  it('is asked of every page of a file: two scans of one album are one file only if all pages are alike and known', async () => {
    await using ground = await openGround(await empty())
    const pages = (bits: number) => [picture(bits), picture(100 + bits, 100, 1)]
    const grounds = [near, { ...near, entryId: 'entry-2', pictureIndex: 1 }]
    const first = await alike(ground, 0, { pictures: pages(0), grounds })
    expect(await alike(ground, 0, { pictures: pages(5), grounds })).toMatchObject({ copyOf: first.fileId })
    const other = [picture(5), picture(180, 100, 1)]
    expect((await alike(ground, 0, { pictures: other, grounds })).copyOf).toBeUndefined()
    // Of a page that matched nothing the case keeps no hash: nobody can say that it is the same.
    await alike(ground, 0, { pictures: [picture(60), picture(200, 100, 1)] }, inOther)
    expect((await alike(ground, 0, { pictures: [picture(60), picture(200, 100, 1)] }, inOther)).copyOf).toBeUndefined()
  })

  it('is no likeness of what only a digest found: a digest has no radius', async () => {
    await using ground = await openGround(await empty())
    await ground.found()
    await ground.found()
    expect((await filesOf(ground)).map(({ copyOf }) => copyOf)).toEqual([undefined, undefined])
  })

  it('measures by the strictest of the lists that found it', async () => {
    await using ground = await openGround(await empty())
    const first = await alike(ground, 0)
    const grounds = [near, { ...near, listId: 'strict', radiusBits: 6 }]
    expect((await alike(ground, 7, { grounds })).copyOf).toBeUndefined()
    expect(await alike(ground, 3, { grounds })).toMatchObject({ copyOf: first.fileId })
  })

  it('is noted once more when the very bytes of a copy come again, and its evidence stays', async () => {
    await using ground = await openGround(await empty())
    await alike(ground, 0)
    const bytes = secretBytes(48)
    const { file } = aFind(ground.clock, bytes)
    const found = () => ground.found({ file: { ...file, grounds: [near], pictures: [picture(4)] } }, bytes)
    const copy = await found()
    expect(await found()).toMatchObject({ fileId: copy.fileId, duplicate: true })
    const files = await filesOf(ground)
    expect(files).toHaveLength(2)
    expect(files[1]?.occurrences).toHaveLength(2)
    const evidence = await ground.vault.open(files[1]?.vaultId ?? '', { actor: 'wardline', why: 'a test' })
    expect((await evidence.bytes()).equals(bytes)).toBe(true)
  })

  it('is nothing that a person says something of when they confirm: they hear of which file it is a copy', async () => {
    await using ground = await openGround(await empty())
    const { clock, vault, transact } = ground
    const first = await alike(ground, 0, {}, { route: 'review' })
    const copy = await alike(ground, 9, {}, { route: 'review' })
    const say = (fileId: string) =>
      transact((tx) =>
        confirm(tx, clock, vault, {
          caseId: first.caseId,
          by: 'person:ada',
          files: [{ fileId, annotations: ['infant'] }],
        }),
      )
    await expect(say(copy.fileId)).rejects.toMatchObject({
      code: 'file_is_copy',
      message: expect.stringContaining(first.fileId),
    })
    expect(await caseState(ground.database.read, first.caseId)).toBe('waiting_review')
    expect(await say(first.fileId)).toBe('reporting')
  })

  it('is a copy of the file, never of another copy', async () => {
    await using ground = await openGround(await empty())
    const first = await alike(ground, 0)
    await alike(ground, 20)
    const pictures = [{ ...picture(0), commandLine: { hash: off(40), quality: 100 } }]
    expect((await alike(ground, 0, { pictures })).copyOf).toBeUndefined()
    expect(await alike(ground, 15)).toMatchObject({ copyOf: first.fileId })
  })

  it('is one file and its copies when both come at once through two servers', async () => {
    const settings = await empty()
    await using ground = await openGround(settings)
    await using second = openDatabase(settings)
    const { vault, clock } = ground
    const finds = await Promise.all(
      Array.from({ length: 8 }, async (_, place) => {
        const bytes = secretBytes(48)
        const preserved = await vault.preserve(bytes)
        const find = aFind(clock, bytes)
        const file = { ...find.file, grounds: [near], pictures: [picture(place)] }
        return (place % 2 === 0 ? ground.database : second).transact(async (tx) => {
          await vault.record(tx, preserved)
          return openOrJoin(tx, clock, vault, { ...find, file, vaultId: preserved.id })
        })
      }),
    )
    expect(new Set(finds.map(({ caseId }) => caseId)).size).toBe(1)
    const files = await filesOf(ground)
    expect(files).toHaveLength(8)
    const [file] = files.filter(({ copyOf }) => copyOf === undefined)
    expect(files.filter(({ copyOf }) => copyOf === undefined)).toHaveLength(1)
    expect(new Set(files.flatMap(({ copyOf }) => copyOf?.fileId ?? []))).toEqual(new Set([file?.id]))
  })
})

const inOther = { context: { surface: 'upload' as const, account: { id: '8' } } }
