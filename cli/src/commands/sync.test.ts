import { drawPicture, encode, startHashSharing } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { emptyDatabases } from '../../../server/src/db/testing.ts'
import { openPlace } from '../testing.ts'

/** Each command is a process of its own. */
const timeout = 240_000

describe.each(emptyDatabases)('on %s', { timeout }, (_kind, empty) => {
  it('lists are fetched, looked at and removed at a terminal, and no word holds a value or a password', async () => {
    await using service = await startHashSharing({
      entries: 400,
      shares: { malformed: 0.05 },
      users: [{ user: 'forum', password: 'open-sesame-77', memberId: 190 }],
    })
    const { user: username, password } = service.credentials
    const ncmec = { kind: 'ncmec', feed: 'industry_csam', baseUrl: service.baseUrl, username, password }
    await using place = await openPlace({ lists: { ncmec } }, await empty())
    const unknown = await place.run('sync', 'elsewhere')
    expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('it names ncmec') })

    const first = await place.run('sync')
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(
      /^ncmec: \d+ entries taken in, \d+ deletions? followed \([\d.]+ s, [\d,]+ entries\/s\)\.$/m,
    )
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

  it('what a list holds is counted once, and a list that left the configuration is told with the two ways out', async () => {
    await using service = await startHashSharing({ entries: 300 })
    const { user: username, password } = service.credentials
    const ncmec = { kind: 'ncmec', feed: 'industry_csam', baseUrl: service.baseUrl, username, password }
    await using place = await openPlace({ lists: { ncmec } }, await empty())
    const held = async () => JSON.parse((await place.run('lists', '--json')).out).entries
    await place.run('sync')
    const first = await held()
    expect(first).toBeGreaterThan(100)
    expect(first).toBeLessThanOrEqual(service.census().live)
    for (const _ of [1, 2]) expect((await place.run('sync', 'ncmec', '--anew')).code).toBe(0)
    expect(await held()).toBe(first)
    expect((await place.run('doctor')).out).toMatch(new RegExp(`^ok +list ncmec +fetched .*; ${first} entries\\b`, 'm'))

    await place.configure({ lists: {} })
    const doctor = (await place.run('doctor')).out.replaceAll(/\s+/g, ' ')
    expect(doctor).toContain('warn list ncmec no longer in the configuration: not fetched since 20')
    expect(doctor).toContain(`and images are still compared with it (${first} entries) -> Put it back under`)
    expect(doctor).toContain('`wardline lists remove ncmec --yes`')
    expect((await place.run('lists')).out).toContain('ncmec is not fetched by this configuration any more')
    expect((await place.run('lists', 'rejected', 'ncmec')).out).toContain('None: every fingerprint could be taken.')
    expect((await place.run('lists', 'remove', 'ncmec')).err).toContain(`holds ${first} entries. Say`)
    expect((await place.run('lists', 'remove', 'ncmec', '--yes')).out).toContain(`with ${first} entries;`)
    const lines = (await place.run('audit', 'show', '--json')).out
    expect(lines.replaceAll('\\', '')).toMatch(new RegExp(`remove_list.*"entries":${first}\\b`))
  })

  it('a fetched list without an entry is told to be fetched, and an imported one has no rejected rows to show', async () => {
    await using service = await startHashSharing({ entries: 0 })
    const { user: username, password } = service.credentials
    const ncmec = { kind: 'ncmec', feed: 'industry_csam', baseUrl: service.baseUrl, username, password }
    await using place = await openPlace({ lists: { ncmec } }, await empty())
    await place.run('sync')
    const doctor = (await place.run('doctor')).out.replaceAll(/\s+/g, ' ')
    expect(doctor).toMatch(/warn list ncmec fetched [^>]*, without a single entry -> `wardline sync ncmec`/)
    expect(doctor).not.toContain('lists import')
    await place.write('ours.csv', `source,entryId,algorithm,value\ns,1,md5,${'a'.repeat(31)}b\n`)
    const brought = await place.run('lists', 'import', 'ours.csv', '--class', 'test')
    expect(brought.out).toMatch(/^1 row read: 1 added, .* 0 duplicates, 0 skipped\.$/m)
    expect(brought.out).toContain('now holds 1 entry;')
    const rejected = (await place.run('lists', 'rejected', 'ours')).out
    expect(rejected).toContain('imported by hand')
    expect(rejected).not.toContain('None')
  })

  it('a case that a removed list led to stays as it was', async () => {
    await using place = await openPlace({ rules: { settleSeconds: 0 } }, await empty())
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
})
