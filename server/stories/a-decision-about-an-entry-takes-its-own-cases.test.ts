import { createHash } from 'node:crypto'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import type { Actor } from '#audit'
import { readCase } from '#cases'
import { confirmCase, decideEntry, handlers, releaseEntry } from '#flow'
import { enqueueNow, openWorker } from '#jobs'
import { entryKey, listSetAsides, recordBulk } from '#lists'
import { drawn, kinds, pdqOf, World } from './world.ts'

const hour = 3_600_000
const rules = { breaker: { accounts: 2, hours: 24 }, settleSeconds: 600 }

async function personIn(world: World): Promise<Actor> {
  const { database, clock } = world.wardline.ground
  const person = { name: 'Ada', email: 'ada@x.example', roles: ['reviewer'] as const }
  return `person:${(await database.transact((tx) => addPerson(tx, clock, person))).id}`
}

const cases = async ({ database }: World) =>
  (await database.read.selectFrom('cases').select('state').orderBy('number').execute()).map(({ state }) => state)
const aside = async ({ wardline: { ground } }: World) => {
  const [first, ...others] = await listSetAsides(ground.database.read, ground.clock)
  expect(others).toEqual([])
  return { ...first, id: first?.id ?? '' }
}
const decided = (world: World) => world.until('the decision', async () => (await aside(world)).deciding === false)
const allWait = (world: World) =>
  world.until('all wait', async () => (await cases(world)).every((state) => state === 'set_aside'))

describe.each(kinds)('on %s, a decision about all cases of an entry', (database) => {
  it.each(['confirm', 'dismiss'] as const)(
    'to %s leaves a case to a person that holds another file as well, which the entry says nothing of',
    async (says) => {
      await using world = await World.open({ database, config: { rules } })
      const by = await personIn(world)
      await world.list([drawPicture(1), drawPicture(2)])
      const account = { id: 'mixed' }
      for (const seed of [1, 2]) await world.upload(await drawn(seed), { account })
      for (let other = 0; other < 2; other += 1) await world.upload(await drawn(1))
      expect(await cases(world)).toHaveLength(3)
      await decideEntry(world.wardline.river, { id: (await aside(world)).id, by, reason: 'it went round', says })
      await decided(world)
      const rows = await world.database.read.selectFrom('cases').select('decided_by').orderBy('number').execute()
      expect(rows.map((row) => row.decided_by)).toEqual([null, by, by])
    },
  )

  it('leaves a case to a person whose very file is known to another entry since', async () => {
    await using world = await World.open({ database, config: { rules } })
    const by = await personIn(world)
    await world.list([drawPicture(1)])
    const context = { account: { id: 'comes-again' } }
    await world.upload(await drawn(1), context)
    await world.upload(await drawn(1))
    await world.list([drawPicture(1)], { id: 'newer' })
    await world.upload(await drawn(1), context)
    const first = await readCase(world.database.read, world.wardline.ground.vault, 1)
    expect(first.files.map(({ grounds }) => grounds.map(({ listId }) => listId).sort())).toEqual([['demo', 'newer']])
    await world.upload(await drawn(1))
    await decideEntry(world.wardline.river, { id: (await aside(world)).id, by, reason: 'a beach', says: 'dismiss' })
    await decided(world)
    expect((await cases(world)).map((state) => state === 'dismissed')).toEqual([false, true, false])
  })

  it('is a person’s, and anybody else is told so in words', async () => {
    await using world = await World.open({ database, config: { rules } })
    const about = { id: 'aside_1', by: 'wardline', reason: 'it went round', says: 'confirm' } as const
    await expect(decideEntry(world.wardline.river, about)).rejects.toMatchObject({
      code: 'not_a_person',
      message: expect.stringContaining('only a person'),
    })
  })

  it('leaves a case to a person of which a ground is not known any more', async () => {
    await using world = await World.open({ database, config: { rules } })
    const by = await personIn(world)
    await world.list([drawPicture(1)])
    for (let account = 0; account < 3; account += 1) await world.upload(await drawn(1))
    await world.database.transact(async (tx) => {
      const { id } = await tx.selectFrom('cases').select('id').where('number', '=', 1).executeTakeFirstOrThrow()
      await tx.insertInto('case_entries').values({ case_id: id, entry_hmac: 'another' }).execute()
    })
    await decideEntry(world.wardline.river, { id: (await aside(world)).id, by, reason: 'a beach', says: 'dismiss' })
    await decided(world)
    expect((await cases(world)).map((state) => state === 'dismissed')).toEqual([false, true, true])
  })

  it('is followed at once by a release that is given while it runs', async () => {
    await using world = await World.open({ database, config: { rules } })
    const by = await personIn(world)
    await world.list([drawPicture(1), drawPicture(2)])
    for (const seed of [1, 2]) await world.upload(await drawn(seed), { account: { id: 'mixed' } })
    for (let other = 0; other < 2; other += 1) await world.upload(await drawn(1))
    await world.pass(700_000)
    await allWait(world)
    const { river, ground } = world.wardline
    const { id } = await aside(world)
    const about = { id, by, reason: 'it went round' }
    // As a person's release that comes in between the last case and the job's own end.
    let released: Promise<void> | undefined
    const info = (fields: object, words: string) => {
      if (words.includes('were decided')) released ??= releaseEntry(river, about)
      river.log.info({ ...fields }, words)
    }
    const transact: typeof ground.database.transact = async (work) => {
      if (released !== undefined) await released
      return ground.database.transact(work)
    }
    const raced = { ...river, log: { ...river.log, info }, database: { ...ground.database, transact } }
    const ends: string[] = []
    const worker = openWorker({
      ...raced,
      handlers: {
        raced: async (job, signal) => {
          const end = await (handlers(raced)['entry_cases'] ?? (() => Promise.reject(new Error('no handler'))))(
            job,
            signal,
          )
          ends.push(end.kind)
          return end
        },
      },
    })
    await world.database.transact(async (tx) => {
      const decision = { by, reason: about.reason, says: 'confirm' }
      await recordBulk(tx, ground.clock, ground.vault, { ...about, says: 'confirm', decision })
      await enqueueNow(tx, ground.clock, { kind: 'raced', subject: id, uniqueKey: `entry_cases ${id}` })
    })
    worker.start()
    await world.until('its end', () => ends.includes('done'))
    await worker.stop()
    expect(ends).toEqual(['again', 'done'])
    expect(await cases(world)).not.toContain('set_aside')
  })
})

