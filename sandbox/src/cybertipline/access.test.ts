import { expect, test } from 'vitest'
import { callerOf, opened, reportXml } from './caller.ts'

test('rights are told apart: 2000, 3000, 3100, 3300', async () => {
  const users = [
    { user: 'submits', password: 's', rights: ['submit'] },
    { user: 'updates', password: 'u', rights: ['update'] },
    { user: 'looks', password: 'l', rights: [] },
  ] as const
  await using world = await opened({ users })
  const [submits, updates, looks] = users.map((user) => callerOf(world.tip, user))
  expect(await submits?.finish(world.reportId)).toMatchObject({ status: 403, code: '3300' })
  expect(await updates?.submit(reportXml())).toMatchObject({ status: 403, code: '3100' })
  expect(await looks?.submit(reportXml())).toMatchObject({ status: 403, code: '3000' })
  expect(await looks?.call('status')).toMatchObject({ status: 200, code: '0' })
  const stranger = await callerOf(world.tip, { user: 'submits', password: 'wrong' }).call('status')
  expect(stranger).toMatchObject({ status: 401, body: '' })
  expect(stranger.headers.get('www-authenticate')).toBe('Basic realm="ESP Web Services"')
})

test('a 401 may carry XML, and stays a 401 in legacy mode', async () => {
  await using world = await opened({ unauthorisedBody: 'xml', statusMap: 'legacy200' })
  const stranger = callerOf(world.tip, { user: 'x', password: 'y' })
  expect(await stranger.submit(reportXml())).toMatchObject({ status: 401, code: '2000', root: 'reportResponse' })
})

test('in legacy mode every other refusal is a 200', async () => {
  await using world = await opened({ statusMap: 'legacy200' })
  const { caller } = world
  expect(await caller.submit('<report/>')).toMatchObject({ status: 200, code: '4100' })
  expect(await caller.finish('1')).toMatchObject({ status: 200, code: '5001' })
  expect(await caller.call('nowhere')).toMatchObject({ status: 200, code: '1210' })
})

const ofCodes: [number, number][] = [
  [0, 200],
  ...[1000, 1100, 1110, 1111, 1300].map((code): [number, number] => [code, 500]),
  [1210, 404],
  [2000, 401],
  ...[3000, 3100, 3300].map((code): [number, number] => [code, 403]),
  ...[4000, 4100, 4110, 4200, 5101, 5102].map((code): [number, number] => [code, 400]),
  [5001, 404],
  [5002, 404],
  [4999, 400],
]
test('each code has its HTTP status, in legacy mode 200 but for 401, or the one that was chosen', async () => {
  const chosen = { 5102: 409, 0: 202 }
  for (const [statusMap, expected] of [
    ['default', (_code: number, usual: number) => usual],
    ['legacy200', (code: number) => (code === 2000 ? 401 : 200)],
    [chosen, (code: number, usual: number) => ({ 5102: 409, 0: 202 })[code] ?? usual],
  ] as const) {
    await using world = await opened({ statusMap, unauthorisedBody: 'xml' })
    for (const [code, usual] of ofCodes) {
      world.tip.faults.next('status', { kind: 'code', code })
      const reply = await world.caller.call('status')
      expect(reply).toMatchObject({ status: expected(code, usual), code: String(code), root: 'reportResponse' })
      expect(reply.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/)
    }
  }
})

test('an unknown path is 1210, the wrong method 4000', async () => {
  await using world = await opened()
  expect(await world.caller.call('reports')).toMatchObject({ status: 404, code: '1210' })
  expect(await world.caller.call('toString')).toMatchObject({ status: 404, code: '1210' })
  expect(await world.caller.call('finish')).toMatchObject({ status: 400, code: '4000' })
})
