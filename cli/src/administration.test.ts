import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { emptyDatabase } from '../../server/src/db/testing.ts'
import { openPlace, type Place } from './testing.ts'

const kinds = ['sqlite', 'postgres'] as const

async function placeOn(kind: (typeof kinds)[number]): Promise<Place> {
  if (kind === 'sqlite') return openPlace()
  const settings = await emptyDatabase(kind)
  return openPlace(settings.kind === 'postgres' ? { database: { url: settings.url } } : {})
}

const ada = ['people', 'add', 'Ada Lovelace', '--email', 'ada@x.example', '--role', 'reviewer', 'operator']
const rows = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line))

describe.each(kinds)('on %s', (kind) => {
  it('people come and go, and what was done is in a trail that is whole', async () => {
    await using place = await placeOn(kind)
    expect(await place.run(...ada)).toMatchObject({ code: 0, err: '' })
    const again = await place.run(...ada)
    expect(again).toMatchObject({ code: 2, err: expect.stringContaining('address already') })
    expect(again.err).not.toContain('ada@x.example')
    expect((await place.run('people')).out).toContain('Ada Lovelace')
    const roles = await place.run('people', 'roles', 'ada@x.example', '--role', 'auditor')
    expect(roles).toMatchObject({ code: 0, out: expect.stringMatching(/^person_\w+ is now: auditor\.$/m) })
    for (const how of ['disable', 'enable', 'disable'])
      expect((await place.run('people', how, 'ada@x.example')).code).toBe(0)
    const [person] = rows((await place.run('people', '--json')).out)
    expect(person).toMatchObject({
      name: 'Ada Lovelace',
      roles: ['auditor'],
      disabledAt: expect.stringMatching(/Z$/),
    })
    const verified = await place.run('audit', 'verify')
    expect(verified).toMatchObject({ code: 0, out: expect.stringContaining('All 5 lines are whole') })
    const acts = rows((await place.run('audit', 'show', '--json')).out).map(({ act }) => act)
    expect(acts).toEqual(['add_person', 'set_roles', 'disable_person', 'enable_person', 'disable_person'])
  })

  it('a key’s secret is printed once and alone, and the key ends when it is revoked', async () => {
    await using place = await placeOn(kind)
    const made = await place.run('api-keys', 'create', '--label', 'forum', '--scope', 'scans:write', 'scans:read')
    expect(made).toMatchObject({ code: 0, out: expect.stringMatching(/^wl_[\w-]{43}\n$/) })
    const listed = await place.run('api-keys', '--json')
    expect(listed.out).not.toContain(made.out.trim())
    const [key] = rows(listed.out)
    expect(key).toMatchObject({
      label: 'forum',
      personId: null,
      scopes: ['scans:write', 'scans:read'],
      revokedAt: null,
    })
    expect((await place.run('api-keys', 'revoke', String(key?.['id']))).code).toBe(0)
    expect((await place.run('api-keys')).out).toContain('revoked')
    const vain = await place.run('api-keys', 'create', '--label', 'x', '--scope', 'cases:decide')
    expect(vain).toMatchObject({ code: 2, out: '', err: expect.stringContaining('cases:decide') })
  })

  it('a list comes in; rows that cannot be used are named by line and end with exit 2', async () => {
    await using place = await placeOn(kind)
    const value = 'ABCDEF0123456789ABCDEF0123456789'
    const row = (entryId: string, of: string) => JSON.stringify({ source: 's', entryId, algorithm: 'md5', value: of })
    await place.write(
      'drawn.jsonl',
      [row('1', value), row('1', value.toLowerCase()), row('3', 'abc'), 'no json'].join('\n'),
    )
    const first = await place.run('lists', 'import', 'drawn.jsonl', '--class', 'test')
    expect(first.code).toBe(2)
    expect(first.out).toContain('4 rows read: 1 added, 0 known already, 1 duplicate, 2 skipped.')
    expect(first.out).toContain('1 value in upper case was taken as lower case')
    expect(first.out).toMatch(/line 3: .*digits/)
    expect(first.out).toContain('line 4: the line is not JSON')
    expect(first.out.toLowerCase()).not.toContain(value.toLowerCase())

    await place.write('more.csv', `source,entryId,algorithm,value\ns,1,md5,${value}\ns,9,sha1,${'b'.repeat(40)}\n`)
    const second = await place.run('lists', 'import', 'more.csv', '--class', 'test', '--name', 'drawn', '--json')
    expect(second.code).toBe(0)
    expect(JSON.parse(second.out)).toMatchObject({ id: 'drawn', added: 1, renewed: 1, entries: 2, radiusBits: 31 })
    expect(rows((await place.run('lists', '--json')).out)).toMatchObject([{ id: 'drawn', class: 'test', entries: 2 }])
    const other = await place.run('lists', 'import', 'more.csv', '--class', 'csam', '--name', 'real')
    expect(other).toMatchObject({ code: 2, err: expect.stringContaining('no place in the sandbox') })
  })
})

