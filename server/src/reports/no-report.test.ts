import { describe, expect, it } from 'vitest'
import { caseEvents, caseStates, transitions } from '../cases/transitions.ts'
import { emptyDatabases } from '../db/testing.ts'
import { explainNoReport } from './reports.ts'
import { openFilingWorld } from './testing.ts'

describe.each(emptyDatabases)('a case without a report on %s', (_kind, empty) => {
  it('says why there is none and which command comes next, in whatever state it is', async () => {
    await using world = await openFilingWorld(await empty())
    const { database, transact } = world
    expect(await explainNoReport(database.read, 'report_sandbox_1')).toBeUndefined()
    await expect(explainNoReport(database.read, '9')).rejects.toMatchObject({ code: 'no_such_case' })
    const { number, caseId } = await world.found()
    const told = async (set: { state?: string; reportable?: 'yes' | 'never'; environment?: string }) => {
      await transact((tx) => tx.updateTable('cases').set(set).where('id', '=', caseId).execute())
      return explainNoReport(database.read, String(number))
    }
    const wheres = new Set<string>()
    for (const state of caseStates) {
      const { where = '', next = [] } = (await told({ state, reportable: 'yes' })) ?? {}
      expect(next.length, state).toBeGreaterThan(0)
      wheres.add(where)
      // What it advises can be done in that state.
      const advised = (act: string) =>
        next.some(({ command = '' }) => command.startsWith(`wardline cases ${act} ${number}`))
      for (const [act, event] of [
        ['confirm', 'confirmed'],
        ['dismiss', 'dismissed'],
      ] as const) {
        expect(caseEvents).toContain(event)
        if (advised(act)) expect(transitions[state][event], `${act} in ${state}`).toBeDefined()
      }
    }
    expect(wheres.size).toBe(caseStates.length - 1)
    const commands = async (state: string, more = {}) =>
      (await told({ state, reportable: 'yes', ...more }))?.next.map(({ command }) => command).join()
    expect(await commands('waiting_review')).toMatch(/cases show.*cases confirm.*cases dismiss/)
    expect(await commands('waiting_review', { reportable: 'never' })).toMatch(/cases close/)
    expect(await commands('waiting_review', { reportable: 'never' })).not.toMatch(/confirm/)
    expect(await commands('set_aside')).toMatch(/set-aside list/)
    expect(await commands('cannot_report')).toMatch(/doctor.*serve/)
    expect((await told({ state: 'settling' }))?.clocks).toHaveLength(1)
    expect((await told({ state: 'dismissed' }))?.clocks).toEqual([])
  })

  it('is told apart from one that has a report', async () => {
    await using world = await openFilingWorld(await empty())
    await world.reported(Buffer.from('drawn'))
    expect(await explainNoReport(world.database.read, '1')).toBeUndefined()
  })
})
