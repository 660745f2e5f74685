import { drawPicture, encode, resize } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { verifyTrail } from '#audit'
import { drawn, kinds, pdqOf, World } from './world.ts'

describe.each(kinds)('on %s, a known image', (database) => {
  it('becomes one finished report and one notice, and says nothing of lists to the uploader', async () => {
    await using world = await World.open({ database })
    const known = drawPicture(1)
    await world.list([known])
    const bytes = await encode(await resize(known, 300, 225), 'webp', { quality: 70 })
    const { status, body } = await world.upload(bytes, {
      account: { id: 'user-77', email: 'user77@users.example', screenName: 'seventy-seven' },
      fileName: 'beach.webp',
    })
    expect(status).toBe(200)
    expect(Object.keys(body).sort()).toEqual(['id', 'verdict'])
    expect(body.verdict).toBe('held')

    await world.until('the notice', () => world.mailbox.messages().length > 0)
    const [report, ...others] = world.cybertipline.inspect().reports
    expect(others).toEqual([])
    expect(report).toMatchObject({ state: 'finished', files: [{ sizeBytes: bytes.byteLength }] })
    expect(report?.files[0]?.bytes?.equals(bytes)).toBe(true)
    expect(report?.submittedXml).toContain('<espIdentifier>user-77</espIdentifier>')
    expect(report?.files[0]?.fileDetailsXml).toContain('<fileViewedByEsp>false</fileViewedByEsp>')
    expect(report?.files[0]?.fileDetailsXml).toContain('<originalFileName>beach.webp</originalFileName>')

    const [mail, ...more] = world.mailbox.messages()
    expect(more).toEqual([])
    expect(mail?.to).toEqual(['user77@users.example'])
    for (const secret of ['beach', report?.id ?? '?', pdqOf(known), 'demo', 'distance', 'hash'])
      expect(mail?.text).not.toContain(secret)

    expect(await (await world.ask('GET', `/v1/scans/${body.id}`)).json()).toMatchObject({
      id: body.id,
      state: 'removed',
    })
    await world.until('the trail is chained', async () => {
      const trail = await verifyTrail(world.database.read)
      return trail.ok && trail.rows > 5
    })
  })

  it('is held for the settling time, in which a second find on the account joins the same report', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 600 } } })
    await world.list([drawPicture(1), drawPicture(2)])
    const account = { id: 'user-5', email: 'five@users.example' }
    const first = await world.upload(await drawn(1), { account })
    const second = await world.upload(await drawn(2), { account })
    const again = await world.upload(await drawn(1), { account })
    expect([first, second, again].map((one) => one.body.verdict)).toEqual(['held', 'held', 'held'])
    expect(world.cybertipline.inspect().calls).toEqual([])
    await world.pass(500_000)
    expect(world.cybertipline.inspect().calls).toEqual([])
    await world.until('the notice', () => world.mailbox.messages().length > 0)
    expect(world.finishedReports().map((report) => report.files.length)).toEqual([2])
    for (const one of [first, second, again])
      expect(await (await world.ask('GET', `/v1/scans/${one.body.id}`)).json()).toMatchObject({ state: 'removed' })
  })

  it('is told of only after the delay, and the words of an appeal reach the case', async () => {
    await using world = await World.open({ database, config: { notices: { delayHours: 24, jitterHours: 6 } } })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1))
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    await world.pass(23 * 3_600_000)
    expect(world.mailbox.messages()).toEqual([])
    await world.pass(8 * 3_600_000)
    await world.until('the notice', () => world.mailbox.messages().length === 1)

    const link = /https?:\/\/\S+\/appeals\/\S+/.exec(world.mailbox.messages()[0]?.text ?? '')?.[0] ?? ''
    const path = new URL(link).pathname
    for (let prefetch = 0; prefetch < 3; prefetch += 1) expect((await world.ask('GET', path)).status).toBe(200)
    const appeals = () => world.database.read.selectFrom('appeals').selectAll().execute()
    expect(await appeals()).toEqual([])
    const token = path.split('/').at(-1) ?? ''
    const sent = await world.ask('POST', '/v1/appeals', {
      body: new URLSearchParams({ token, words: 'It is a drawing of my own house.' }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(sent.status).toBeLessThan(300)
    expect(await appeals()).toHaveLength(1)
    const shown = (await (await world.ask('GET', '/v1/cases/1')).json()) as { appeals: unknown }
    expect(shown.appeals).toMatchObject([{ number: 1, words: [{ words: 'It is a drawing of my own house.' }] }])
  })

  it('that comes three times in one request of nobody known is one file of one report, at three places', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1), drawPicture(2)])
    const bytes = await drawn(1)
    const context = { surface: 'ai_input', requestId: 'r1' } as const
    const { body } = await world.uploadAll([bytes, bytes, await drawn(2), bytes], context)
    expect(body.results?.map((one) => one.verdict)).toEqual(Array(4).fill('held'))
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    await world.pass(60_000)
    expect(world.finishedReports().map((report) => report.files.length)).toEqual([2])
    expect(world.finishedReports()[0]?.files[0]?.fileDetailsXml).toContain('received 3 times')
    for (const { id } of body.results ?? [])
      expect(await (await world.ask('GET', `/v1/scans/${id}`)).json()).toMatchObject({ state: 'removed' })
    const objects = await world.database.read.selectFrom('vault_objects').select('state').execute()
    expect(objects.map((one) => one.state).toSorted()).toEqual(['destroyed', 'destroyed', 'stored', 'stored'])
  })

  it.each(['0001-01-01T00:00:00Z', '2199-01-01T00:00:00Z'])(
    'is reported although its upload is dated %s, which nobody is told as a fact',
    async (uploadedAt) => {
      await using world = await World.open({ database })
      await world.list([drawPicture(1)])
      const before = new Date(world.clock.now()).toISOString().slice(0, 10)
      await world.upload(await drawn(1), { uploadedAt })
      await world.until('the report', async () => (await world.caseState()) === 'reported')
      const [report] = world.finishedReports()
      expect(report?.submittedXml).toContain(`<incidentDateTime>${before}`)
      expect(report?.files[0]?.fileDetailsXml).not.toContain('<uploadedToEspTimestamp>')
      expect(report?.files[0]?.fileDetailsXml).toContain(`cannot be true and so is not used: ${uploadedAt}`)
    },
  )
})
