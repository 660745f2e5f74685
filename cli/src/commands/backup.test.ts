// A backup through the program's own mouth: the folder is lost, put back, and a person ends the pause.
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { emptyDatabase } from '../../../server/src/db/testing.ts'
import { openPlace, type Place } from '../testing.ts'

async function placeWithBackup(): Promise<Place> {
  const place = await openPlace()
  const file = await place.write('drawing.png', await encode(drawPicture(7), 'png'))
  const [line = ''] = (await place.run('hash', file, '--json')).out.split('\n')
  const { sha256 }: { readonly sha256: string } = JSON.parse(line)
  await place.write('drawn.jsonl', JSON.stringify({ source: 's', entryId: '1', algorithm: 'sha256', value: sha256 }))
  await place.run('lists', 'import', 'drawn.jsonl', '--class', 'exploitative')
  await place.run('people', 'add', 'Ada', '--email', 'ada@x.example', '--role', 'reviewer')
  await place.run('people', 'add', 'Otto', '--email', 'otto@x.example', '--role', 'operator')
  await place.run('scan', file, '--list', 'drawn.jsonl', '--open-cases', '--config', 'wardline.yaml')
  const backup = await place.run('backup', 'backups')
  expect(backup).toMatchObject({ code: 0, out: expect.stringContaining('1 objects') })
  return place
}

describe('a deployment that was lost', () => {
  it.each(['sqlite', 'postgres'] as const)(
    'is put back into %s, paused until a person has looked',
    async (kind) => {
      await using place = await placeWithBackup()
      const full = await place.run('restore', 'backups')
      expect(full).toMatchObject({ code: 2, err: expect.stringContaining('is not empty') })
      await rm(join(place.folder, 'data'), { recursive: true })
      expect(await place.run('restore', 'backups', '--check')).toMatchObject({
        code: 0,
        out: expect.stringContaining('is whole'),
      })
      const settings = await emptyDatabase(kind)
      if (settings.kind === 'postgres') await place.configure({ database: { url: settings.url } })
      const restored = await place.run('restore', 'backups')
      expect(restored).toMatchObject({ code: 0, out: expect.stringContaining('PAUSED') })

      expect((await place.run('doctor')).out).toMatch(/^fail +pause +PAUSED/m)
      const shown = await place.run('pause', 'show')
      expect(shown.out).toMatch(/^PAUSED since .*a backup of .* was restored/m)
      expect(shown.out).toMatch(/^ *case +case 1/m)
      const early = await place.run('pause', 'end', '--as', 'otto@x.example', '--reason', 'tired')
      expect(early).toMatchObject({ code: 2, err: expect.stringContaining('nobody has said yet') })
      const wrong = await place.run('pause', 'decide', '--rest', 'cases', '--as', 'otto@x.example')
      expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('roles of the person') })
      const said = await place.run('pause', 'decide', '--rest', 'cases', '--as', 'ada@x.example')
      expect(said).toMatchObject({ code: 0, out: '1 go on once the pause ends.\n' })
      const ended = await place.run('pause', 'end', '--as', 'otto@x.example', '--reason', 'looked at NCMEC')
      expect(ended).toMatchObject({ code: 0 })
      expect((await place.run('pause', 'show')).out).toContain('There is no pause')
      expect((await place.run('cases')).out).toMatch(/^ +1 +waiting_review +1 /m)
      expect((await place.run('audit', 'verify')).code).toBe(0)
    },
    60_000,
  )

  it('is not put back without its key, nor into another environment', async () => {
    await using place = await placeWithBackup()
    await rm(join(place.folder, 'data'), { recursive: true })
    await place.configure({ vault: { keyFile: './another.key' } })
    expect(await place.run('restore', 'backups')).toMatchObject({
      code: 2,
      err: expect.stringContaining('holds no key'),
    })
    await place.write('another.key', `${'0'.repeat(64)}\n`)
    await rm(join(place.folder, 'another.key'))
    await place.configure({ environment: 'test' })
    expect(await place.run('restore', 'backups')).toMatchObject({
      code: 2,
      err: expect.stringContaining('environment'),
    })
    expect(await readdir(place.folder)).not.toContain('data')
  }, 60_000)
})
