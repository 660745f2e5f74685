import { describe, expect, test } from 'vitest'
import { Fault } from '#base'
import { Door } from './testing.ts'

const json = (body: unknown) => ({
  method: 'POST',
  body: JSON.stringify(body),
  headers: { 'content-type': 'application/json' },
})
const upheld = { outcome: 'upheld', reason: 'it is so' }

describe('the hearing of appeals over HTTP', () => {
  test('is for people with the scope: a service neither reads nor decides, and reading is not deciding', async () => {
    await using door = await Door.open()
    const platform = await door.key(['appeals:write'])
    const reads = await door.personKey('auditor', ['appeals:read'])
    const ask = async (key: string | undefined, path: string, init?: RequestInit) =>
      (await door.ask(path, key, init)).status
    for (const path of ['/v1/appeals', '/v1/appeals/1']) {
      expect(await ask(undefined, path)).toBe(401)
      expect(await ask(platform, path)).toBe(403)
    }
    expect(await ask(reads, '/v1/appeals?state=open&mine=false')).toBe(200)
    for (const path of ['next', '1/decide', '1/second-look', '1/hand-back'])
      for (const key of [platform, reads]) expect(await ask(key, `/v1/appeals/${path}`, json(upheld))).toBe(403)
    expect(await ask(reads, '/v1/notices/notice_1/appeal')).toBe(403)
    await expect(door.key(['appeals:decide'])).rejects.toMatchObject({ code: 'scope_needs_person' })
    await expect(door.key(['appeals:read'])).rejects.toMatchObject({ code: 'scope_needs_person' })
  })

  test.each([
    ['without a reason', { outcome: 'upheld' }],
    ['with a reason of spaces', { outcome: 'upheld', reason: '  ' }],
    ['with an outcome that is none', { outcome: 'dismissed', reason: 'x' }],
    ['that names grounds and upholds', { ...upheld, grounds: [{ fileId: 'file_1', index: 0 }] }],
    ['that names files of an entry', { outcome: 'overturned_entry', reason: 'x', files: ['file_1'] }],
    [
      'with a ground before the first',
      { outcome: 'overturned_entry', reason: 'x', grounds: [{ fileId: 'f', index: -1 }] },
    ],
    ['with a key too many', { ...upheld, by: 'person_2' }],
  ])('a verdict %s is refused before anybody is asked', async (_what, body) => {
    await using door = await Door.open()
    const key = await door.personKey('reviewer', ['appeals:decide'])
    for (const path of ['decide', 'second-look']) {
      const answer = await door.ask(`/v1/appeals/1/${path}`, key, json(body))
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ code: 'request_wrong' })
    }
    expect((await door.ask('/v1/appeals/0/decide', key, json(upheld))).status).toBe(400)
  })

  test('says why it is refused, and what comes next', async () => {
    await using door = await Door.open()
    const key = await door.personKey('reviewer', ['appeals:decide'])
    for (const [code, status] of [
      ['decided_before', 403],
      ['not_yours', 403],
      ['no_such_appeal', 404],
      ['not_possible', 409],
      ['ground_unknown', 422],
    ] as const) {
      const fault = new Fault(code, 'words of ours', { retry: 'never' })
      door.stages.hearing.decide = () => Promise.reject(fault)
      const answer = await door.ask('/v1/appeals/1/decide', key, json(upheld))
      expect(answer.status).toBe(status)
      expect(await answer.json()).toMatchObject({ code, next: expect.stringMatching(/.{10}/) })
    }
  })
})

test('words that come too late are refused, a program with the day on which the time ended, a person with a page in their language', async () => {
  await using door = await Door.open()
  const words = 'the time in which you could object ended on 2027-05-21 (year-month-day)'
  door.stages.recordAppeal = () => Promise.reject(new Fault('appeal_too_late', words, { retry: 'never' }))
  const body = { token: 'known', words: 'It was my cat.' }
  const program = await door.ask('/v1/appeals', undefined, json(body))
  expect(program.status).toBe(409)
  expect(await program.json()).toMatchObject({ code: 'appeal_too_late', detail: words })
  const person = await door.ask('/v1/appeals', undefined, { method: 'POST', body: new URLSearchParams(body) })
  expect(person.status).toBe(409)
  expect(await person.text()).toContain('The time for writing is over')
  const german = { method: 'POST', body: new URLSearchParams(body), headers: { 'accept-language': 'de' } }
  expect(await (await door.ask('/v1/appeals', undefined, german)).text()).toMatch(/<html lang="de"/)
})

test('what a platform enters is words of an account, and no book', async () => {
  await using door = await Door.open()
  const key = await door.key(['appeals:write'])
  const entered: object[] = []
  door.stages.hearing.enter = async (one) => {
    entered.push(one)
    return { state: 'received' }
  }
  const enter = async (body: unknown) => (await door.ask('/v1/notices/notice_1/appeal', key, json(body))).status
  for (const wrong of [{ words: 'x' }, { account: 'a' }, { account: 'a', words: ' ' }, { account: '', words: 'x' }])
    expect(await enter(wrong)).toBe(400)
  expect(await enter({ account: 'a', words: 'x'.repeat(10_001) })).toBe(400)
  expect(await enter({ account: 'a', words: 'x'.repeat(300_000) })).toBe(413)
  expect(await enter({ account: 'a', words: 'It was\r\nmy cat.' })).toBe(201)
  expect(entered).toEqual([{ noticeId: 'notice_1', account: 'a', words: 'It was\nmy cat.' }])
  expect((await door.ask(`/v1/notices/${encodeURIComponent("x' or 1")}/appeal`, key)).status).toBe(400)
})
