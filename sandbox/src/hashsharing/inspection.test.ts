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