it('a line taken out of the trail is named, with exit 1', async () => {
  await using place = await openPlace()
  for (const name of ['a', 'b', 'c'])
    await place.run('people', 'add', name, '--email', `${name}@x.example`, '--role', 'auditor')
  const whole = await place.run('audit', 'verify')
  const remembered = /--rows (\d+) --head ([0-9a-f]{64})/.exec(whole.out) ?? []
  expect((await place.run('audit', 'verify', '--rows', remembered[1] ?? '', '--head', remembered[2] ?? '')).code).toBe(
    0,
  )
  const forged = await place.run('audit', 'verify', '--rows', '3', '--head', '0'.repeat(64))
  expect(forged).toMatchObject({ code: 1, out: expect.stringContaining('rewritten') })

  const db = new DatabaseSync(join(place.folder, 'data', 'wardline.db'))
  db.exec('delete from audit_events where seq = 2')
  db.close()
  const broken = await place.run('audit', 'verify')
  expect(broken).toMatchObject({ code: 1, out: expect.stringContaining('line 2 is missing') })
})

it('the vault key is copied to a place of its own, and only a good copy is confirmed', async () => {
  await using place = await openPlace()
  await place.run(...ada)
  expect((await place.run('vault', 'key', 'copy', 'copy.key')).code).toBe(0)
  await symlink(join(place.folder, 'data'), join(place.folder, 'link'))
  await copyFile(join(place.folder, 'copy.key'), join(place.folder, 'data', 'k'))
  for (const [act, file] of [
    ['copy', 'data/new'],
    ['copy', 'link/vault/new'],
    ['confirm', 'data/k'],
  ] as const)
    expect(await place.run('vault', 'key', act, file)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringContaining('inside the data folder'),
    })
  expect(await readdir(join(place.folder, 'data'))).not.toContain('new')
  expect((await stat(join(place.folder, 'copy.key'))).mode & 0o777).toBe(0o600)
  expect((await place.run('vault', 'key', 'check')).out).toContain('No copy of it was ever confirmed')
  expect(await place.run('vault', 'key', 'copy', 'copy.key')).toMatchObject({
    code: 2,
    err: expect.stringContaining('never writes over'),
  })
  await place.write('other.key', `${'7'.repeat(64)}\n`)
  for (const bad of ['other.key', 'vault.key', 'nowhere.key'])
    expect((await place.run('vault', 'key', 'confirm', bad)).code).toBe(2)
  expect((await place.run('vault', 'key', 'confirm', 'copy.key')).code).toBe(0)
  const check = await place.run('vault', 'key', 'check')
  expect(check.out).toContain('A copy was last confirmed')
  expect(check.out).not.toContain((await readFile(join(place.folder, 'vault.key'), 'utf8')).trim())
})

it('a database of one environment is not touched by a command of another', async () => {
  await using place = await openPlace()
  await place.run(...ada)
  await place.configure({ environment: 'test' })
  expect(await place.run('people')).toMatchObject({
    code: 2,
    out: '',
    err: expect.stringContaining('belongs to the environment "sandbox"'),
  })
})

it('a dead job is seen by list and doctor, and lives again when it is retried', async () => {
  await using place = await openPlace()
  await place.run(...ada)
  const db = new DatabaseSync(join(place.folder, 'data', 'wardline.db'))
  const insert = db.prepare(
    `insert into jobs (id, kind, subject, run_at, state, attempts, bugs, last_error, created_at)
     values (?, 'notify', 'notice_1', 1, ?, 3, 0, 'the disk is full', 1)`,
  )
  insert.run('job_1', 'dead')
  insert.run('job_2', 'waiting')
  db.close()
  const dead = await place.run('jobs', '--state', 'dead')
  expect(dead.out).toMatch(/^job_1 +dead +notify +notice_1 .* the disk is full$/m)
  expect(dead.out).not.toContain('job_2')
  expect((await place.run('doctor')).out).toMatch(/^fail +jobs +1 dead$/m)
  expect(await place.run('jobs', 'retry', 'job_2')).toMatchObject({
    code: 2,
    err: expect.stringContaining('goes on by itself'),
  })
  expect((await place.run('jobs', 'retry', 'job_1')).code).toBe(0)
  expect(rows((await place.run('jobs', '--json')).out).map(({ state }) => state)).toEqual(['waiting', 'waiting'])
  expect(rows((await place.run('audit', 'show', '--json')).out)).toContainEqual(
    expect.objectContaining({ act: 'retry_job', subject: 'job_1' }),
  )
})

