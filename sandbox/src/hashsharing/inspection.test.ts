import { afterAll, beforeAll, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import { ask } from '../lists/caller.ts'
import type { HashSharing } from './hashsharing.ts'
import { startHashSharing } from './hashsharing.ts'
import { readerOf } from './reader.ts'

let server: HashSharing
beforeAll(async () => {
  server = await startHashSharing({ clock: new StillClock(), entries: 2000 })
})
afterAll(() => server.close())

const order = (what: string, body: unknown, type = 'application/json') =>
  ask(server, `/inspect/${what}`, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': type } })
const census = async () => JSON.parse((await ask(server, '/inspect/census')).text)
const state = async () => JSON.parse((await ask(server, '/inspect/state')).text)

test('state and entries can be read from another process, the entries one a line', async () => {
  expect(await state()).toMatchObject({ environment: 'industry_csam', violations: [], feedback: [] })
  const lines = (await ask(server, '/inspect/entries')).text.trim().split('\n')
  expect(lines).toHaveLength((await census()).live)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    memberId: expect.any(Number),
    entryId: expect.any(String),
    malformed: [],
  })
})

test('the list can be changed from another process', async () => {
  const { live } = await census()
  const added = { kind: 'add', memberId: 1, entryId: 'x', entry: { fingerprints: { md5: '0'.repeat(32) } } }
  expect((await order('change', [added])).status).toBe(200)
  expect((await order('change', added)).status).toBe(400)
  expect(JSON.parse((await order('churn', { adds: 2, deletes: 1 })).text)).toHaveLength(3)
  expect((await census()).live).toBe(live + 2)
})

test('what is no change is refused in words, whole, and leaves the list as it was', async () => {
  const before = await census()
  const good = { kind: 'add', memberId: 1, entryId: 'y', entry: {} }
  for (const [wrong, words] of [
    [null, 'change.kind must be one of add, update, delete'],
    [{}, 'change.kind must be one of'],
    [{ ...good, kind: 'remove' }, 'change.kind must be one of'],
    [{ kind: 'add', memberId: 1, entryId: 'y' }, 'change.entry is missing'],
    [{ kind: 'add', memberId: 1, entry: {} }, 'change.entryId is missing'],
    [{ ...good, memberId: 'one' }, 'change.memberId must be a whole number'],
    [{ ...good, pdq: 'x' }, 'change has a key that is not known'],
    [{ ...good, entry: { pdq: 'x' } }, 'change.entry has a key that is not known'],
    [{ ...good, entry: { fingerprints: { md5: 7 } } }, 'change.entry.fingerprints.md5 must be a text'],
    [{ ...good, entry: { large: ['MD5'] } }, 'change.entry.large[0] must be one of'],
    [[good, { kind: 'delete' }], 'change[1].memberId is missing'],
  ] as const) {
    const answer = await order('change', wrong)
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining(words) })
  }
  expect(await order('churn', { adds: -1 })).toMatchObject({ status: 400, text: expect.stringContaining('churn.adds') })
  expect(await census()).toEqual(before)
  expect(
    (
      await ask(server, '/inspect/change', {
        method: 'POST',
        body: '{',
        headers: { 'content-type': 'application/json' },
      })
    ).status,
  ).toBe(400)
})

test('faults can be planted from another process, but not from a web page', async () => {
  const status = async () => (await readerOf(server).get('/v2/status')).status
  expect((await order('faults', { route: 'status', script: ['bad_gateway', null] })).status).toBe(200)
  expect([await status(), await status()]).toEqual([502, 200])
  await order('faults', { route: 'status', always: 'unavailable' })
  expect(await status()).toBe(503)
  await order('faults', { route: 'status', always: null })
  expect(await status()).toBe(200)
  expect((await order('faults', { route: 'status', script: ['bad_gateway'] }, 'text/plain')).status).toBe(415)
  expect((await order('faults', { route: 'status', script: ['earthquake'] })).status).toBe(400)
  expect((await order('faults', { route: 'elsewhere', script: [] })).status).toBe(400)
  expect((await order('elsewhere', {})).status).toBe(400)
  expect((await ask(server, '/inspect/elsewhere')).status).toBe(404)
  await order('forget', {})
  expect((await state()).calls).toEqual([])
})

test('it does not bind beyond loopback unless told so', async () => {
  await expect(startHashSharing({ host: '0.0.0.0' })).rejects.toThrow('loopback')
})
