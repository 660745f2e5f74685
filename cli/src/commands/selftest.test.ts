import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startCybertipline, startMailbox } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { emptyDatabases } from '../../../server/src/db/testing.ts'
import { openPlace, type Place } from '../testing.ts'

/** A dozen commands, each a process of its own. */
const timeout = 240_000

const olu = ['people', 'add', 'Olu', '--email', 'olu@x.example', '--role', 'operator']
const ada = ['people', 'add', 'Ada', '--email', 'ada@x.example', '--role', 'auditor']

/** The running server's address. */
async function serve(place: Place): Promise<string> {
  const server = place.start(['serve'])
  await server.says('Wardline listens on')
  return /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(server.said())?.[1] ?? ''
}

const databaseOf = (settings: { kind: string; url?: string }) =>
  settings.kind === 'postgres' ? { database: { url: settings.url } } : {}

describe.each(emptyDatabases)('a self-test on %s', (_kind, empty) => {
  it('in the sandbox sees every step, leaves no key, and cleans up after itself', { timeout }, async () => {
    await using cybertipline = await startCybertipline()
    await using mailbox = await startMailbox()
    const { user: username, password } = cybertipline.credentials
    await using place = await openPlace({
      ...databaseOf(await empty()),
      cybertip: { baseUrl: cybertipline.baseUrl, username, password, reporter: { email: 'r@x.example' } },
      mail: { smtpUrl: mailbox.smtpUrl, from: 'n@x.example' },
      rules: { off: [{ surface: 'private_message', jurisdiction: '*' }] },
    })
    const url = await serve(place)
    const { code, out } = await place.run('selftest', '--url', url)
    expect(out).not.toMatch(/^(fail|warn)/m)
    expect(code).toBe(0)
    for (let number = 1; number <= 12; number += 1)
      expect(out).toMatch(new RegExp(`^ok +card ${number} .*, by (raw|form) from \\w+: held in \\d+ ms$`, 'm'))
    for (const surface of ['upload', 'public_post', 'profile', 'ai_input', 'ai_output', 'other'])
      for (const door of ['raw', 'form']) expect(out).toContain(`by ${door} from ${surface}: held`)
    expect(out).toMatch(/^ok +switched off +JPEG, by raw from private_message: not_scanned/m)
    expect(out).toMatch(/^ok +near miss .*clear in \d+ ms, and nothing was kept$/m)
    expect(out).toMatch(/^ok +without the scope .*clear in \d+ ms, and nothing was kept$/m)
    expect(out).toMatch(/^ok +evidence +12 files preserved, opened again and equal byte for byte$/m)
    expect(out).toMatch(/^ok +report +finished, with a receipt: \d+/m)
    expect(out).toMatch(/^ok +notice +accepted by the mail server/m)
    expect(out).toContain('NOTHING IS REPORTED TO NCMEC')
    expect(out).not.toMatch(/[0-9a-f]{32}/)
    expect(mailbox.messages().length).toBeGreaterThan(0)

    expect((await place.run('api-keys', 'list')).out.match(/selftest.*revoked/g)?.length).toBe(2)
    expect((await place.run('cases')).out).toMatch(/reported +TEST/)
    expect((await place.run('cases', 'show', '1')).out).toContain('TEST: a test card made it')
    expect((await place.run('reports')).out).toMatch(/finished +TEST/)
    expect((await place.run('notices')).out).toMatch(/sent +TEST/)
    expect((await place.run('doctor')).out).toMatch(/^ok +test cards +no window is open; \d+ cases? of tests/m)
    expect((await place.run('selftest', 'clean')).out).toMatch(/^Removed \d+ case/)
    expect((await place.run('cases')).out).toMatch(/^No case\.\n/)
    expect((await place.run('audit', 'verify')).code).toBe(0)
  })

  it('in production sees a validated, unsent report and the operator’s mail, and reaches no CyberTipline', {
    timeout,
  }, async () => {
    await using cybertipline = await startCybertipline()
    await using mailbox = await startMailbox()
    await using place = await openPlace({
      ...databaseOf(await empty()),
      environment: 'production',
      server: { port: 0, publicUrl: 'https://forum.example' },
      rules: { perceptual: 'report' },
      cybertip: { username: 'forum', password: 'open-sesame-77', reporter: { email: 'r@x.example' } },
      mail: { smtpUrl: mailbox.smtpUrl, from: 'n@x.example' },
      selftest: { operatorEmail: 'operations@x.example' },
    })
    const url = await serve(place)
    await place.run(...olu)
    const made = await place.run(
      'api-keys',
      'create',
      '--label',
      'trial',
      '--scope',
      'scans:write',
      '--scope',
      'selftest',
    )
    const key = /\S{30,}/.exec(made.out)?.[0] ?? ''
    await place.run('selftest', 'cards', 'cards')
    const trial = await fetch(`${url}/v1/scans`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'image/jpeg' },
      body: await readFile(join(place.folder, 'cards', 'card-01.jpg')),
    })
    expect(await trial.json()).toMatchObject({ verdict: 'held' })
    const { code, out } = await place.run('selftest', '--url', url, '--clean', '--as', 'olu@x.example')
    expect(out).not.toMatch(/^(fail|warn)/m)
    expect(code).toBe(0)
    expect(out).toMatch(/^ok +report +written and validated, and sent to nobody/m)
    expect(out).toMatch(/^ok +notice +accepted by the mail server .* for the operator/m)
    expect(mailbox.messages().every(({ to }) => to.join() === 'operations@x.example')).toBe(true)
    expect(cybertipline.inspect().calls).toEqual([])
    // The operator's own trial is theirs to end.
    expect((await place.run('cases')).out.match(/TEST/g)).toHaveLength(1)
    const trail = (await place.run('audit', 'show', '--json')).out.split('\n')
    const removals = trail.filter((line) => line.includes('remove_test_case'))
    expect(removals.length).toBeGreaterThan(0)
    for (const line of removals) expect(line).toMatch(/person:person_/)
  })
})

