import { type HashSharing, StillClock, startHashSharing } from '@wardline/sandbox'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { emptyDatabases } from '../../db/testing.ts'
import { openVaultWorld } from '../../vault/testing.ts'
import { type FeedbackWay, feedbackReasons, readReasons, sendFeedback } from '../sources/ncmec-feedback.ts'
import {
  approveFeedback,
  beginFeedback,
  endFeedback,
  listFeedback,
  prepareFeedback,
  refuseFeedback,
} from './feedback.ts'

const signal = new AbortController().signal
const met = { listId: 'ncmec', source: 'ncmec-7', entryId: 'a/b c', algorithm: 'md5' as const }

describe('feedback on its way to NCMEC’s service', () => {
  let server: HashSharing
  let way: FeedbackWay
  const clock = new StillClock()
  beforeEach(async () => {
    const fingerprints = { md5: '0123456789abcdef'.repeat(2) }
    server = await startHashSharing({ clock, entries: 0, planted: [{ memberId: 7, entryId: 'a/b c', fingerprints }] })
    const { user: username, password } = server.credentials
    way = { feed: 'industry_csam', environment: 'sandbox', sandboxUrl: server.baseUrl, username, password }
  })
  afterEach(() => server.close())

  const about = { memberId: '7', entryId: 'a/b c', algorithm: 'md5' as const }
  const affirmative = { ...about, says: { kind: 'affirmative' as const } }

  it('arrives as the service documents it, with a reason of the service’s own', async () => {
    expect(await sendFeedback(way, affirmative, { signal })).toEqual({ kind: 'accepted' })
    const [reason] = await feedbackReasons(way, 'md5', { clock, signal })
    const negative = { ...about, says: { kind: 'negative' as const, reasonIds: [reason?.guid ?? ''] } }
    expect(await sendFeedback(way, negative, { signal })).toEqual({ kind: 'accepted' })
    const { feedback, violations } = server.inspect()
    expect(violations).toEqual([])
    expect(feedback).toMatchObject([
      { memberId: 7, entryId: 'a/b c', type: 'MD5', reasons: null },
      { memberId: 7, entryId: 'a/b c', type: 'MD5', reasons: [reason?.guid] },
    ])
  })

  it('is refused where the service says no, and not sent where it asks to wait', async () => {
    expect(await sendFeedback(way, { ...affirmative, entryId: 'none' }, { signal })).toMatchObject({ kind: 'refused' })
    expect(await sendFeedback({ ...way, password: 'wrong' }, affirmative, { signal })).toMatchObject({
      kind: 'refused',
    })
    server.faults.next('feedback', { kind: 'unavailable', retryAfter: 7 })
    expect(await sendFeedback(way, affirmative, { signal })).toMatchObject({ kind: 'not_sent', retryAfterMs: 7_000 })
    server.faults.next('feedback', { kind: 'redirect' })
    expect(await sendFeedback(way, affirmative, { signal })).toMatchObject({ kind: 'refused' })
    expect(server.inspect().strangerCalls).toEqual([])
  })

  it('is unknown where the line broke after it began, and not sent where nobody listens', async () => {
    server.faults.next('feedback', 'drop_after')
    expect(await sendFeedback(way, affirmative, { signal })).toMatchObject({ kind: 'unknown' })
    expect(server.inspect().feedback).toHaveLength(1)
    server.faults.next('feedback', 'bad_gateway')
    expect(await sendFeedback(way, affirmative, { signal })).toMatchObject({ kind: 'unknown' })
    await server.close()
    expect(await sendFeedback(way, affirmative, { signal })).toMatchObject({ kind: 'not_sent' })
  })

  it('goes to no path but its entry’s, and to nobody outside this machine in a test', async () => {
    for (const id of ['', '.', '..'])
      await expect(sendFeedback(way, { ...affirmative, entryId: id }, { signal })).rejects.toThrow(RangeError)
    const reasonIds = ['<x/>']
    const odd = { ...about, says: { kind: 'negative' as const, reasonIds } }
    await expect(sendFeedback(way, odd, { signal })).rejects.toThrow(RangeError)
    const { sandboxUrl: _, ...real } = way
    for (const environment of ['test', 'production'] as const)
      await expect(sendFeedback({ ...real, environment }, affirmative, { signal })).rejects.toMatchObject({
        code: 'address_refused',
      })
    expect(server.inspect().calls).toEqual([])
  })

  it('takes no reasons from an answer of another form', () => {
    const read = (text: string) => readReasons(Buffer.from(text))
    expect(read('<availableFeedbackReasons/>')).toEqual([])
    for (const text of ['<x/>', '<availableFeedbackReasons><reason guid="a b" name="n"/></availableFeedbackReasons>'])
      expect(() => read(text)).toThrowError(expect.objectContaining({ code: 'answer_odd' }))
  })
})