describe.each(kinds)('on %s, an entry', (database) => {
  it('that was set aside holds back cases and reports of a version that did not write down their entries', async () => {
    await using world = await World.open({ database, config: { rules: { ...rules, settleSeconds: 0 } } })
    const by = await personIn(world)
    await world.list([drawPicture(1)])
    world.cybertipline.faults.always('submit', { kind: 'unavailable' })
    await world.upload(await drawn(1))
    await world.until('a report that cannot be submitted', async () => (await cases(world))[0] === 'reporting')
    await world.stop()
    await world.start({ rules: { settleSeconds: 600 } })
    await world.upload(await drawn(1))
    await world.database.transact((tx) => tx.deleteFrom('case_entries').execute())
    await world.upload(await drawn(1))
    world.cybertipline.faults.always('submit', null)
    await world.pass(1_000_000)
    await allWait(world)
    expect(world.cybertipline.inspect().reports).toEqual([])
    await world.pass(hour)
    await world.until('their entries are written down', async () => (await aside(world)).openCases === 3)
    await decideEntry(world.wardline.river, { id: (await aside(world)).id, by, reason: 'a beach', says: 'dismiss' })
    await decided(world)
    expect(await cases(world)).toEqual(['dismissed', 'dismissed', 'dismissed'])
  })

  it('that was released is not worked on for cases that wait for a person anyway', async () => {
    await using world = await World.open({ database, config: { rules } })
    const by = await personIn(world)
    await world.list([drawPicture(1)])
    for (let account = 0; account < 3; account += 1) await world.upload(await drawn(1))
    await releaseEntry(world.wardline.river, { id: (await aside(world)).id, by, reason: 'known' })
    const worked = () => world.lines.filter(({ step }) => step === 'entry decided').length
    await world.until('the job of the release', () => worked() === 1)
    await world.database.transact((tx) => tx.updateTable('cases').set({ state: 'waiting_review' }).execute())
    await world.pass(3 * hour)
    expect(worked()).toBe(1)
  })

  it.each([
    ['addresses of one IPv6 network', ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::3', '2001:DB8::4']],
    [
      'one IPv4 address, however it is written',
      ['203.0.113.7', '::ffff:203.0.113.7', '::ffff:cb00:7107', '203.0.113.7'],
    ],
  ])('is not flooded from %s', async (_what, addresses) => {
    await using world = await World.open({ database, config: { rules } })
    await world.list([drawPicture(1)])
    for (const ip of addresses)
      expect((await world.upload(await drawn(1), { account: undefined, origin: { ip } })).body.verdict).toBe('held')
    expect(await listSetAsides(world.database.read, world.clock)).toEqual([])
    const others = ['2001:db8:1::1', '2001:db8:2::1', '2001:db8:3::1']
    for (const ip of others) await world.upload(await drawn(1), { account: undefined, origin: { ip } })
    expect((await aside(world)).state).toBe('set_aside')
  })
})

const production = {
  environment: 'production' as const,
  rules: { ...rules, perceptual: 'report' as const },
  cybertip: { baseUrl: undefined, username: undefined, password: undefined },
}

describe.each(kinds)('on %s, in production without credentials', (database) => {
  it('a doubt that a never_match list raised outlives the entry that was beyond it', async () => {
    await using world = await World.open({ database, config: production })
    const bytes = await drawn(1)
    const row = (entryId: string, algorithm: string, value: string) =>
      JSON.stringify({ source: 's', entryId, algorithm, value })
    const pdq = pdqOf(drawPicture(1))
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    await world.listRows([row('exact', 'sha256', sha256), row('near', 'pdq', pdq)], { id: 'known', listClass: 'csam' })
    await world.listRows([row('meme', 'pdq', pdq)], { id: 'harmless', listClass: 'never_match' })
    expect((await world.upload(bytes)).body.verdict).toBe('held')
    expect(await cases(world)).toEqual(['settling'])
    const { vault } = world.wardline.ground
    await world.database.transact((tx) =>
      tx
        .insertInto('list_set_asides')
        .values({
          id: 'aside_1',
          entry_hmac: entryKey(vault, { listId: 'known', source: 's', entryId: 'exact' }),
          list_id: 'known',
          class: 'csam',
          state: 'set_aside',
          accounts: 3,
          set_aside_at: world.clock.now(),
          review_due_at: world.clock.now() + hour,
        })
        .execute(),
    )
    await world.pass(700_000)
    await world.until('it settled', async () => (await cases(world))[0] !== 'settling')
    expect(await cases(world)).toEqual(['set_aside'])
  })

  it('a case that cannot be reported can be confirmed again, with the incident type that it lacks', async () => {
    await using world = await World.open({ database, config: production })
    const by = await personIn(world)
    await world.list([drawPicture(1)], { listClass: 'generative_ai' })
    await world.upload(await drawn(1))
    const { river, ground } = world.wardline
    await confirmCase(river, 1, by, { incidentType: 'misleading_words_or_images' })
    expect(await cases(world)).toEqual(['cannot_report'])
    await confirmCase(river, 1, by, { incidentType: 'online_enticement' })
    expect(await cases(world)).toEqual(['cannot_report'])
    const { decision } = await readCase(ground.database.read, ground.vault, 1)
    expect(decision).toMatchObject({ incidentType: 'online_enticement' })
  })

  it('what came together and belongs to nobody becomes one case for what may be told, and one for what may not', async () => {
    await using world = await World.open({ database, config: production })
    await world.list([drawPicture(1), drawPicture(3)], { listClass: 'exploitative' })
    await world.list([drawPicture(2)], { id: 'private', listClass: 'intimate' })
    const { body } = await world.uploadAll([await drawn(1), await drawn(2), await drawn(3)])
    expect(body.results?.map(({ verdict }) => verdict)).toEqual(['held', 'held', 'held'])
    expect(await cases(world)).toEqual(['waiting_review', 'waiting_review'])
  })
})