describe('a self-test that cannot succeed', () => {
  it('says which step did not happen and what to do, and ends with 1', async () => {
    await using place = await openPlace({ cybertip: { reporter: { email: 'r@x.example' } } })
    const url = await serve(place)
    const { code, out } = await place.run('selftest', '--url', url, '--patience', '4')
    expect(code).toBe(1)
    expect(out).toMatch(/^fail +report +case \d+ cannot be reported: credentials are missing\n +-> `wardline doctor`/m)
    expect(out).toMatch(/^ok +keys +revoked/m)
  })

  it('says so when nobody answers, or somebody else', async () => {
    await using place = await openPlace()
    await place.run(...olu)
    const silent = await place.run('selftest', '--url', 'http://127.0.0.1:9')
    expect(silent.code).toBe(1)
    expect(silent.out).toMatch(/^fail +server +does not answer at http:\/\/127\.0\.0\.1:9\n +-> Start it/m)
    await using other = await openPlace()
    const { code, out } = await place.run('selftest', '--url', await serve(other))
    expect(code).toBe(1)
    expect(out).toMatch(/^fail +card 1.*the server answered 401\n +-> .*another deployment/m)
    expect((await place.run('selftest')).err).toContain('--url')
  })

  it('does not take a card for a stranger’s while a window is open, which only an operator opens', {
    timeout,
  }, async () => {
    await using place = await openPlace()
    await place.run(...olu)
    await place.run(...ada)
    expect((await place.run('selftest', 'window', 'show')).out).toBe('No window is open.\n')
    const refused = await place.run('selftest', 'window', 'open', '--minutes', '30', '--as', 'ada@x.example')
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('open_selftest_window') })
    const endless = await place.run('selftest', 'window', 'open', '--minutes', '1441', '--as', 'olu@x.example')
    expect(endless).toMatchObject({ code: 2, err: expect.stringContaining('1440') })
    const opened = await place.run('selftest', 'window', 'open', '--minutes', '30', '--as', 'olu@x.example')
    expect(opened).toMatchObject({ code: 0, out: expect.stringMatching(/until \d{4}-.*closes by itself/) })
    expect((await place.run('doctor')).out).toMatch(/^warn +test cards +they count for every key until/m)
    const { out } = await place.run('selftest', '--url', await serve(place), '--patience', '4')
    expect(out).toMatch(/^warn +without the scope +not tried: a window is open/m)
    expect((await place.run('selftest', 'window', 'close')).out).toContain('Closed')
    expect((await place.run('selftest', 'window', 'close')).out).toBe('None was open.\n')
  })
})

it('the cards can be had as files, and are never written over others', async () => {
  await using place = await openPlace()
  const { code, out } = await place.run('selftest', 'cards', 'cards')
  expect({ code, lines: out.split('\n')[0] }).toEqual({ code: 0, lines: expect.stringMatching(/^card-01\.jpg +JPEG$/) })
  expect(await readdir(join(place.folder, 'cards'))).toHaveLength(13)
  await rm(join(place.folder, 'cards', 'card-01.jpg'))
  await writeFile(join(place.folder, 'cards', 'card-01.jpg'), 'mine')
  expect((await place.run('selftest', 'cards', 'cards')).code).toBe(2)
})