describe.each(emptyDatabases)('feedback on %s', (_kind, empty) => {
  const open = async () => {
    const world = await openVaultWorld(await empty())
    const { database, vault, clock } = world
    await database.transact((tx) =>
      tx
        .insertInto('cases')
        .values({
          id: 'case_1',
          number: 1,
          environment: 'sandbox',
          state: 'dismissed',
          route: 'review',
          is_test: 0,
          reportable: 'yes',
          surface: 'upload',
          context_sealed: Buffer.of(1),
          opened_at: 1,
          settles_at: 1,
          changed_at: 1,
        })
        .execute(),
    )
    const prepare = (says: 'affirmative' | 'negative', ...grounds: readonly object[]) =>
      database.transact((tx) =>
        prepareFeedback(tx, clock, vault, { caseId: 'case_1', says, met: grounds.map((one) => ({ ...met, ...one })) }),
      )
    const rows = () => listFeedback(database.read)
    const first = async () => (await rows())[0]?.id ?? ''
    const approve = (id: string, reasonId?: string) =>
      database.transact((tx) => approveFeedback(tx, clock, vault, { id, by: 'person:p', reasonId }))
    const begin = (id: string) => database.transact((tx) => beginFeedback(tx, clock, vault, id))
    const end = (id: string, outcome: Parameters<typeof endFeedback>[3]) =>
      database.transact((tx) => endFeedback(tx, clock, id, outcome))
    return { ...world, prepare, rows, first, approve, begin, end }
  }

  it('is prepared once for an entry and its kinds of hash that NCMEC takes, and is disputed where cases end differently', async () => {
    const world = await open()
    await using _ = world
    expect(await world.prepare('affirmative', {}, {}, { algorithm: 'pdq' }, { algorithm: 'sha256' })).toBe(2)
    expect(await world.prepare('affirmative', {}, { source: 'a-file' })).toBe(0)
    expect((await world.rows()).map(({ disputed }) => disputed)).toEqual([false, false])
    expect(await world.prepare('negative', { algorithm: 'pdq' })).toBe(1)
    expect((await world.rows()).map(({ disputed }) => disputed)).toEqual([true, true, true])
    expect(JSON.stringify(await world.rows())).not.toContain('a/b c')
  })

  it('is sent only when it was approved, a negative one only with a reason, and is written down before and after', async () => {
    const world = await open()
    await using _ = world
    await world.prepare('negative', {})
    const id = await world.first()
    expect(await world.begin(id)).toEqual({ kind: 'over', interrupted: false })
    await expect(world.approve(id)).rejects.toMatchObject({ code: 'reason_missing' })
    await world.approve(id, '0123-abcd')
    expect(await world.begin(id)).toEqual({
      kind: 'send',
      listId: 'ncmec',
      feedback: {
        memberId: '7',
        entryId: 'a/b c',
        algorithm: 'md5',
        says: { kind: 'negative', reasonIds: ['0123-abcd'] },
      },
    })
    expect(await world.rows()).toMatchObject([{ state: 'sending' }])
    await world.end(id, { kind: 'accepted' })
    expect(await world.rows()).toMatchObject([{ state: 'sent', trouble: null }])
    await expect(world.approve(id, '0123-abcd')).rejects.toMatchObject({ code: 'not_possible' })
  })

  it('whose sending was cut off is unknown, and goes again only when a person says so', async () => {
    const world = await open()
    await using _ = world
    await world.prepare('affirmative', {})
    const id = await world.first()
    await world.approve(id)
    await world.begin(id)
    expect(await world.begin(id)).toEqual({ kind: 'over', interrupted: true })
    expect(await world.rows()).toMatchObject([{ state: 'unknown', trouble: expect.stringContaining('may have it') }])
    expect(await world.begin(id)).toEqual({ kind: 'over', interrupted: false })
    // The first worker was only slow.
    await world.end(id, { kind: 'accepted' })
    expect(await world.rows()).toMatchObject([{ state: 'sent' }])
  })

  it('that was refused by an operator is never sent, nor one whose wait is not over lost', async () => {
    const world = await open()
    await using _ = world
    await world.prepare('affirmative', {}, { algorithm: 'pdq' })
    const [one, other] = await world.rows()
    const id = one?.id ?? ''
    await world.approve(id)
    await world.begin(id)
    await world.end(id, { kind: 'not_sent', words: 'busy', retryAfterMs: undefined })
    expect((await world.rows()).find((row) => row.id === id)).toMatchObject({ state: 'approved', trouble: 'busy' })
    for (const each of [id, other?.id ?? ''])
      await world.database.transact((tx) => refuseFeedback(tx, world.clock, { id: each, by: 'person:p' }))
    expect(await world.begin(id)).toEqual({ kind: 'over', interrupted: false })
    await expect(world.approve(id)).rejects.toMatchObject({ code: 'not_possible' })
  })
})
