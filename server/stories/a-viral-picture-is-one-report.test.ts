import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { batchCases, foreseeBatch } from '#flow'
import { listSetAsides } from '#lists'
import { toldOf } from '#logbook'
import { findReport } from '#reports'
import { drawn, kinds, World } from './world.ts'

const rules = { breaker: { accounts: 2, hours: 24 }, settleSeconds: 60 }

async function flooded(world: World) {
  const { ground } = world.wardline
  const person = await world.database.transact((tx) =>
    addPerson(tx, ground.clock, { name: 'Ada', email: 'ada@x.example', roles: ['reviewer'] }),
  )
  await world.list([drawPicture(1), drawPicture(2)])
  const send = async (user: string, bytes: Uint8Array) => {
    const account = { id: user, email: `${user}@users.example`, emailVerified: true }
    const known = user === 'b' ? { publiclyAvailable: true } : {}
    expect((await world.upload(bytes, { account, ...known })).body.verdict).toBe('held')
  }
  for (const user of ['a', 'b', 'c']) await send(user, await drawn(1))
  // The same picture in other bytes, one that has another file too, and one of nobody known.
  await send('d', await encode(drawPicture(1), 'webp', { quality: 60 }))
  await send('e', await drawn(1))
  await send('e', await drawn(2))
  await world.upload(await drawn(1), { account: undefined })
  await world.pass(120_000)
  await world.until('all wait', async () => (await states(world)).every((state) => state === 'set_aside'))
  const [aside] = await listSetAsides(ground.database.read, ground.clock)
  const by = `person:${person.id}` as const
  return { by, of: { asideId: aside?.id ?? '' } }
}

const states = async ({ database }: World) =>
  (await database.read.selectFrom('cases').select('state').orderBy('number').execute()).map(({ state }) => state)

const count = (text: string, what: RegExp) => [...text.matchAll(what)].length

