import { createHash } from 'node:crypto'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { readFile, sealFile } from '../src/cases/facts.ts'
import { drawn, kinds, World } from './world.ts'

describe.each(kinds)('on %s, a real match cannot end in the sandbox', (database) => {
  it('a csam list is not taken by an instance that reports nothing to NCMEC', async () => {
    await using world = await World.open({ database })
    await expect(world.list([drawPicture(1)], { id: 'known', listClass: 'csam' })).rejects.toThrow()
    expect((await world.upload(await drawn(1))).body.verdict).toBe('clear')
  })

  it('a match that is no test waits for review, and even a person cannot send it to the sandbox', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)], { id: 'other', listClass: 'exploitative' })
    expect((await world.upload(await drawn(1))).body.verdict).toBe('held')
    const { database: db, clock } = world.wardline.ground
    const person = await db.transact((tx) =>
      addPerson(tx, clock, { name: 'Rita', email: 'rita@platform.example', roles: ['reviewer'] }),
    )
    const key = await world.newKey(['cases:read', 'cases:decide'], person.id)
    const answer = await world.ask('POST', '/v1/cases/1/confirm', {
      key,
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'not_production' })
    await world.pass(3_600_000)
    expect(world.cybertipline.inspect().calls).toEqual([])
    expect(await db.read.selectFrom('cases').select('state').execute()).toEqual([{ state: 'waiting_review' }])

    const dismissed = await world.ask('POST', '/v1/cases/1/dismiss', {
      key,
      body: '{"reason":"drawn picture"}',
      headers: { 'content-type': 'application/json' },
    })
    expect(dismissed.status).toBe(200)
    expect(await db.read.selectFrom('scans').select('state').execute()).toEqual([{ state: 'released' }])
    await world.until('the evidence is destroyed', async () => {
      await world.pass(24 * 3_600_000)
      const [object] = await db.read.selectFrom('vault_objects').selectAll().execute()
      return object?.state === 'destroyed' && object.wrapped_key === null
    })
  })

  const rowOf = (bytes: Uint8Array, listClass: string) =>
    JSON.stringify({
      source: 'story',
      entryId: '1',
      algorithm: 'sha256',
      value: createHash('sha256').update(bytes).digest('hex'),
      class: listClass,
    })

  it.each(['exploitative', 'generative_ai'] as const)(
    'a match of class %s that is also a test entry is not filed as though it had been dealt with',
    async (listClass) => {
      await using world = await World.open({ database })
      const bytes = await drawn(1)
      await world.list([drawPicture(1)], { id: 'cards', listClass: 'test' })
      await world.listRows([rowOf(bytes, listClass)], { id: 'real', listClass })
      const { body } = await world.upload(bytes)
      expect(body.verdict).toBe('held')
      await world.pass(3_600_000)
      expect(world.cybertipline.inspect().calls).toEqual([])
      expect(world.mailbox.messages()).toEqual([])
      const shown = await (await world.ask('GET', '/v1/cases/1')).json()
      expect(shown).toMatchObject({
        state: 'waiting_review',
        route: 'review',
        files: [{ why: expect.stringContaining('outside production nothing of it is reported by rule') }],
      })
      expect(await (await world.ask('GET', `/v1/scans/${body.id}`)).json()).toMatchObject({ state: 'held' })
    },
  )

  it('a real find does not come along with a test find of the same account, in one request or in two', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 600 } } })
    await world.list([drawPicture(1)], { id: 'cards', listClass: 'test' })
    await world.list([drawPicture(2)], { id: 'real', listClass: 'exploitative' })
    const account = { id: 'user-9', email: 'nine@users.example' }
    const { body } = await world.uploadAll([await drawn(1), await drawn(2)], { account })
    expect(body.results?.map((one) => one.verdict)).toEqual(['held', 'held'])
    await world.upload(await drawn(2, 'png'), { account })
    await world.pass(700_000)
    await world.until('the report of the test find', () => world.finishedReports().length === 1)
    await world.pass(3_600_000)
    expect(world.finishedReports().map((report) => report.files.length)).toEqual([1])
    const cases = await world.database.read.selectFrom('cases').select(['number', 'state']).orderBy('number').execute()
    expect(cases.map((one) => one.state)).toEqual(['reported', 'waiting_review'])
    const states = await Promise.all(
      (body.results ?? []).map(async ({ id }) => (await (await world.ask('GET', `/v1/scans/${id}`)).json()) as object),
    )
    expect(states).toMatchObject([{ state: 'removed' }, { state: 'held' }])
  })

  it('a real find that stands in a settling case, however it came there, goes to a person and says why', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 600 } } })
    await world.list([drawPicture(1)], { id: 'cards', listClass: 'test' })
    await world.upload(await drawn(1))
    // As an earlier version would have left it: held for a report, with a ground that is no test.
    const { vault } = world.wardline.ground
    const row = await world.database.read.selectFrom('case_files').selectAll().executeTakeFirstOrThrow()
    const facts = readFile(vault, row.id, row.facts_sealed)
    const mixed = { ...facts, grounds: facts.grounds.flatMap((one) => [one, { ...one, class: 'csam' as const }]) }
    await world.database.transact((tx) =>
      tx
        .updateTable('case_files')
        .set({ facts_sealed: sealFile(vault, row.id, mixed) })
        .execute(),
    )
    await world.pass(700_000)
    await world.until('a person is asked', async () => (await world.caseState()) === 'waiting_review')
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: 'error', words: expect.stringMatching(/^ALERT: .*match that is not a test/) }),
    )
    await world.pass(3_600_000)
    expect(world.cybertipline.inspect().calls).toEqual([])
    expect(await world.database.read.selectFrom('reports').selectAll().execute()).toEqual([])
  })
})
