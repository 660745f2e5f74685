import { expect, it } from 'vitest'
import { emptyDatabases } from '../../../server/src/db/testing.ts'
import { openFilingWorld } from '../../../server/src/reports/testing.ts'
import { checkReviewClock } from './cases.ts'
import { checkFiling } from './filing.ts'

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
  },
)
