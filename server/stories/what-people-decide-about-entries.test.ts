import { createHash } from 'node:crypto'
import { drawPicture, startHashSharing } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson, type Role } from '#access'
import { listCases, readCase } from '#cases'
import { approveAndSend, dismissCase, handlers, proposeForCase } from '#flow'
import { enqueueNow, openWorker } from '#jobs'
import {
  applyChanges,
  approveCorrection,
  DEFAULT_POLICY,
  type ListClass,
  listFeedback,
  openList,
  removeCanaries,
  sealChanges,
} from '#lists'
import { insertCanaries, sealCanary } from '../src/lists/canaries/store.ts'
import { insertFeedback, sealAbout } from '../src/lists/feedback/store.ts'
import { raiseGuardsVersion } from '../src/lists/guards.ts'
import { listenForHooks } from './hooks.ts'
import { drawn, kinds, pdqOf, World } from './world.ts'

const day = 86_400_000

async function personIn(world: World, name: string, role: Role = 'reviewer'): Promise<string> {
  const { database, clock } = world.wardline.ground
  const person = { name, email: `${name}@x.example`, roles: [role] }
  return (await database.transact((tx) => addPerson(tx, clock, person))).id
}

const metrics = async ({ wardline }: World) => (await fetch(wardline.metricsUrl ?? '')).text()
const verdictOf = async (world: World, bytes: Uint8Array) => (await world.upload(bytes)).body.verdict

/** A list with one entry for each PDQ, under a policy. */
async function listWith(
  world: World,
  { id, named = 'test', pdq, policy = {} }: { id: string; named?: ListClass; pdq: string; policy?: object },
) {
  const { database, vault, clock, config } = world.wardline.ground
  const values = [{ algorithm: 'pdq' as const, value: pdq }]
  const put = { kind: 'put' as const, source: 's', entryId: `e-${id}`, class: named, members: ['s'], values }
  const sealed = sealChanges(vault, clock, id, [put])
  await database.transact(async (tx) => {
    const { environment } = config
    await openList(tx, clock, { id, class: named, environment, policy: { ...DEFAULT_POLICY, ...policy } })
    await applyChanges(tx, clock, sealed)
  })
  await world.wardline.river.matching.refresh()
}

/** As a fetch would have brought it. */
async function fetchedInto(world: World, id: string, entry: { source: string; entryId: string; md5: string }) {
  const { database, vault, clock, config } = world.wardline.ground
  const { md5, ...name } = entry
  const values = [{ algorithm: 'md5' as const, value: md5 }]
  const put = { kind: 'put' as const, ...name, class: 'test' as const, members: [name.source], values }
  const sealed = sealChanges(vault, clock, id, [put])
  await database.transact(async (tx) => {
    await openList(tx, clock, { id, class: 'test', environment: config.environment, policy: DEFAULT_POLICY })
    await applyChanges(tx, clock, sealed)
  })
  await world.wardline.river.matching.refresh()
}

