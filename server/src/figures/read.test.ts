import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Detail, record } from '#audit'
import { emptyDatabases } from '../db/testing.ts'
import { openVaultWorld, type VaultWorld } from '../vault/testing.ts'
import { readFigures } from './figures.ts'

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour
/** The last minutes of a month and of a year. */
const newYear = Date.parse('2027-01-01T00:00:00Z')

type Said = readonly [at: number, act: string, subject: string, detail?: Detail]

async function write({ database, clock }: VaultWorld, lines: readonly Said[]) {
  const ordered = [...lines].sort(([a], [b]) => a - b)
  await database.transact(async (tx) => {
    for (const [at, act, subject, detail] of ordered) {
      clock.set(at)
      await record(tx, clock, { actor: 'wardline', act, subject, detail })
    }
  })
}
const opened = (at: number, id: string, more: Detail = {}): Said => [at, 'open_case', id, { route: 'report', ...more }]
const reported = (at: number, id: string): Said => [
  at,
  'move_case',
  id,
  { event: 'report_finished', before: 'reporting', after: 'reported' },
]
const all = async ({ database }: VaultWorld, window: { since?: number; until?: number } = {}) =>
  readFigures(database.read, { until: newYear + 400 * day, ...window })

describe.each(emptyDatabases)('figures on %s', (_kind, empty) => {
  it('of an empty trail say that nothing is known', async () => {
    await using world = await openVaultWorld(await empty())
    const figures = await all(world)
    expect(figures).toMatchObject({ byRoute: [], byList: [], listsKnownSince: null, linesRead: 0 })
    expect(figures.all).toMatchObject({ timeToReport: null, appeals: { overturnRate: null } })
  })

  it('count what ended, by list and by route, over midnight and the turn of a year, and leave tests out', async () => {
    await using world = await openVaultWorld(await empty())
    await write(world, [
      opened(newYear - minute, 'case_1', { lists: 'alpha' }),
      [newYear - 30_000, 'join_case', 'case_1', { lists: 'beta' }],
      reported(newYear + minute, 'case_1'),
      [newYear + minute, 'plan_notice', 'notice_1', { case: 'case_1', state: 'waiting', reason: null }],
      [newYear + minute + day, 'send_notice', 'notice_1'],
      opened(newYear, 'case_2', { lists: 'alpha', route: 'review' }),
      [newYear + hour, 'confirm_case', 'case_2', { before: 'waiting_review', after: 'reporting' }],
      [newYear + 2 * hour, 'confirm_case', 'case_2', { before: 'reporting', after: 'reporting' }],
      [newYear + 3 * hour, 'move_case', 'case_2', { event: 'filed_by_hand', before: 'reporting', after: 'reported' }],
      [newYear + 3 * hour, 'plan_notice', 'notice_2', { case: 'case_2', state: 'not_sent', reason: 'policy_off' }],
      opened(newYear, 'case_3'),
      opened(newYear, 'case_t', { lists: 'alpha', test: true }),
      reported(newYear + 5, 'case_t'),
      reported(newYear + 7, 'case_unheard_of'),
      [newYear + 2 * day, 'open_appeal', 'appeal_1', { case: 'case_1' }],
      [newYear + 3 * day, 'decide_appeal', 'appeal_1', { case: 'case_1', outcome: 'upheld', isFinal: false }],
      [
        newYear + 4 * day,
        'look_again_at_appeal',
        'appeal_1',
        { case: 'case_1', outcome: 'overturned_match', isFinal: true },
      ],
      [newYear + 4 * day, 'plan_notice', 'notice_3', { case: 'case_1', state: 'waiting', kind: 'appeal_overturned' }],
      [newYear + 5 * day, 'send_notice', 'notice_3'],
      [newYear + 4 * day, 'move_case', 'case_1', { event: 'repaired', before: 'reported', after: 'repaired' }],
      [newYear + 4 * day, 'open_appeal', 'appeal_2', { case: 'case_2' }],
    ])
    const figures = await all(world)
    expect(figures.all).toEqual({
      cases: { opened: 3, stillOpen: 1, reported: 2, filedByHand: 1, dismissed: 0, closed: 0, repaired: 1 },
      notices: { planned: 3, sent: 2, notSent: 1, givenUp: 0 },
      appeals: {
        opened: 2,
        stillOpen: 1,
        upheld: 0,
        overturnedEntry: 0,
        overturnedMatch: 1,
        overturnedContext: 0,
        overturnRate: 1,
      },
      timeToReport: { count: 2, medianSeconds: 120, p90Seconds: 3 * 3600 },
      timeToNotice: { count: 1, medianSeconds: 86_400, p90Seconds: 86_400 },
      timeToDecision: { count: 1, medianSeconds: 3600, p90Seconds: 3600 },
      timeToHearing: { count: 1, medianSeconds: 2 * 86_400, p90Seconds: 2 * 86_400 },
    })
    expect(figures.byRoute.map(({ route, cases }) => [route, cases.opened, cases.reported])).toEqual([
      ['report', 2, 1],
      ['review', 1, 0],
      ['unknown', 0, 1],
    ])
    expect(figures.byList.map(({ list, cases, appeals }) => [list, cases.opened, appeals.overturnedMatch])).toEqual([
      [null, 1, 0],
      ['alpha', 2, 1],
      ['beta', 1, 1],
    ])
    expect(figures.listsKnownSince).toBe(newYear - minute)
    const december = await all(world, { until: newYear })
    expect(december.all.cases).toMatchObject({ opened: 1, stillOpen: 1, reported: 0 })
    const later = await all(world, { since: newYear + 4 * day })
    expect(later.all).toMatchObject({ cases: { opened: 0, stillOpen: 0 }, timeToHearing: { count: 1 } })
    expect(later.all.appeals).toMatchObject({ opened: 1, stillOpen: 1, overturnedMatch: 1 })
  })

  it('count a case that is looked at again as open, its first decision alone, and what was withheld as not sent', async () => {
    await using world = await openVaultWorld(await empty())
    const again: Said[] = [
      opened(newYear, 'case_1'),
      [newYear + hour, 'close_case', 'case_1', { before: 'waiting_review', after: 'closed' }],
      [newYear + 2 * hour, 'move_case', 'case_1', { event: 'doubted', before: 'closed', after: 'waiting_review' }],
    ]
    const withheld: Said[] = [
      opened(newYear, 'case_2'),
      reported(newYear + minute, 'case_2'),
      [newYear + minute, 'plan_notice', 'notice_1', { case: 'case_2', state: 'waiting', reason: null }],
      [newYear + hour, 'withhold_notice', 'notice_1', { reason: 'restored' }],
      [newYear + minute, 'plan_notice', 'notice_2', { case: 'case_2', state: 'waiting', reason: null }],
      [newYear + hour, 'give_up_notice', 'notice_2', { reason: 'operator_address_changed' }],
      [newYear + minute, 'plan_notice', 'notice_3', { case: 'case_2', state: 'waiting', reason: null }],
      [newYear + hour, 'give_up_notice', 'notice_3', { reason: 'no success in 5 days: later' }],
    ]
    await write(world, [...again, ...withheld])
    const figures = (await all(world)).all
    expect(figures.cases).toMatchObject({ opened: 2, stillOpen: 1, closed: 1 })
    expect(figures.notices).toEqual({ planned: 3, sent: 0, notSent: 2, givenUp: 1 })
    await write(world, [
      [newYear + 9 * hour, 'dismiss_case', 'case_1', { before: 'waiting_review', after: 'dismissed' }],
    ])
    const later = (await all(world)).all
    expect(later.cases).toMatchObject({ stillOpen: 0, dismissed: 1 })
    expect(later.timeToDecision).toMatchObject({ count: 1, medianSeconds: 3600 })
  })

  it('count an appeal that is heard anew as open again, and each of its decisions', async () => {
    await using world = await openVaultWorld(await empty())
    const decided = (at: number, outcome: string): Said => [
      at,
      'decide_appeal',
      'appeal_1',
      { case: 'case_1', outcome },
    ]
    await write(world, [
      opened(newYear, 'case_1'),
      [newYear + day, 'open_appeal', 'appeal_1', { case: 'case_1' }],
      decided(newYear + 2 * day, 'overturned_context'),
      [newYear + 3 * day, 'reopen_appeal', 'appeal_1', { case: 'case_1', outcome: 'overturned_context' }],
      decided(newYear + 5 * day, 'upheld'),
    ])
    const between = await all(world, { until: newYear + 4 * day })
    expect(between.all.appeals).toMatchObject({ opened: 1, stillOpen: 1, overturnedContext: 1, overturnRate: 1 })
    const after = await all(world)
    expect(after.all.appeals).toMatchObject({ opened: 1, stillOpen: 0, overturnedContext: 1, upheld: 1 })
  })

  it('are the same from many pages as from one look at all lines, in whatever part of the time', async () => {
    await using world = await openVaultWorld(await empty())
    const cases = fc.sample(
      fc.record({
        at: fc.nat({ max: 40 * day }),
        report: fc.option(fc.nat({ max: 9 * day }), { nil: undefined }),
        lists: fc.constantFrom('a', 'a,b', 'c'),
        route: fc.constantFrom('report', 'review'),
      }),
      { numRuns: 900, seed: 7 },
    )
    await write(
      world,
      cases.flatMap(({ at, report, lists, route }, n) => [
        opened(newYear + at, `case_${n}`, { lists, route }),
        ...(report === undefined ? [] : [reported(newYear + at + report, `case_${n}`)]),
      ]),
    )
    for (const [since, until] of fc.sample(fc.tuple(fc.nat(20 * day), fc.nat(50 * day)), { numRuns: 8, seed: 3 })) {
      const figures = await all(world, { since: newYear + since, until: newYear + until })
      const within = (at: number) => at >= since && at < until
      for (const { list, cases: counted, timeToReport } of figures.byList) {
        const mine = cases.filter(({ lists }) => lists.split(',').includes(list ?? ''))
        const begun = mine.filter(({ at }) => within(at))
        const ended = mine.flatMap(({ at, report }) => (report !== undefined && within(at + report) ? [report] : []))
        const open = begun.filter(({ at, report }) => report === undefined || at + report >= until)
        expect(counted).toMatchObject({ opened: begun.length, stillOpen: open.length, reported: ended.length })
        const middle = ended.sort((a, b) => a - b)[Math.ceil(ended.length / 2) - 1]
        expect(timeToReport?.medianSeconds).toBe(middle === undefined ? undefined : middle / 1000)
      }
    }
  })
})
