import { once } from 'node:events'
import { chmod, readdir } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { startCybertipline, startMailbox } from '@wardline/sandbox'
import { expect, it } from 'vitest'
import { emptyDatabase } from '../../../server/src/db/testing.ts'
import { openPlace } from '../testing.ts'

const ada = ['people', 'add', 'Ada', '--email', 'a@x.example', '--role', 'auditor']

it('before the first start it fails nothing, makes nothing, and says what the first start will make', async () => {
  await using place = await openPlace()
  const { code, out } = await place.run('doctor')
  expect(code).toBe(0)
  expect(out).toMatch(/^warn +database +there is none yet/m)
  expect(out.replaceAll(/\s+/g, ' ')).toContain(
    '`wardline people add` or `wardline serve` makes it. Else: is `data` right?',
  )
  expect(out.trimEnd().split('\n').at(-1)).toContain('NOTHING IS REPORTED TO NCMEC')
  expect((await readdir(place.folder)).sort()).toEqual(['wardline.yaml'])
})

it('a wrong configuration is the finding, with exit 1', async () => {
  await using place = await openPlace({ environment: 'production' })
  const { code, out } = await place.run('doctor')
  expect(code).toBe(1)
  expect(out).toMatch(/^fail +configuration +wardline\.yaml: rules\.perceptual: is missing/m)
})

it('with everything around it, all is well but the copy of the key, until one is confirmed', async () => {
  await using cybertipline = await startCybertipline({
    users: [{ user: 'forum', password: 'open-sesame-77', rights: ['submit', 'update'] }],
  })
  await using mailbox = await startMailbox()
  const { user: username, password } = cybertipline.credentials
  await using place = await openPlace({
    cybertip: { baseUrl: cybertipline.baseUrl, username, password, reporter: { email: 'r@x.example' } },
    mail: { smtpUrl: mailbox.smtpUrl, from: 'n@x.example' },
    notices: { contact: 'support@x.example', helpLinesFile: 'help.yaml' },
  })
  await place.write('help.yaml', '"*":\n  - { name: Somebody, reach: help.example }\n')
  await place.run(...ada)
  await place.write('l.csv', `source,entryId,algorithm,value\ns,1,md5,${'a'.repeat(31)}b\n`)
  await place.run('lists', 'import', 'l.csv', '--class', 'test')
  const before = await place.run('doctor')
  expect(before.out).toMatch(/^ok +CyberTipline /m)
  expect(before.out).toMatch(/^ok +mail /m)
  expect(before.out).toMatch(/^ok +notice texts +12 languages; not read by a native speaker: de, en, es,/m)
  expect(before.out).toMatch(/^ok +help lines +for \*$/m)
  expect(before.out).toMatch(/^warn +key copy +none was ever confirmed/m)
  expect(before.out).not.toContain(password)
  expect(cybertipline.inspect().reports).toEqual([])
  expect(mailbox.messages()).toEqual([])

  await place.run('vault', 'key', 'copy', 'copy.key')
  await place.run('vault', 'key', 'confirm', 'copy.key')
  const after = await place.run('doctor', '--json')
  expect(after.code).toBe(0)
  const standings = after.out
    .trimEnd()
    .split('\n')
    .map((line): { standing: string; name: string } => JSON.parse(line))
  expect(standings.filter(({ standing }) => standing !== 'ok')).toEqual([])

  const wrong = { baseUrl: cybertipline.baseUrl, username, password: 'another', reporter: { email: 'r@x.example' } }
  await place.configure({ cybertip: wrong })
  const refused = (await place.run('doctor')).out.replaceAll(/\s+/g, ' ')
  // It runs and says no: that is no question of whether it runs.
  expect(refused).toContain('-> Check cybertip.username and cybertip.password')
  expect(refused).not.toContain('Does your `wardline sandbox` run')
})

