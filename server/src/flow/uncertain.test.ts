import { expect, it } from 'vitest'
import { newId } from '#base'
import { caseRepaired, caseReported } from '#cases'
import { openLogbook } from '#logbook'
import { beginPause, listItems, type Pause } from '#pause'
import { createCorrection, showReport } from '#reports'
import { emptyDatabases } from '../db/testing.ts'
import { type FilingWorld, openFilingWorld, run, step } from '../reports/testing.ts'
import { listUncertain } from './uncertain.ts'

it.each(emptyDatabases)(
  'on %s a pause asks about each unfinished report that takes one back after a restore, else about those the logbook knows more of',
  async (_kind, empty) => {
    await using world = await openFilingWorld(await empty())
    const { database, clock, vault } = world
    const logbook = openLogbook({ folder: world.folder, vault, environment: 'sandbox', clock })
    const [untouched, newer, stuck, filed, ofCards] = await correctionsIn(world, 5)
    if (!untouched || !newer || !stuck || !filed || !ofCards) throw new Error('five were made')
    world.line.faults.next('submit', { kind: 'code', code: 4100 })
    await run(world, stuck)
    expect(await showReport(database.read, stuck)).toMatchObject({ state: 'needs_person' })
    await run(world, filed)
    await database.read.updateTable('reports').set({ is_test: 1 }).where('id', '=', ofCards).execute()
    // Two steps of one: that which this database knows of, and one that it has never heard of.
    const begun = await step(world, newer, 'intent')
    const { caseId } = await showReport(database.read, newer)
    const of = { subject: newer, caseId }
    await logbook.write({ ...of, what: 'submit_begun', step: begun.kind === 'call' ? begun.intentId : '' })
    await logbook.write({ ...of, what: 'finish_begun', step: newId('step', clock), remoteId: '4711' })
    await logbook.write({ ...of, what: 'finished', remoteId: '4711' })

    const asked = async (why: Pause['why']) => {
      await world.transact((tx) => beginPause(tx, clock, { why, by: 'wardline' }))
      const pause = await listUncertain({ database, clock, logbook })
      expect(pause).toMatchObject({ why, listed: true })
      const items = await listItems(database.read, { pauseId: pause?.id ?? '' })
      return items.map(({ kind, subject, told }) => [kind, subject, told === null ? null : JSON.parse(told)])
    }
    const finished = expect.objectContaining({ last: 'finished', remoteId: '4711' })
    expect(await asked('database_older')).toEqual([['report', newer, finished]])
    const all = [
      ['report', untouched, null],
      ['report', newer, finished],
      ['report', stuck, null],
    ]
    expect(await asked('restored')).toEqual(all.toSorted((a, b) => String(a[1]).localeCompare(String(b[1]))))
    await logbook.close()
  },
  60_000,
)

/** Waiting ones, each of which takes back a finished report whose case is `repaired`. */
async function correctionsIn(world: FilingWorld, count: number): Promise<readonly string[]> {
  const { clock, vault, settings } = world
  const made: string[] = []
  for (let left = count; left > 0; left -= 1) {
    const reportId = await world.reported(Buffer.from(`of ${left}`))
    await run(world, reportId)
    const { caseId } = await showReport(world.database.read, reportId)
    const id = await world.transact(async (tx) => {
      await caseReported(tx, clock, vault, { caseId, event: 'report_finished', finishedAt: clock.now() })
      await caseRepaired(tx, clock, vault, { caseId, windowMs: null })
      const correcting = { reportId, repairId: 'repair_1', because: 'a beach', by: 'person:p' as const, settings }
      return createCorrection(tx, clock, vault, correcting)
    })
    made.push(id ?? '')
  }
  return made
}
