import { expect, it } from 'vitest'
import { beginLookUp, moveCase, noteLookUpTrouble } from '#cases'
import { beginPause } from '#pause'
import { emptyDatabases } from '../db/testing.ts'
import { caseOfReport, explainReport, holdUnsubmitted } from './reports.ts'
import { openFilingWorld } from './testing.ts'

it.each(emptyDatabases)(
  'a report that is not begun says what it waits for: an answer about the account, or an entry that was set aside, on %s',
  async (_kind, empty) => {
    await using world = await openFilingWorld(await empty())
    const { clock, vault, database, transact } = world
    const reportId = await world.reported(Buffer.from('drawn'))
    const caseId = await caseOfReport(database.read, reportId)
    const explained = () => explainReport(database.read, vault, { reportId, lateMs: 1000 })
    expect((await explained()).where).toBe('written and not begun')
    expect(JSON.stringify((await explained()).next)).not.toContain('set-aside')

    await transact((tx) => beginLookUp(tx, clock, { caseId, waitMs: 60_000 }))
    await transact((tx) => noteLookUpTrouble(tx, caseId, 'it answered (503)'))
    const until = new Date(clock.now() + 60_000).toISOString()
    expect((await explained()).where).toContain(`waits until ${until}`)
    expect((await explained()).where).toContain('it answered (503)')

    await transact(async (tx) => {
      await moveCase(tx, clock, caseId, 'entry_set_aside')
      await holdUnsubmitted(tx, clock, vault, reportId)
    })
    const { where, next } = await explained()
    expect(where).toContain('an entry it rests on was hit by too many accounts')
    expect(next.map(({ command }) => command)).toEqual(['wardline lists set-aside list'])

    await transact((tx) => beginPause(tx, clock, { why: 'restored', by: 'wardline' }))
    expect((await explained()).where).toContain('PAUSED')
    expect((await explained()).next.map(({ command }) => command)).toEqual(['wardline pause show'])
  },
)