describe.each(kinds)('on %s, a picture that goes round', (database) => {
  it('becomes one report of many accounts when a person says what it is, and each account is told once', async () => {
    await using world = await World.open({ database, config: { rules } })
    const { by, of } = await flooded(world)
    const { river } = world.wardline
    const foreseen = await foreseeBatch(river, of)
    expect(foreseen.cases.map(({ number }) => number)).toEqual([1, 2, 3, 4])
    expect(foreseen.left).toMatchObject([
      { number: 5, why: 'it holds other files as well' },
      { number: 6, why: expect.stringMatching(/^no account is known/) },
    ])
    const told = { by, of, cases: [1, 2, 3, 4], viral: true, potentialMeme: true, reason: 'everybody sends it round' }
    const { reportId } = await batchCases(river, told)
    await world.until('all are reported', async () =>
      (await states(world)).slice(0, 4).every((one) => one === 'reported'),
    )
    const [report, ...others] = world.finishedReports()
    expect(others).toEqual([])
    const xml = report?.submittedXml ?? ''
    expect(xml).toContain('<batchedReport reason="VIRAL_POTENTIAL_MEME"/>')
    for (const user of ['a', 'b', 'c', 'd'])
      expect(xml).toContain(`<personOrUserReported><espIdentifier>${user}</espIdentifier></personOrUserReported>`)
    expect(count(xml, /<personOrUserReported>/g)).toBe(4)
    for (const forbidden of ['internetDetails', 'additionalInfo', 'users.example', '203.0.113.7'])
      expect(xml).not.toContain(forbidden)
    expect(xml).toContain('environment &quot;sandbox&quot;'.replaceAll('&quot;', '"'))
    const [file, ...files] = report?.files ?? []
    expect(files).toEqual([])
    expect(file?.bytes?.equals(await drawn(1))).toBe(true)
    const details = file?.fileDetailsXml ?? ''
    expect(details).toContain('<fileAnnotations><potentialMeme/><viral/></fileAnnotations>')
    expect(details).toContain('<fileViewedByEsp>false</fileViewedByEsp>')
    expect(details).toContain('<publiclyAvailable>true</publiclyAvailable>')
    for (const forbidden of [
      'originalFileName',
      'originalFileHash',
      'ipCaptureEvent',
      'additionalInfo',
      'locationOfFile',
    ])
      expect(details).not.toContain(forbidden)

    await world.until('the notices', () => world.mailbox.messages().length === 4)
    await world.pass(60_000)
    expect(
      world.mailbox
        .messages()
        .flatMap(({ to }) => to)
        .toSorted(),
    ).toEqual(['a', 'b', 'c', 'd'].map((user) => `${user}@users.example`))
    // The evidence of every account is kept, and each case knows its report.
    expect(await (await world.ask('GET', '/v1/cases/4')).json()).toMatchObject({
      state: 'reported',
      decision: { by, viewed: false },
      reports: [{ id: reportId, isBatched: true, score: null, remoteId: report?.id }],
    })
    for (const number of ['1', '4']) expect(await findReport(world.database.read, number)).toBe(reportId)
    const kept = await world.database.read.selectFrom('vault_objects').select('keep_until').orderBy('id').execute()
    expect(kept.slice(0, 4).every(({ keep_until }) => keep_until !== null)).toBe(true)

    // Whoever restores an older database is asked about every one of them.
    const logbook = toldOf((await river.logbook.read()).lines).get(reportId)
    expect(logbook?.otherCases.length).toBe(3)

    // What an account of the batch does later is reported in full, and names the batched report.
    expect((await states(world)).slice(4)).toEqual(['set_aside', 'set_aside'])
    await world.upload(await drawn(2), { account: { id: 'b' } })
    await world.pass(120_000)
    await world.until('the later report', () => world.finishedReports().length === 2)
    expect(world.finishedReports()[1]?.submittedXml).toContain(`<priorCTReports>${report?.id}</priorCTReports>`)
  })

  it('is all or nothing, and only a person’s word: nothing is decided when one case cannot be taken', async () => {
    await using world = await World.open({ database, config: { rules } })
    const { by, of } = await flooded(world)
    const { river } = world.wardline
    const batch = { by, of, cases: [1, 2], viral: true, potentialMeme: false, reason: 'it goes round' }
    const refused: readonly (readonly [Partial<Parameters<typeof batchCases>[1]>, string])[] = [
      [{ cases: [1, 5] }, 'not_possible'],
      [{ cases: [2, 6] }, 'not_possible'],
      [{ cases: [1, 1] }, 'batch_odd'],
      [{ cases: [1] }, 'batch_odd'],
      [{ cases: [1, 99] }, 'no_such_case'],
      [{ viral: false }, 'annotation_missing'],
      [{ reason: ' ' }, 'reason_missing'],
      [{ by: 'key:k' }, 'not_a_person'],
      [{ of: { asideId: 'aside_none' } }, 'no_such_set_aside'],
      [{ of: { fileId: 'file_none' }, cases: [1, 4] }, 'not_possible'],
    ]
    for (const [change, code] of refused)
      await expect(batchCases(river, { ...batch, ...change })).rejects.toMatchObject({ code })
    expect(await states(world)).toEqual(Array(6).fill('set_aside'))
    expect(await world.database.read.selectFrom('reports').selectAll().execute()).toEqual([])
    expect(world.cybertipline.inspect().calls).toEqual([])
  })

  it('is one report when two persons ask for it at once, and when the credentials go and come back before its finish', async () => {
    await using world = await World.open({ database, config: { rules } })
    const { by, of } = await flooded(world)
    const batch = { by, of, viral: true, potentialMeme: false, reason: 'it goes round' }
    world.cybertipline.faults.always('finish', { kind: 'unavailable' })
    const both = await Promise.allSettled([
      batchCases(world.wardline.river, { ...batch, cases: [1, 2, 3] }),
      batchCases(world.wardline.river, { ...batch, cases: [2, 3, 4] }),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    await world.until('a report under way', () => world.cybertipline.inspect().reports.length === 1)
    const { user, password } = world.cybertipline.credentials
    await world.stop()
    world.cybertipline.faults.always('finish', null)
    await world.start({ cybertip: { username: undefined, password: undefined } })
    await world.until(
      'they cannot be reported',
      async () => count((await states(world)).join(), /cannot_report/g) === 3,
    )
    await world.stop()
    await world.start({ cybertip: { username: user, password } })
    await world.until('all are reported', async () => count((await states(world)).join(), /reported/g) === 3)
    await world.until('the notices', () => world.mailbox.messages().length === 3)
    await world.pass(60_000)
    expect(world.finishedReports()).toHaveLength(1)
    expect(world.mailbox.messages()).toHaveLength(3)
  })

  it('is found by the very bytes of a file too, over HTTP, and an account with two such cases is named and told once', async () => {
    await using world = await World.open({ database, config: { rules } })
    const { by } = await flooded(world)
    const again = { id: 'a', email: 'a@users.example', emailVerified: true }
    await world.upload(await drawn(1), { account: again })
    await world.pass(120_000)
    await world.until('all wait', async () => (await states(world)).every((state) => state === 'set_aside'))
    const key = await world.newKey(['cases:read', 'cases:decide'], by.slice('person:'.length))
    const shown = (await (await world.ask('GET', '/v1/cases/1', { key })).json()) as { files: { id: string }[] }
    const file = shown.files[0]?.id ?? ''
    const foreseen = (await (await world.ask('GET', `/v1/cases/batch?file=${file}`, { key })).json()) as object
    expect(foreseen).toMatchObject({ fileId: file, cases: [1, 2, 3, 7], left: [{ number: 5 }, { number: 6 }] })
    const headers = { 'content-type': 'application/json' }
    const ask = (body: object) => world.ask('POST', '/v1/cases/batch', { key, headers, body: JSON.stringify(body) })
    expect((await ask({ file, cases: [1, 2], reason: 'x' })).status).toBe(400)
    const done = await ask({ file, cases: [1, 2, 3, 7], viral: true, reason: 'it goes round' })
    expect({ status: done.status, body: await done.json() }).toMatchObject({ status: 200, body: { cases: 4 } })
    await world.until('the notices', () => world.mailbox.messages().length === 3)
    await world.pass(60_000)
    expect(world.mailbox.messages()).toHaveLength(3)
    expect(count((await states(world)).join(), /reported/g)).toBe(4)
    expect(world.finishedReports()).toHaveLength(1)
    expect(count(world.finishedReports()[0]?.submittedXml ?? '', /<espIdentifier>/g)).toBe(3)
  })
})