it('a file that is no list is refused in words, and neither a list nor a deployment begins with it', async () => {
  await using place = await openPlace()
  const bring = (file: string, ...more: string[]) => place.run('lists', 'import', file, '--class', 'test', ...more)
  await mkdir(join(place.folder, 'folder'))
  await place.write('picture.png', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  await place.write('empty.jsonl', '')
  await place.write('header.csv', 'source,entryId,algorithm,value\n')
  await place.write('odd.jsonl', '{}\nno json\n')
  for (const [file, words] of [
    ['folder', /folder is a folder, and a list is a file/],
    ['picture.png', /picture\.png is no list: it holds something other than UTF-8 text/],
    ['nowhere.csv', /nowhere\.csv does not exist/],
    ['empty.jsonl', /^The file holds no row/],
    ['header.csv', /^The file holds no row/],
    ['odd.jsonl', /^None of its 2 rows could be taken.*line 1: the source is missing/],
  ] as const) {
    const { code, out, err } = await bring(file)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(words)
    expect(err).not.toContain('mistake in Wardline')
  }
  expect(await readdir(place.folder)).not.toContain('data')
})

it('an entry of too many values is named by its id, and the rest of the file is taken', async () => {
  await using place = await openPlace()
  const row = (entryId: string, at: number) =>
    JSON.stringify({ source: 'us', entryId, algorithm: 'sha1', value: (at + 1).toString(16).padStart(40, '0') })
  const many = Array.from({ length: 256 }, (_, at) => row('many', at))
  await place.write('l.jsonl', [...many, row('one', 999)].join('\n'))
  const { code, out } = await place.run('lists', 'import', 'l.jsonl', '--class', 'test')
  expect(code).toBe(2)
  expect(out).toMatch(/^257 rows read: 1 added, .* 256 skipped\.$/m)
  expect(out).toMatch(/^ +entry many of us: more values than one entry may have \(255\); not taken/m)
  expect(out).not.toContain('more; --json')
  expect(out).not.toMatch(/[0-9a-f]{32}/)
})

it('whoever only looks begins nothing in a mistyped folder, and hears which one it was', async () => {
  await using place = await openPlace({ data: './mistyped' })
  await place.write('copy.key', `${'7'.repeat(64)}\n`)
  for (const look of [
    ['people'],
    ['api-keys'],
    ['lists'],
    ['cases'],
    ['reports'],
    ['jobs'],
    ['audit', 'verify'],
    ['vault', 'key', 'check'],
    ['vault', 'key', 'copy', 'other.key'],
    ['vault', 'key', 'confirm', 'copy.key'],
  ])
    expect(await place.run(...look)).toMatchObject({
      code: 2,
      out: '',
      err: expect.stringMatching(/^There is no deployment in .*\/mistyped yet/),
    })
  expect((await readdir(place.folder)).sort()).toEqual(['copy.key', 'wardline.yaml'])
})

it('a missing key is told with the path where it was looked for', async () => {
  await using place = await openPlace()
  await place.run(...ada)
  await rm(join(place.folder, 'vault.key'))
  for (const command of [['people'], ['serve']]) {
    const { code, err } = await place.run(...command)
    expect(code).toBe(2)
    expect(err).toContain(join(place.folder, 'vault.key'))
    expect(err).not.toContain('begins a new deployment')
  }
})

it('what a command writes is its owner’s alone, also in a folder that others may look into', async () => {
  await using place = await openPlace()
  await mkdir(join(place.folder, 'data'))
  await chmod(join(place.folder, 'data'), 0o755)
  await place.run(...ada)
  expect((await stat(join(place.folder, 'data', 'wardline.db'))).mode & 0o777).toBe(0o600)
})

it('a list that the configuration names is brought in by its source alone', async () => {
  await using place = await openPlace()
  await place.write('drawn.csv', `source,entryId,algorithm,value\ns,1,md5,${'ab'.repeat(16)}\n`)
  await place.configure({ lists: { drawn: { kind: 'file', class: 'test', path: './drawn' } } })
  const refused = await place.run('lists', 'import', 'drawn.csv', '--class', 'test')
  expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringContaining('another --name') })
  expect((await place.run('lists')).out).toMatch(/^drawn +test +31 +0 +never +sandbox$/m)
  expect((await place.run('lists', 'import', 'drawn.csv', '--class', 'test', '--name', 'ours')).code).toBe(0)
})

it('a test list in production comes with the warning that it never matches there', async () => {
  await using place = await openPlace({ environment: 'production', rules: { perceptual: 'review' } })
  await place.write('drawn.csv', `source,entryId,algorithm,value\ns,1,md5,${'ab'.repeat(16)}\n`)
  const warned = await place.run('lists', 'import', 'drawn.csv', '--class', 'test')
  expect(warned).toMatchObject({ code: 0, err: expect.stringMatching(/^warning: .* never matches in production/) })
  const quiet = await place.run('lists', 'import', 'drawn.csv', '--class', 'exploitative', '--name', 'other')
  expect(quiet).toMatchObject({ code: 0, err: '' })
})
