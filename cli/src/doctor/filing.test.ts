import { loadConfig } from '@wardline/server/config'
import { eventRow, markFailed, raiseEvent } from '@wardline/server/webhooks'
import { expect, it } from 'vitest'
import { emptyDatabases } from '../../../server/src/db/testing.ts'
import { openFilingWorld } from '../../../server/src/reports/testing.ts'
import { checkCases, checkReviewClock } from './cases.ts'
import { checkFiling, checkWebhooks } from './filing.ts'

const sandbox = loadConfig({ env: { HOME: '/nowhere', WARDLINE_ENVIRONMENT: 'sandbox' }, folder: '/nowhere' })
const reports = { lateAfterHours: 6 }

it.each(emptyDatabases)(
  'a late report that is not stuck is named by the case that says why, on %s',
  async (_kind, empty) => {
    // Its clock stands long before today, by which the doctor looks.
    await using world = await openFilingWorld(await empty())
    expect(await checkFiling({ reports }, world.database)).toMatchObject({ standing: 'ok' })
    await world.reported(Buffer.from('drawn'))
    const check = await checkFiling({ reports }, world.database)
    expect(check).toMatchObject({ standing: 'fail', words: expect.stringContaining('1 report is late') })
    expect(check.todo).toContain('`wardline reports explain 1`')
    expect(check.todo).not.toContain('--stuck')
  },
)

it.each(emptyDatabases)(
  'a case that waits for an entry is looked for among the entries, on %s',
  async (_kind, empty) => {
    await using world = await openFilingWorld(await empty())
    const { caseId } = await world.found({ route: 'review' })
    expect((await checkReviewClock(world.database)).todo).not.toContain('set-aside')
    await world.transact((tx) => tx.updateTable('cases').set({ state: 'set_aside' }).where('id', '=', caseId).execute())
    const check = await checkReviewClock(world.database)
    expect(check.standing).toBe('fail')
    expect(check.todo).toContain('wardline lists set-aside list')
    // Reported, and in doubt since a repair.
    await world.transact((tx) =>
      tx.updateTable('cases').set({ state: 'reviewed_again' }).where('id', '=', caseId).execute(),
    )
    const doubted = await checkCases(sandbox, world.database)
    expect(doubted).toMatchObject({ standing: 'warn', words: expect.stringContaining('1 to be looked at again') })
    for (const { todo } of [doubted, await checkReviewClock(world.database)])
      expect(todo).toContain('--state reviewed_again')
  },
)

it.each(emptyDatabases)(
  'what a platform without a webhook has not fetched is never to be sent again by one, on %s',
  async (_kind, empty) => {
    await using world = await openFilingWorld(await empty())
    const { database, clock, vault } = world
    const about = { repair: 'repair_1', case: 'case_1', scans: [], furtherScans: 0, account: null }
    const data = { ...about, asks: ['restore_content' as const], decidedAt: 6 }
    const id = await database.transact((tx) =>
      raiseEvent(tx, clock, vault, { type: 'repair.restore', onceKey: 'repair.restore 1', isTest: false, data }),
    )
    const fail = async () => {
      const row = await eventRow(database.read, id)
      if (row !== undefined) await database.transact((tx) => markFailed(tx, clock, row, 'no webhook'))
    }
    const webhooks = { secrets: [] }
    await fail()
    const before = await checkWebhooks({ webhooks }, database)
    expect(before).toMatchObject({ standing: 'warn', words: expect.not.stringContaining('refused') })
    await clock.advance(8 * 24 * 3_600_000)
    await fail()
    const after = await checkWebhooks({ webhooks }, database)
    expect(after.standing).toBe('fail')
    for (const { todo } of [before, after]) {
      expect(todo).toMatch(/\/v1\/events.*wardline repair restored/)
      expect(todo).not.toContain('wardline webhooks')
    }
    const asked = await checkWebhooks({ webhooks: { ...webhooks, url: 'http://127.0.0.1:9/' } }, database)
    expect(asked.todo).toContain('wardline webhooks replay')
  },
)