it('each thing that is amiss is named with what to do, and exits 1', async () => {
  await using place = await openPlace({
    cybertip: { baseUrl: 'http://127.0.0.1:1/ispws', username: 'u', password: 'p', reporter: { email: 'r@x.example' } },
    mail: { smtpUrl: 'smtp://127.0.0.1:1', from: 'n@x.example' },
    limits: { freeDiskMb: 100_000_000 },
    notices: { textsFolder: '.' },
  })
  await place.write('en.yaml', 'read-by-native-speaker: yes\npage:\n  thanks: Thanks for {{fileName}}.\n')
  await place.run(...ada)
  await chmod(join(place.folder, 'data'), 0o755)
  await chmod(join(place.folder, 'vault.key'), 0o644)
  const { code, out } = await place.run('doctor')
  expect(code).toBe(1)
  for (const name of ['data folder', 'disk', 'vault key', 'CyberTipline', 'mail', 'notice texts'])
    expect(out).toMatch(new RegExp(`^fail +${name} .*\\n(.*\\n)*? +-> `, 'm'))
  expect(out).toMatch(/^warn +help lines +none: notices say that there are such lines/m)
  // A server with such texts does not begin.
  for (const said of [out, (await place.run('serve')).err])
    expect(said.replaceAll(/\s+/g, ' ')).toContain('en.yaml, line 3: in "page.thanks", "fileName" is forbidden')
})

it('a running server is recognised behind its port', async () => {
  await using place = await openPlace()
  const first = place.start(['serve'])
  await first.says('End it with Ctrl-C')
  const port = Number(/listens on \S+:(\d+)/.exec(first.said())?.[1])
  await place.configure({ server: { port } })
  const { out } = await place.run('doctor')
  expect(out).toMatch(/^ok +port +\d+: a Wardline server runs there and is ready$/m)
})

it('on PostgreSQL it compares the clocks, and says when the database is away', async () => {
  const settings = await emptyDatabase('postgres')
  if (settings.kind !== 'postgres') throw new Error('not the database asked for')
  await using place = await openPlace({ database: { url: settings.url } })
  await place.run(...ada)
  const here = await place.run('doctor')
  expect(here.out).toMatch(/^ok +database +PostgreSQL, up to date, sandbox$/m)
  expect(here.out).toMatch(/^ok +clock /m)
  await place.configure({ database: { url: 'postgres://secret-name@127.0.0.1:1/nothing' } })
  const away = await place.run('doctor')
  expect(away.code).toBe(1)
  expect(away.out).toMatch(/^fail +database /m)
  expect(away.out).not.toContain('secret-name')
})

it('ends after its last line, also when those it asked accept the connection and stay silent', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  await using place = await openPlace({
    cybertip: {
      baseUrl: `http://127.0.0.1:${port}/ispws`,
      username: 'u',
      password: 'p',
      reporter: { email: 'r@x.example' },
    },
    mail: { smtpUrl: `smtp://127.0.0.1:${port}`, from: 'n@x.example' },
  })
  const { code, out } = await place.run('doctor')
  expect(code).toBe(1)
  expect(out).toMatch(/^fail +CyberTipline +no answer within/m)
  expect(out).toMatch(/^fail +mail +the mail server does not answer/m)
  expect(out.trimEnd().split('\n').at(-1)).toContain('NOTHING IS REPORTED TO NCMEC')
  silent.close()
}, 60_000)

it('a list without entries is named', async () => {
  await using place = await openPlace()
  await place.write('full.csv', `source,entryId,algorithm,value\ns,1,md5,${'ab'.repeat(16)}\n`)
  await place.run('lists', 'import', 'full.csv', '--class', 'test')
  const db = new DatabaseSync(join(place.folder, 'data', 'wardline.db'))
  db.exec(
    `insert into lists (id, environment, class, radius_bits, created_at, changed_at)
       select 'hollow', environment, class, radius_bits, created_at, changed_at from lists`,
  )
  db.close()
  expect((await place.run('doctor')).out).toMatch(/^warn +list hollow +imported, without a single entry$/m)
})

it('a list whose removal was broken off is named', async () => {
  await using place = await openPlace()
  await place.write('full.csv', `source,entryId,algorithm,value\ns,1,md5,${'ab'.repeat(16)}\n`)
  await place.run('lists', 'import', 'full.csv', '--class', 'test')
  const db = new DatabaseSync(join(place.folder, 'data', 'wardline.db'))
  db.exec('update lists set removed_at = 1')
  db.close()
  const { out } = await place.run('doctor')
  expect(out).toMatch(/^warn +list full +removed, and part of it still lies sealed in the database/m)
  expect(out).toContain('takes the rest away')
})

it('with the environment of another deployment only that is told, and no key is missed', async () => {
  await using place = await openPlace()
  await place.run(...ada)
  await place.configure({ environment: 'test' })
  const { code, out } = await place.run('doctor')
  expect(code).toBe(1)
  expect(out).toMatch(/^fail +database +it belongs to the environment "sandbox"/m)
  expect(out).not.toMatch(/^\w+ +vault key/m)
})
