import { createHash } from 'node:crypto'
import { connect } from 'node:net'
import type { Cybertip } from '@wardline/cybertip'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson, closeTestWindow, listApprovals, openTestWindow } from '#access'
import { listCases, readCase } from '#cases'
import { cleanTests } from '#flow'
import { enqueueNow } from '#jobs'
import {
  approveCorrection,
  countCorrections,
  guardsVersion,
  listFeedback,
  prepareFeedback,
  proposeCorrection,
  readDrawing,
  readTestCards,
  type TestCard,
} from '#lists'
import { listNotices } from '#notices'
import { createReport, isFileable, journalIntent, listReports, performCall } from '#reports'
import { databaseSettings } from '../src/main.ts'
import { watchWire } from './wire.ts'
import { drawn, kinds, World } from './world.ts'

const { cards, nearMiss } = readTestCards()
const [first] = cards
if (first === undefined) throw new Error('there is no card')

const production = {
  environment: 'production' as const,
  rules: { perceptual: 'report' as const, settleSeconds: 600 },
  cybertip: { baseUrl: undefined, username: 'forum', password: 'open-sesame-77' },
  selftest: { operatorEmail: 'operations@platform.example' },
}
const account = { id: 'user-7', email: 'seven@users.example', emailVerified: true }
const minute = 60_000

const selftestKey = (world: World) => world.newKey(['scans:write', 'selftest'])

async function sendCard(world: World, card: Pick<TestCard, 'file' | 'sha256' | 'words' | 'mediaType'>, key?: string) {
  const authorized = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const headers = { ...authorized, 'content-type': card.mediaType }
  return (await world.upload(readDrawing(card), { account }, headers)).body
}

const metrics = async (world: World) => (await fetch(world.wardline.metricsUrl ?? '')).text()

async function kept({ database: { read } }: World) {
  const count = async (table: 'cases' | 'scans' | 'reports' | 'notices' | 'vault_objects' | 'jobs') =>
    (await read.selectFrom(table).selectAll().execute()).length
  return { cases: await count('cases'), scans: await count('scans'), evidence: await count('vault_objects') }
}
const nothing = { cases: 0, scans: 0, evidence: 0 }

/** The one notice is sent, and written down as sent. */
const told = (world: World) =>
  world.until(
    'the notice',
    async () => (await listNotices(world.database.read, { state: 'sent', limit: 9 })).length === 1,
  )

async function anOperator(world: World): Promise<string> {
  const { clock } = world
  const person = { name: 'Olu', email: 'olu@platform.example', roles: ['operator'] } as const
  return (await world.database.transact((tx) => addPerson(tx, clock, person))).id
}

