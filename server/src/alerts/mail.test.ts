import { StillClock } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { migrate, openDatabase } from '#db'
import { emptyDatabases } from '../db/testing.ts'
import { beginMail, endMail, raiseAlert } from './alerts.ts'

const dayMs = 24 * 3_600_000
const data = {}

describe.each(emptyDatabases)('a mail of alerts on %s, the mail server away for days,', (_kind, empty) => {
  it('has what is said but once, and of what is said daily the last days only', async () => {
    await using database = openDatabase(await empty())
    await migrate(database)
    const clock = new StillClock()
    await database.transact(async (tx) => {
      await raiseAlert(tx, clock, { type: 'notice.dead', subject: 'once', severity: 'warning', data, once: true })
      await raiseAlert(tx, clock, { type: 'report.late', subject: 'daily', severity: 'urgent', data })
    })
    clock.set(clock.now() + 3 * dayMs)
    await database.transact((tx) =>
      raiseAlert(tx, clock, { type: 'report.late', subject: 'today', severity: 'urgent', data }),
    )
    const batch = await database.transact((tx) => beginMail(tx, clock))
    expect(batch?.alerts.map(({ subject }) => subject)).toEqual(['once', 'today'])

    // Begun and not sent for days, it is the same mail with all that was in it.
    clock.set(clock.now() + 3 * dayMs)
    expect(await database.transact((tx) => beginMail(tx, clock))).toEqual(batch)
    await database.transact((tx) => endMail(tx, clock, batch?.mailId ?? ''))
    expect(await database.transact((tx) => beginMail(tx, clock))).toBeUndefined()
  })
})
