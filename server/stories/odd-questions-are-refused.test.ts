import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { drawn, kinds, World } from './world.ts'

const wrong = [
  '/v1/cases/99999999999',
  '/v1/cases/2147483648',
  '/v1/cases/0',
  '/v1/cases/1e3',
  '/v1/cases?before=99999999999',
  '/v1/cases?before=2147483648',
  '/v1/reports/a%00b',
  '/v1/reports/report_%F0%9F%98%80',
  '/v1/reports?before=a%00b',
]

describe.each(kinds)('on %s, a question that no database column could hold', (database) => {
  it('is refused at the door, and one that could is answered', async () => {
    await using world = await World.open({ database })
    const ask = async (path: string) => (await world.ask('GET', path)).status
    const statuses = await Promise.all(wrong.map(async (path) => [path, await ask(path)]))
    expect(Object.fromEntries(statuses)).toEqual({
      ...Object.fromEntries(wrong.map((path) => [path, 400])),
      // This is a number, if an odd one.
      '/v1/cases/1e3': 404,
    })
    expect(await ask('/v1/cases/2147483647')).toBe(404)
    expect(await ask('/v1/cases?before=2147483647')).toBe(200)
    for (const id of ['scan_none', 'none', 'a%00b', 'scan_%00', 'scan_1%0A'])
      expect(await (await world.ask('GET', `/v1/scans/${id}`)).json()).toMatchObject({ state: 'unknown' })
    expect(await ask('/v1/reports/report_none')).toBe(404)
    expect(await ask('/v1/reports?before=report_none')).toBe(200)
    expect(await ask('/appeals/a%00b')).toBe(404)
  })

  it('about a key of odd bytes is a 401', async () => {
    await using world = await World.open({ database })
    for (const key of ['x'.repeat(499), '\u00ff\u00fe', 'wl_\\0', "';--"])
      expect((await world.ask('GET', '/v1/cases', { key })).status).toBe(401)
  })

  it('in the words of an appeal is kept as it came', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1))
    await world.until('the mail', () => world.mailbox.messages().length > 0)
    const token = /\/appeals\/(\S+)/.exec(world.mailbox.messages()[0]?.text ?? '')?.[1]
    const words = 'a\u0000b \u{1f600}'
    const headers = { 'content-type': 'application/json' }
    const answer = await world.ask('POST', '/v1/appeals', { body: JSON.stringify({ token, words }), headers })
    expect(answer.status).toBe(201)
    expect(await (await world.ask('GET', '/v1/cases/1')).json()).toMatchObject({ appeals: [{ words: [{ words }] }] })
  })
})
