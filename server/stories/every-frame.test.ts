import { drawPicture, encodeFilm } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { photographJpeg } from '../src/hash/testing.ts'
import { kinds, World } from './world.ts'

const film = (seeds: readonly number[], format: 'gif' | 'webp' | 'tiff' = 'gif') =>
  encodeFilm(
    seeds.map((seed) => drawPicture(seed)),
    format,
  )

describe.each(kinds)('on %s, an image of many frames', (database) => {
  it('is held for a known picture in any of them, and the case and the report know which', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    expect((await world.upload(await film([2, 3, 2, 1, 4], 'webp'))).body.verdict).toBe('held')
    await world.until('the report', () => world.finishedReports().length === 1)
    const hashes = JSON.stringify(world.finishedReports()).match(/PDQ/g)
    expect(hashes).toHaveLength(1)
  })

  it('beyond a limit is unscannable, unless a frame before it matches: it never passes as clear', async () => {
    await using world = await World.open({ database, config: { limits: { frames: 3 } } })
    await world.list([drawPicture(1)])
    expect((await world.upload(await film([2, 3, 4]))).body).toMatchObject({ verdict: 'clear' })
    expect((await world.upload(await film([2, 3, 4, 1]))).body).toMatchObject({
      verdict: 'unscannable',
      reason: 'too_many_frames',
    })
    expect((await world.upload(await film([2, 1, 3, 4, 5]))).body).toMatchObject({ verdict: 'held' })
  })

  it('of which not all was read is uploaded, whatever the part that was read looks like, and the report says so', async () => {
    const config = { limits: { frames: 1 }, rules: { settleSeconds: 600 } }
    await using world = await World.open({ database, config })
    await world.list([drawPicture(1)])
    for (const seed of [2, 3])
      expect((await world.upload(await film([1, seed]), { account: { id: 'user-5' } })).body.verdict).toBe('held')
    await world.pass(700_000)
    await world.until('the report', () => world.finishedReports().length === 1)
    const files = world.finishedReports()[0]?.files ?? []
    expect(files).toHaveLength(2)
    for (const { fileDetailsXml } of files)
      expect(fileDetailsXml).toContain('Not all of this file could be read for hash matching (too many frames)')
  })
})

describe('a large photograph', () => {
  it('on a surface in fast mode is found by the hash of the full one', async () => {
    await using world = await World.open({ database: 'sqlite', config: { rules: { fastSurfaces: ['profile'] } } })
    const jpeg = await photographJpeg(1, 2300, 2049)
    const extracted = await world.wardline.river.decoders.print(jpeg)
    const value = Buffer.from(extracted.print.pictures[0]?.commandLine.hash ?? []).toString('hex')
    await world.listRows([JSON.stringify({ source: 's', entryId: '1', algorithm: 'pdq', value, class: 'test' })])
    expect((await world.upload(jpeg, { surface: 'profile' })).body.verdict).toBe('held')
    expect((await world.upload(jpeg, { surface: 'other' })).body.verdict).toBe('held')
  })
})
