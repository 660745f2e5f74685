import { drawPicture, encode, startHashSharing } from '@wardline/sandbox'
import { expect, it } from 'vitest'
import { openPlace } from '../testing.ts'

it('lists are fetched, looked at and removed at a terminal, and no word holds a value or a password', async () => {
  await using service = await startHashSharing({
    entries: 400,
    shares: { malformed: 0.05 },
    users: [{ user: 'forum', password: 'open-sesame-77', memberId: 190 }],
  })
  const { user: username, password } = service.credentials
  const ncmec = { kind: 'ncmec', feed: 'industry_csam', baseUrl: service.baseUrl, username, password }
  await using place = await openPlace({ lists: { ncmec } })
  const unknown = await place.run('sync', 'elsewhere')
  expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('it names ncmec') })

  const first = await place.run('sync')
  expect(first).toMatchObject({ code: 0, err: '' })
  expect(first.out).toMatch(/^ncmec: \d+ entries put, \d+ removed \([\d.]+ s, [\d,]+ entries\/s\)\.$/m)
  expect(first.out).toMatch(/could not be taken: wardline lists rejected ncmec/)
  const again = JSON.parse((await place.run('sync', 'ncmec', '--json')).out)
  expect(again).toMatchObject({ listId: 'ncmec', puts: 0, removes: 0 })

  const shown = await place.run('lists')
  expect(shown.out).toMatch(/^list +class +radius +entries +changed +fetched +lag +rejected +environment$/m)
  expect(shown.out).toMatch(/^ncmec +test +31 .* 0 min +\d+ +sandbox$/m)
  const rejected = await place.run('lists', 'rejected', 'ncmec')
  expect(rejected.out).toMatch(/^ncmec-\d+ +e\d+ +(md5|sha1|pdq) +it (has|is) /m)

  await place.configure({ lists: { ncmec: { ...ncmec, password: 'not-this-one' } } })
  const refused = await place.run('sync')
  expect(refused).toMatchObject({
    code: 2,
    err: expect.stringMatching(/ncmec: .*refuses these credentials.*\n.*CyberTipline/i),
  })
  expect((await place.run('lists')).out).toContain('ncmec: the list service refuses these credentials (401)')
  const doctor = await place.run('doctor')
  expect(doctor.out).toMatch(/^fail +list ncmec/m)

  const asked = await place.run('lists', 'remove', 'ncmec')
  expect(asked).toMatchObject({ code: 2, err: expect.stringContaining('--yes') })
  const removed = await place.run('lists', 'remove', 'ncmec', '--yes')
  expect(removed).toMatchObject({ code: 0, out: expect.stringContaining('still named in the configuration') })
  const never = (await place.run('lists')).out
  expect(never).toMatch(/^ncmec +test +31 +0 +never +sandbox$/m)
  expect(never).toContain('ncmec was never fetched; `wardline sync ncmec` fetches it now.')
  expect((await place.run('audit', 'show', '--json')).out).toContain('remove_list')
  const words = JSON.stringify([first, shown, rejected, refused, doctor, removed])
  for (const secret of [password, 'not-this-one', service.baseUrl]) expect(words).not.toContain(secret)
  expect(words).not.toMatch(/[0-9a-f]{32}/)
})

it('a case that a removed list led to stays as it was', async () => {
  await using place = await openPlace({ rules: { settleSeconds: 0 } })
  const file = await place.write('drawing.png', await encode(drawPicture(3), 'png'))
  const { sha256 }: { readonly sha256: string } = JSON.parse((await place.run('hash', file, '--json')).out)
  await place.write('ours.jsonl', JSON.stringify({ source: 's', entryId: 'e1', algorithm: 'sha256', value: sha256 }))
  await place.run('lists', 'import', 'ours.jsonl', '--class', 'test')
  expect((await place.run('scan', file, '--list', 'ours.jsonl', '--open-cases')).code).toBe(1)
  const before = (await place.run('cases', 'show', '1')).out
  expect(before).toContain('ours')
  expect((await place.run('lists', 'remove', 'ours', '--yes')).code).toBe(0)
  expect((await place.run('cases', 'show', '1')).out).toBe(before)
})
