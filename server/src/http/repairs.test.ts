import { expect, test } from 'vitest'
import { Fault } from '#base'
import { Door } from './testing.ts'

const said = {
  method: 'POST',
  body: JSON.stringify({ reason: 'a beach' }),
  headers: { 'content-type': 'application/json' },
}

test('repairs are answered by people alone, with a reason, and what is refused says why and what comes next', async () => {
  await using door = await Door.open()
  const reads = await door.key(['cases:read'])
  const key = await door.personKey('reviewer', ['cases:decide'])
  const ask = (path: string, by: string | undefined, init?: RequestInit) => door.ask(`/v1/repairs${path}`, by, init)
  expect((await ask('', undefined)).status).toBe(401)
  expect((await ask('', reads)).status).toBe(200)
  for (const act of ['approve', 'refuse', 'again', 'report', 'letter', 'letter/sent', 'restored'])
    expect((await ask(`/1/${act}`, reads, said)).status, act).toBe(403)
  for (const act of ['approve', 'refuse', 'again', 'report'])
    expect((await ask(`/1/${act}`, key, { ...said, body: '{"reason":" "}' })).status, act).toBe(400)
  const looked = { case: 3, says: 'dismissed', reason: 'x' }
  expect((await ask('/second-looks', key, { ...said, body: JSON.stringify(looked) })).status).toBe(400)
  for (const [code, status] of [
    ['no_such_repair', 404],
    ['decided_before', 403],
    ['not_possible', 409],
  ] as const) {
    door.stages.repairs.report = () => Promise.reject(new Fault(code, 'words of ours', { retry: 'never' }))
    const answer = await ask('/1/report', key, said)
    expect(answer.status).toBe(status)
    expect(await answer.json()).toMatchObject({ code, detail: 'words of ours', next: expect.stringMatching(/.{10}/) })
  }
})