describe.each(kinds)('on %s, a test card', (database) => {
  it('is clear for a key without the scope, and nothing of it is kept, in no environment', async () => {
    for (const config of [{}, production]) {
      await using world = await World.open({ database, config })
      for (const card of cards) expect((await sendCard(world, card)).verdict).toBe('clear')
      expect(await kept(world)).toEqual(nothing)
    }
  })

  it('goes all the way outside production: a finished report, a notice, and TEST on all of it', async () => {
    await using world = await World.open({
      database,
      config: { rules: { settleSeconds: 600 }, notices: { delayHours: 24 } },
    })
    const key = await selftestKey(world)
    for (const card of cards) expect((await sendCard(world, card, key)).verdict).toBe('held')
    expect((await sendCard(world, nearMiss, key)).verdict).toBe('clear')
    await told(world)

    const { read } = world.database
    expect(await listCases(read, { limit: 9 })).toMatchObject([
      { state: 'reported', isTest: true, files: cards.length },
    ])
    expect(await listReports(read, { limit: 9 })).toMatchObject([{ state: 'finished', isTest: true }])
    expect(await listNotices(read, { limit: 9 })).toMatchObject([{ state: 'sent', isTest: true, addressee: 'user' }])
    const [report] = world.finishedReports()
    expect(report?.files.map(({ sha256 }) => sha256).sort()).toEqual(cards.map(({ sha256 }) => sha256).sort())
    expect(JSON.stringify(report)).toContain('drawn test card')
    const [mail] = world.mailbox.messages()
    expect(mail).toMatchObject({ to: [account.email], subject: expect.stringMatching(/^\[Wardline test card\]/) })
  })

  it('is told to the operator where there is one, and counts in no real figure', async () => {
    const { selftest } = production
    await using world = await World.open({ database, config: { selftest } })
    await sendCard(world, first, await selftestKey(world))
    await told(world)
    expect(world.mailbox.messages()[0]).toMatchObject({ to: [selftest.operatorEmail] })
    const text = await metrics(world)
    expect(text).toMatch(/^wardline_test_scans_total\{verdict="held"\} 1$/m)
    expect(text).toMatch(/^wardline_test_cases 1$/m)
    expect(text).not.toMatch(/^wardline_(cases|reports|scans_total)\{[^}]*\} [1-9]/m)
  })

  it('is no cover for what is real: what its key sends beside it counts as what it is', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    const key = await selftestKey(world)
    const send = (bytes: Uint8Array) => world.upload(bytes, { account }, { authorization: `Bearer ${key}` })
    expect((await send(await drawn(1))).body.verdict).toBe('held')
    expect((await send(await drawn(2))).body.verdict).toBe('clear')
    const text = await metrics(world)
    expect(text).toMatch(/^wardline_scans_total\{verdict="held"\} 1$/m)
    expect(text).not.toMatch(/^wardline_test_scans_total\{verdict="held"\}/m)
    expect(text).toMatch(/^wardline_test_scans_total\{verdict="clear"\} 1$/m)
  })

  it('stays a test in the figures when its request is sent again and answered as before', async () => {
    await using world = await World.open({ database })
    const key = await selftestKey(world)
    const context = encodeURIComponent(JSON.stringify({ surface: 'upload', account }))
    const headers = { 'content-type': first.mediaType, 'idempotency-key': 'once', 'wardline-context': context }
    const send = async () =>
      (await (await world.ask('POST', '/v1/scans', { key, headers, body: readDrawing(first) })).json()) as unknown
    expect(await send()).toEqual(await send())
    const text = await metrics(world)
    expect(text).toMatch(/^wardline_test_scans_total\{verdict="held"\} 2$/m)
    expect(text).not.toMatch(/^wardline_scans_total\{verdict="held"\}/m)
  })

  it('is cleaned up with its events and what waits for them, also while nobody takes them, and no job of it dies', async () => {
    const webhooks = { url: 'http://127.0.0.1:9/', secrets: [`whsec_${Buffer.alloc(32, 7).toString('base64')}`] }
    await using world = await World.open({ database, config: { webhooks, notices: { channel: 'webhook' } } })
    await sendCard(world, first, await selftestKey(world))
    const events = () => world.database.read.selectFrom('platform_events').selectAll().execute()
    await world.until('its notice is handed over', async () =>
      (await events()).some(({ type, attempts }) => type === 'notice.deliver' && attempts > 0),
    )
    await world.until(
      'it is cleaned up',
      async () => (await cleanTests(world.wardline.river, 'wardline')).removed === 1,
    )
    expect(await events()).toEqual([])
    await world.pass(3 * 60 * minute)
    expect(await jobStates(world)).toEqual([])
  })

  it('is cleaned up once by two who do so at once, and by who made a case no other', async () => {
    await using world = await World.open({ database })
    const key = await selftestKey(world)
    await sendCard(world, first, key)
    await told(world)
    await world.until('no job is left', async () => (await jobStates(world)).length === 0)
    const [one] = await listCases(world.database.read, { limit: 9 })
    expect(await cleanTests(world.wardline.river, 'wardline', ['case_of_another'])).toEqual({ removed: 0, left: 0 })
    const ids = [one?.id ?? '']
    const ends = await Promise.all([1, 2].map(() => cleanTests(world.wardline.river, 'wardline', ids)))
    expect(ends.reduce((sum, { removed }) => sum + removed, 0)).toBe(1)
    expect(ends.map(({ left }) => left)).toEqual([0, 0])
  })

  it('counts for every key in a window that a person opened, which closes by itself', async () => {
    await using world = await World.open({ database })
    const by = await anOperator(world)
    const open = (minutes: number) => world.database.transact((tx) => openTestWindow(tx, world.clock, { by, minutes }))
    await open(30)
    expect(await metrics(world)).toMatch(/^wardline_selftest_window_open 1$/m)
    expect((await sendCard(world, first)).verdict).toBe('held')
    expect(await listCases(world.database.read, { limit: 9 })).toMatchObject([{ isTest: true }])
    expect(await metrics(world)).not.toMatch(/^wardline_scans_total\{verdict="held"\}/m)

    world.clock.set(world.clock.now() + 30 * minute)
    expect((await sendCard(world, first)).verdict).toBe('clear')
    expect(await metrics(world)).toMatch(/^wardline_selftest_window_open 0$/m)

    await open(1)
    await world.database.transact((tx) => closeTestWindow(tx, world.clock, `person:${by}`))
    expect((await sendCard(world, first)).verdict).toBe('clear')
    await expect(open(1441)).rejects.toMatchObject({ code: 'minutes_odd' })
    const acts = await world.database.read.selectFrom('audit_events').select(['act', 'actor']).execute()
    for (const act of ['open_selftest_window', 'close_selftest_window'])
      expect(acts).toContainEqual({ act, actor: `person:${by}` })
  })

  it('ends in production with a validated, unsent report and a mail to the operator; nothing else leaves', async () => {
    using wire = watchWire()
    await using world = await World.open({ database, config: production })
    const { body: real } = await world.upload(await drawn(3))
    expect(real.verdict).toBe('clear')
    const key = await selftestKey(world)
    const held = []
    for (const card of cards) held.push(await sendCard(world, card, key))
    expect(held.map(({ verdict }) => verdict)).toEqual(cards.map(() => 'held'))
    await told(world)
    await world.pass(72 * 60 * minute)

    const { read } = world.database
    expect(await listCases(read, { limit: 9 })).toMatchObject([{ state: 'tested', isTest: true }])
    const [report] = await listReports(read, { limit: 9 })
    expect(report).toMatchObject({ state: 'validated_not_sent', isTest: true, remoteId: null, hasReceipt: false })
    expect(world.mailbox.messages()).toMatchObject([{ to: [production.selftest.operatorEmail] }])
    expect(world.mailbox.messages()[0]?.text).toContain('sent to nobody')
    expect(await (await world.ask('GET', `/v1/scans/${held[0]?.id}`)).json()).toMatchObject({ state: 'removed' })

    expect(world.cybertipline.inspect().calls).toEqual([])
    expect(placesBeside(world, wire.reached)).toEqual([])
    // The watch sees what it must: a watch that sees nothing would allow everything.
    connect({ host: '127.0.0.1', port: 9 }).on('error', () => {})
    expect(placesBeside(world, wire.reached)).toEqual(['127.0.0.1:9'])
  })

  it('has a report in production that no hand and no job can send', async () => {
    await using world = await World.open({ database, config: production })
    await sendCard(world, first, await selftestKey(world))
    await told(world)
    const { clock, database: db, wardline } = world
    const { vault } = wardline.ground
    const record = await readCase(db.read, vault, 1)
    expect(isFileable(record)).toBe(false)
    // @ts-expect-error a test's case in production is none to make such a report of
    void (() => createReport(undefined as never, clock, vault, { record, settings: wardline.river.reports }))

    const [report] = await listReports(db.read, { limit: 1 })
    const reportId = report?.id ?? ''
    await db.read.updateTable('reports').set({ state: 'waiting' }).where('id', '=', reportId).execute()
    const step = db.transact((tx) => journalIntent(tx, clock, vault, { reportId, environment: 'production' }))
    await expect(step).rejects.toMatchObject({ code: 'test_never_sent' })
    const call = {
      kind: 'call',
      isTest: true,
      environment: 'production',
      reportId,
      caseId: record.id,
      intentId: 'step_1',
    } as const
    const untouched = { environment: 'production' } as Cybertip<'production'>
    const performed = performCall(
      { ...call, name: 'submit', call: { do: 'submit' }, xml: '<report/>' },
      { client: untouched, db: db.read, vault },
    )
    await expect(performed).rejects.toMatchObject({ code: 'test_never_sent' })
    await db.transact((tx) => enqueueNow(tx, clock, { kind: 'file', subject: reportId, uniqueKey: 'forged' }))
    wardline.river.wake()
    await world.until('the forged job ends dead', async () => (await jobStates(world)).includes('dead'))
    expect((await listReports(db.read, { limit: 1 }))[0]).toMatchObject({ state: 'waiting', remoteId: null })
    expect(world.cybertipline.inspect().calls).toEqual([])
  })

  it('tells nobody in production when no operator is named: never the user', async () => {
    await using world = await World.open({
      database,
      config: { ...production, selftest: { operatorEmail: undefined } },
    })
    await sendCard(world, first, await selftestKey(world))
    await world.until('the end', async () => (await listNotices(world.database.read, { limit: 1 })).length === 1)
    await world.pass(72 * 60 * minute)
    expect(await listNotices(world.database.read, { limit: 9 })).toMatchObject([
      { state: 'not_sent', reason: 'no_operator_address', addressee: 'operator' },
    ])
    expect(world.mailbox.messages()).toEqual([])
  })

  it('makes no test of a real match, whoever sent it', async () => {
    await using world = await World.open({
      database,
      config: production,
    })
    const value = createHash('sha256').update(readDrawing(first)).digest('hex')
    await world.listRows([JSON.stringify({ source: 's', entryId: '1', algorithm: 'sha256', value, class: 'csam' })], {
      id: 'known',
      listClass: 'csam',
    })
    const [, other] = cards
    if (other === undefined) throw new Error('there is one card only')
    const key = await selftestKey(world)
    expect((await sendCard(world, first, key)).verdict).toBe('held')
    expect((await sendCard(world, other, key)).verdict).toBe('held')
    const cases = await listCases(world.database.read, { limit: 9 })
    expect(cases.map(({ isTest }) => isTest)).toEqual([true, false])
  })

  it('is not cleaned up under the hands of a server that works on it', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 600 } } })
    await sendCard(world, first, await selftestKey(world))
    const setJobs = (state: 'running' | 'waiting', lease: string | null) =>
      world.database.read
        .updateTable('jobs')
        .set({ state, lease, leased_until: lease === null ? null : Date.now() + 60 * minute })
        .execute()
    // What the platform hears of it is nothing of the case's.
    await world.until('only the case’s own job', async () => (await jobStates(world)).length === 1)
    const told = await world.database.read.selectFrom('platform_events').select(['type', 'is_test']).execute()
    expect(told).toEqual([{ type: 'case.held', is_test: 1 }])
    await setJobs('running', 'lease-of-another')
    expect(await cleanTests(world.wardline.river, 'wardline')).toEqual({ removed: 0, left: 1 })
    await setJobs('waiting', null)
    expect(await cleanTests(world.wardline.river, 'wardline')).toEqual({ removed: 1, left: 0 })
    expect(await jobStates(world)).toEqual([])
    await world.pass(10 * minute)
    expect(world.finishedReports()).toEqual([])
  })

  it('is cleaned up with the correction and the feedback that somebody made of it', async () => {
    await using world = await World.open({ database })
    await sendCard(world, first, await selftestKey(world))
    await told(world)
    await world.until('no job is left', async () => (await jobStates(world)).length === 0)
    const { clock, database: db, wardline } = world
    const { vault } = wardline.ground
    const [one] = await listCases(db.read, { limit: 1 })
    const caseId = one?.id ?? ''
    const files = (await readCase(db.read, vault, caseId)).files.map(({ id, digests, pictures, grounds }) => ({
      id,
      sha256: digests.sha256,
      pictures: pictures.map(({ commandLine }, index) => ({ index, hashes: [commandLine.hash] })),
      grounds: grounds.map((ground) => ({ ...ground, source: 'ncmec-7', algorithm: 'pdq' as const })),
    }))
    const [file] = files
    if (file === undefined) throw new Error('no file')
    const roles = ['reviewer'] as const
    const [ada, bea] = await db.transact(async (tx) => [
      await addPerson(tx, clock, { name: 'Ada', email: 'ada@x.example', roles }),
      await addPerson(tx, clock, { name: 'Bea', email: 'bea@x.example', roles }),
    ])
    const asked = { caseId, file, by: ada?.id ?? '', reason: 'a beach', reviewAt: clock.now() + 24 * 60 * minute }
    await db.transact(async (tx) => {
      const id = await proposeCorrection(tx, clock, vault, asked)
      await approveCorrection(tx, clock, { id, by: bea?.id ?? '', reason: 'so it is' })
      await proposeCorrection(tx, clock, vault, asked)
      await prepareFeedback(tx, clock, vault, { caseId, says: 'negative', met: file.grounds })
    })
    expect(await listFeedback(db.read)).not.toEqual([])
    const before = await guardsVersion(db.read)
    expect(await cleanTests(wardline.river, 'wardline')).toEqual({ removed: 1, left: 0 })
    expect(await countCorrections(db.read, clock)).toEqual({ proposed: 0, inForce: 0, overdue: 0 })
    expect(await listFeedback(db.read)).toEqual([])
    expect(await listApprovals(db.read)).toEqual([])
    expect(await guardsVersion(db.read)).toBeGreaterThan(before)
  })

  it('leaves nothing behind once it is cleaned up, and what is real stays', async () => {
    await using world = await World.open({ database })
    await world.upload(await drawn(1), { account })
    await world.listRows(
      [
        JSON.stringify({
          source: 's',
          entryId: '1',
          algorithm: 'sha256',
          value: sha256Of(await drawn(1)),
          class: 'test',
        }),
      ],
      { id: 'own' },
    )
    await world.upload(await drawn(1), { account })
    await sendCard(world, first, await selftestKey(world))
    await world.until('two notices', () => world.mailbox.messages().length === 2)
    await world.until('no job is left', async () => (await jobStates(world)).length === 0)
    const test = (await listCases(world.database.read, { limit: 9 })).find(({ isTest }) => isTest)
    expect(test).toBeDefined()

    expect(await cleanTests(world.wardline.river, 'wardline')).toEqual({ removed: 1, left: 0 })
    expect(await listCases(world.database.read, { limit: 9 })).toMatchObject([{ isTest: false }])
    expect((await listReports(world.database.read, { limit: 9 })).length).toBe(1)
    const states = await world.database.read.selectFrom('vault_objects').select('state').execute()
    expect(states.map(({ state }) => state).sort()).toEqual(['destroyed', 'stored'])
    expect(await cleanTests(world.wardline.river, 'wardline')).toEqual({ removed: 0, left: 0 })
  })
})

const sha256Of = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

const jobStates = async ({ database }: World) =>
  (await database.read.selectFrom('jobs').select('state').execute()).map(({ state }) => state)

/** Wherever else than to itself, its database and the mail server of the configuration. */
function placesBeside({ wardline, mailbox }: World, reached: readonly string[]): readonly string[] {
  const settings = databaseSettings(wardline.ground.config)
  const own = [wardline.url, wardline.metricsUrl, mailbox.smtpUrl].map((url) => `127.0.0.1:${new URL(url ?? '').port}`)
  const database = settings.kind === 'postgres' ? placesOf(settings.url) : []
  const allowed = new Set([...own, ...database])
  return reached.filter((place) => !allowed.has(place) && place !== 'name 127.0.0.1' && place !== 'name localhost')
}

/** A socket in a folder is named by the query, a host by the host. */
function placesOf(url: string): readonly string[] {
  const { hostname, port, searchParams } = new URL(url)
  const folder = searchParams.get('host')
  return folder === null
    ? [`${hostname}:${port || 5432}`]
    : [`${folder}/.s.PGSQL.${searchParams.get('port') ?? (port || 5432)}`]
}
