import { createHash, randomBytes } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { drawPicture } from '@wardline/sandbox'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { drawn, kinds, pdqOf, World } from './world.ts'

const sizes = { pdq: 32, md5: 16, sha1: 20, sha256: 32 } as const
type Algorithm = keyof typeof sizes
interface Known {
  readonly algorithm: Algorithm
  readonly value: string
}

describe.each(kinds)('on %s, a thousand listed values', (database) => {
  it('are in no file, no table, no log and no answer: not as hex, not as base64, not as bytes', async () => {
    await using world = await World.open({ database })
    const begun = Date.now()
    const file = await drawn(1)
    const listed = [...(await ofDrawings(file)), ...random()]
    const rows = listed.map(({ algorithm, value }, at) =>
      JSON.stringify({
        source: 'story',
        entryId: `e${at}`,
        algorithm,
        value: at % 7 === 0 ? value.toUpperCase() : value,
      }),
    )
    await world.listRows(rows)
    // The same again, some taken to be another algorithm's, some torn: what an import says of them is said in the log's words.
    await world.listRows(rows.slice(0, 300))
    const odd = listed.map(({ value }, at) =>
      at % 2 === 0 ? JSON.stringify({ source: 's', entryId: `o${at}`, algorithm: 'sha1', value: `${value}ff` }) : value,
    )
    await expect(world.listRows(odd, { id: 'odd' })).resolves.toBeUndefined()
    const answers: string[] = []
    const ask = async (...request: Parameters<World['ask']>) => answers.push(await (await world.ask(...request)).text())
    answers.push(JSON.stringify((await world.upload(file, { account: { id: 'one' } })).body))
    answers.push(JSON.stringify((await world.upload(await drawn(2, 'webp'), { account: { id: 'two' } })).body))
    for (const { value } of listed.slice(0, 40)) {
      await ask('GET', `/v1/scans/${value.slice(0, 12)}`)
      await ask('POST', '/v1/scans', { body: Buffer.from(value, 'hex'), headers: { 'content-type': 'image/png' } })
    }
    await world.until('two reports', () => world.finishedReports().length === 2)
    await world.pass(3_600_000)
    await ask('GET', '/v1/cases')
    await ask('GET', '/v1/reports')
    await ask('GET', '/metrics')
    for (const { id } of await world.database.read.selectFrom('cases').select('id').execute())
      await ask('GET', `/v1/cases/${id}`)
    const tables = database === 'postgres' ? await postgresFiles(world, begun) : []
    await world.stop()
    await world.start()
    await world.stop()

    const places = [
      ...(await filesBelow(world.folder)),
      ...tables,
      { name: 'the log', bytes: Buffer.from(JSON.stringify(world.lines)) },
      { name: 'answers', bytes: Buffer.from(answers.join('\n')) },
    ]
    const sought = openSearch(listed)
    expect(places.filter(({ name }) => name.endsWith('.db') || name.includes('base/')).length).toBeGreaterThan(0)
    expect(places.flatMap(({ name, bytes }) => sought(bytes).map((form) => `${form} in ${name}`))).toEqual([])
    // The search would have found each of them.
    const [first, last] = [listed[0] ?? never(), listed.at(-1) ?? never()]
    for (const { value } of [first, last])
      for (const said of forms(value))
        expect(sought(Buffer.concat([randomBytes(999), said.needle, randomBytes(99)]))).toEqual([said.form])
  }, 120_000)
})

/** What is met: the file's own digests and its picture's hash, and a picture that is met by likeness. */
async function ofDrawings(file: Uint8Array): Promise<Known[]> {
  const digests = (['md5', 'sha1', 'sha256'] as const).map((algorithm) => ({
    algorithm,
    value: createHash(algorithm).update(file).digest('hex'),
  }))
  return [...digests, ...[1, 2, 3].map((seed) => ({ algorithm: 'pdq' as const, value: pdqOf(drawPicture(seed)) }))]
}

function random(): Known[] {
  const algorithms = Object.keys(sizes) as Algorithm[]
  return algorithms.flatMap((algorithm) =>
    Array.from({ length: 250 }, () => ({ algorithm, value: randomBytes(sizes[algorithm]).toString('hex') })),
  )
}

async function filesBelow(folder: string, since = 0): Promise<{ name: string; bytes: Buffer }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const read = files.map(async (name) => {
    // What another test's server takes away meanwhile is none of ours.
    const changed = await stat(name).catch(() => undefined)
    return changed && changed.mtimeMs >= since
      ? [{ name, bytes: await readFile(name).catch(() => Buffer.alloc(0)) }]
      : []
  })
  return (await Promise.all(read)).flat()
}

/** The database's own files and the write-ahead log since then, as they lie on PostgreSQL's disk. */
async function postgresFiles(world: World, since: number): Promise<{ name: string; bytes: Buffer }[]> {
  const { read } = world.database
  await sql`checkpoint`.execute(read)
  const found = await sql<{ folder: string; oid: number }>`
    select current_setting('data_directory') as folder, oid from pg_database where datname = current_database()`.execute(
    read,
  )
  const { folder, oid } = found.rows[0] ?? never()
  const own = await filesBelow(join(folder, 'base', String(oid)))
  return [...own, ...(await filesBelow(join(folder, 'pg_wal'), since - 1_000))]
}

function forms(value: string): { form: string; needle: Buffer }[] {
  const bytes = Buffer.from(value, 'hex')
  return [
    { form: 'hex', needle: Buffer.from(value) },
    { form: 'HEX', needle: Buffer.from(value.toUpperCase()) },
    // Without the end, which depends on what follows.
    { form: 'base64', needle: Buffer.from(bytes.toString('base64').slice(0, 20)) },
    { form: 'bytes', needle: bytes },
  ]
}

/** Finds any form of any of them in one walk: first by three bytes, then by eight, then whole. Names the form, never the value. */
function openSearch(listed: readonly Known[]): (bytes: Buffer) => string[] {
  const all = listed.flatMap(({ value }) => forms(value))
  const begins = new Uint8Array(2 ** 24)
  const byEight = new Map<string, { form: string; needle: Buffer }[]>()
  for (const each of all) {
    begins[each.needle.readUIntBE(0, 3)] = 1
    const key = each.needle.toString('latin1', 0, 8)
    byEight.set(key, [...(byEight.get(key) ?? []), each])
  }
  return (bytes) => {
    const found: string[] = []
    for (let at = 0; at + 16 <= bytes.length; at += 1) {
      const three = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
      if (begins[three] !== 1) continue
      for (const { form, needle } of byEight.get(bytes.toString('latin1', at, at + 8)) ?? [])
        if (needle.equals(bytes.subarray(at, at + needle.length))) found.push(form)
    }
    return found
  }
}

function never(): never {
  throw new Error('there is none')
}