describe.each(kinds)('on %s', (database) => {
  it('a correction made from a case silences the entry it names within a second, and no other', async () => {
    await using world = await World.open({ database })
    const [ada, bea] = [await personIn(world, 'ada'), await personIn(world, 'bea')]
    const picture = drawPicture(1)
    await listWith(world, { id: 'one', named: 'exploitative', pdq: pdqOf(picture) })
    expect(await verdictOf(world, await drawn(1))).toBe('held')
    const { river, ground } = world.wardline
    await dismissCase(river, 1, `person:${ada}`, { reason: 'a drawing', falseMatch: true })
    const reviewAt = ground.clock.now() + 30 * day
    const id = await proposeForCase(river, { caseRef: 1, by: ada, reason: 'a drawing', reviewAt })
    expect(await verdictOf(world, await drawn(1))).toBe('held')
    await ground.database.transact((tx) => approveCorrection(tx, ground.clock, { id, by: bea, reason: 'so it is' }))
    await world.until(
      'a replica that has heard of it',
      async () => (await verdictOf(world, await drawn(1))) === 'clear',
    )
    expect(await verdictOf(world, await drawn(1, 'png'))).toBe('clear')
    expect(await metrics(world)).toMatch(/^wardline_corrected_matches_total [1-9]/m)

    await listWith(world, { id: 'two', named: 'exploitative', pdq: pdqOf(picture) })
    expect(await verdictOf(world, await drawn(1))).toBe('held')
    const [newest] = await listCases(ground.database.read, { limit: 1 })
    const { files } = await readCase(ground.database.read, ground.vault, newest?.id ?? '')
    expect(files[0]?.grounds.map(({ listId }) => listId)).toEqual(['two'])
  })

  it('a list that is compared with no traffic yet counts its matches, and leads to nothing else', async () => {
    await using world = await World.open({ database })
    await listWith(world, { id: 'new', pdq: pdqOf(drawPicture(1)), policy: { share: 0 } })
    expect(await verdictOf(world, await drawn(1))).toBe('clear')
    expect(await metrics(world)).toContain('wardline_shadow_matches_total{class="test"} 1')
    for (const table of ['cases', 'vault_objects', 'scans', 'list_hits', 'jobs'] as const)
      expect(await world.database.read.selectFrom(table).selectAll().execute()).toEqual([])

    await listWith(world, { id: 'old', pdq: pdqOf(drawPicture(1)) })
    expect(await verdictOf(world, await drawn(1))).toBe('held')
    const { ground } = world.wardline
    const { files } = await readCase(ground.database.read, ground.vault, 1)
    expect(files[0]?.grounds.map(({ listId }) => listId)).toEqual(['old'])
  })

  it('entries of several lists that match one picture become one match with all of them as grounds', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 600 } } })
    for (const id of ['one', 'two', 'three']) await listWith(world, { id, pdq: pdqOf(drawPicture(1)) })
    expect(await verdictOf(world, await drawn(1))).toBe('held')
    const { ground } = world.wardline
    const { files } = await readCase(ground.database.read, ground.vault, 1)
    expect(files.map(({ grounds }) => grounds.map(({ listId }) => listId).sort())).toEqual([['one', 'three', 'two']])
    expect(await world.database.read.selectFrom('case_entries').selectAll().execute()).toHaveLength(3)
  })

  it('whoever asks for a canary hears "clear" like anybody else, and raises the alarm', async () => {
    await using hooks = await listenForHooks()
    await using world = await World.open({ database, config: { alerts: hooks.alerts } })
    await listWith(world, { id: 'known', pdq: pdqOf(drawPicture(9)) })
    // A canary whose picture a story can draw: a real one has none in the world.
    const { database: db, vault, clock } = world.wardline.ground
    const values = [{ algorithm: 'pdq' as const, value: pdqOf(drawPicture(1)) }]
    const canary = { source: 's', entryId: 'e-canary', class: 'test' as const, members: ['s'], values }
    const sealed = sealChanges(vault, clock, 'known', [{ kind: 'put', ...canary }])
    const row = { id: 'canary_1', list_id: 'known', sealed: sealCanary(vault, 'canary_1', canary), planted_at: 1 }
    await db.transact(async (tx) => {
      await applyChanges(tx, clock, sealed)
      await insertCanaries(tx, [row])
      await raiseGuardsVersion(tx)
    })
    const { river } = world.wardline
    await river.matching.refresh()
    await river.guards.refresh()
    const plain = await world.upload(await drawn(5))
    const { status, body } = await world.upload(await drawn(1), { account: { id: 'prober' } })
    expect({ status, keys: Object.keys(body), verdict: body.verdict }).toEqual({
      status: plain.status,
      keys: Object.keys(plain.body),
      verdict: 'clear',
    })
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: 'error', words: expect.stringMatching(/^ALERT: a canary/), scan: body.id }),
    )
    const line = () =>
      db.read.selectFrom('audit_events').selectAll().where('act', '=', 'canary_asked_for').executeTakeFirst()
    await world.until('the line in the trail', async () => (await line()) !== undefined)
    const detail = JSON.parse((await line())?.detail ?? '{}')
    expect(detail).toEqual({
      scan: body.id,
      key: expect.stringMatching(/^key_/),
      list: 'known',
      accountKeyed: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(JSON.stringify([world.lines, detail])).not.toContain(pdqOf(drawPicture(1)))
    expect(await metrics(world)).toContain('wardline_canary_hits_total 1')
    await world.until('the webhook', () => hooks.bodies.length > 0)
    expect(hooks.bodies).toMatchObject([{ type: 'canary.asked_for', data: { environment: 'sandbox', scan: body.id } }])
    expect(await db.read.selectFrom('cases').selectAll().execute()).toEqual([])
    // What is known beside it is held all the same.
    expect(await verdictOf(world, await drawn(9))).toBe('held')

    // Taken out again: the matcher hears of it after the watch, and for that moment the canary is nothing real either.
    await removeCanaries(db, vault, clock, { listId: 'known', actor: 'wardline' })
    await river.guards.refresh()
    const alarms = () => world.lines.filter(({ words }) => String(words).startsWith('ALERT: a canary')).length
    const before = alarms()
    expect(await verdictOf(world, await drawn(1))).toBe('clear')
    expect(alarms()).toBe(before)
  })

  it('a case of class intimate is never reported, by anybody, and takes nothing along that is', async () => {
    const rules = { perceptual: 'report' as const }
    const cybertip = { baseUrl: undefined, username: undefined, password: undefined }
    await using world = await World.open({ database, config: { environment: 'production', rules, cybertip } })
    const ada = await personIn(world, 'ada')
    await listWith(world, { id: 'private', named: 'intimate', pdq: pdqOf(drawPicture(1)) })
    await listWith(world, { id: 'made', named: 'generative_ai', pdq: pdqOf(drawPicture(2)) })
    const account = { id: 'one' }
    for (const seed of [1, 2]) expect((await world.upload(await drawn(seed), { account })).body.verdict).toBe('held')
    const rows = await world.database.read.selectFrom('cases').select(['number', 'state']).orderBy('number').execute()
    expect(rows).toEqual([
      { number: 1, state: 'waiting_review' },
      { number: 2, state: 'waiting_review' },
    ])
    const key = await world.newKey(['cases:read', 'cases:decide'], ada)
    const confirm = (number: number, body: object) =>
      world.ask('POST', `/v1/cases/${number}/confirm`, {
        key,
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      })
    const incidentType = 'unsolicited_obscene_material'
    const never = await confirm(1, { incidentType })
    expect([never.status, (await never.json()) as object]).toMatchObject([409, { code: 'never_reported' }])
    const unnamed = await confirm(2, { reason: 'sure' })
    expect([unnamed.status, (await unnamed.json()) as object]).toMatchObject([400, { code: 'incident_type_missing' }])
    const named = await confirm(2, { incidentType })
    expect([named.status, (await named.json()) as object]).toMatchObject([200, { state: 'cannot_report' }])
    const lines = await world.database.read
      .selectFrom('audit_events')
      .selectAll()
      .where('act', '=', 'confirm_case')
      .execute()
    expect(lines.map(({ detail }) => JSON.parse(detail))).toMatchObject([{ incidentType, viewed: false }])
    const shown = (await (await world.ask('GET', '/v1/cases/2', { key })).json()) as { decision: object }
    expect(shown.decision).toMatchObject({ incidentType })
  })

  it('what the service answered about a case’s lesson is kept, also by a worker that lost its lease over it', async () => {
    const md5 = createHash('md5')
      .update(await drawn(1))
      .digest('hex')
    await using service = await startHashSharing({
      entries: 0,
      planted: [{ memberId: 7, entryId: 'entry one', fingerprints: { md5 } }],
    })
    const { user: username, password } = service.credentials
    const feed = 'industry_csam' as const
    const hotline = { kind: 'ncmec' as const, feed, baseUrl: service.baseUrl, username, password }
    await using world = await World.open({ database, config: { lists: { hotline } } })
    const { river, ground } = world.wardline
    const id = 'feedback_1'
    await world.upload(await drawn(5))
    await listWith(world, { id: 'drawn', pdq: pdqOf(drawPicture(1)) })
    await world.upload(await drawn(1))
    const kase = await readCase(ground.database.read, ground.vault, 1)
    const ends: string[] = []
    let turns = 0
    // Between the sending and the note of it another worker takes the job over.
    const transact: typeof ground.database.transact = async (work) => {
      turns += 1
      if (turns === 2)
        await ground.database.read.updateTable('jobs').set({ lease: 'another' }).where('kind', '=', 'raced').execute()
      return ground.database.transact(work)
    }
    const raced = { ...river, database: { ...ground.database, transact } }
    const worker = openWorker({
      database: ground.database,
      clock: ground.clock,
      log: river.log,
      handlers: {
        raced: (job, signal) =>
          handlers(raced)
            .feedback(job, signal)
            .finally(() => ends.push('ended')),
      },
    })
    const about = sealAbout(ground.vault, id, { memberId: '7', entryId: 'entry one' })
    await ground.database.transact(async (tx) => {
      await insertFeedback(tx, {
        id,
        list_id: 'hotline',
        case_id: kase.id,
        entry_hmac: 'e',
        algorithm: 'md5',
        says: 'affirmative',
        state: 'approved',
        about_sealed: about,
        prepared_at: 1,
        changed_at: 1,
        decided_by: null,
        intent_at: null,
        trouble: null,
      })
      await enqueueNow(tx, ground.clock, { kind: 'raced', subject: id, uniqueKey: `feedback ${id}` })
    })
    worker.start()
    await world.until('its end', () => ends.length > 0)
    await worker.stop()
    expect(service.inspect().feedback).toHaveLength(1)
    expect(await listFeedback(ground.database.read)).toMatchObject([{ state: 'sent' }])
  })

  it('what a case taught is told to NCMEC’s service once an operator approves, and once only', async () => {
    const bytes = await drawn(1)
    const md5 = createHash('md5').update(bytes).digest('hex')
    const clockless = { entries: 0, planted: [{ memberId: 7, entryId: 'entry one', fingerprints: { md5 } }] }
    await using service = await startHashSharing(clockless)
    const { user: username, password } = service.credentials
    const fetched = {
      kind: 'ncmec' as const,
      feed: 'industry_csam' as const,
      baseUrl: service.baseUrl,
      username,
      password,
    }
    await using world = await World.open({
      database,
      config: { lists: { hotline: fetched }, rules: { settleSeconds: 600 } },
    })
    const otto = await personIn(world, 'otto', 'operator')
    const ada = await personIn(world, 'ada')
    await fetchedInto(world, 'hotline', { source: 'ncmec-7', entryId: 'entry one', md5 })
    expect(await verdictOf(world, bytes)).toBe('held')
    const { river } = world.wardline
    await dismissCase(river, 1, `person:${ada}`, { reason: 'a drawing', falseMatch: true })
    const [prepared] = await listFeedback(world.database.read)
    expect(prepared).toMatchObject({ listId: 'hotline', says: 'negative', state: 'waiting', algorithm: 'md5' })
    await world.pass(60_000)
    expect(service.inspect().feedback).toEqual([])
    const id = prepared?.id ?? ''
    const by = `person:${otto}` as const
    await expect(approveAndSend(river, { id, by })).rejects.toMatchObject({
      code: 'reason_missing',
      message: expect.stringContaining('wardline lists feedback reasons hotline --type md5'),
    })
    const text = await (
      await fetch(`${service.baseUrl}/v2/feedback/MD5/reasons`, {
        headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` },
      })
    ).text()
    const reasonId = /guid="([^"]+)"/.exec(text)?.[1]
    const unlisted = approveAndSend(river, { id, by, reasonId: '00000000-0000-0000-0000-000000000000' })
    await expect(unlisted).rejects.toMatchObject({ code: 'reason_unknown' })
    service.faults.next('reasons', { kind: 'unavailable' })
    const unasked = approveAndSend(river, { id, by, reasonId: reasonId ?? '' })
    await expect(unasked).rejects.toMatchObject({
      code: 'reasons_not_told',
      message: expect.stringContaining('did not tell which reasons it takes'),
    })
    expect(await listFeedback(world.database.read)).toMatchObject([{ state: 'waiting' }])
    expect(service.inspect().feedback).toEqual([])
    service.faults.next('feedback', { kind: 'unavailable' })
    await approveAndSend(river, { id, by, reasonId })
    await world.until('the feedback', () => service.inspect().feedback.length > 0)
    await world.until('its note', async () => (await listFeedback(world.database.read))[0]?.state === 'sent')
    await world.pass(3_600_000)
    expect(service.inspect().feedback).toMatchObject([{ memberId: 7, entryId: 'entry one', reasons: [reasonId] }])
  })
})
