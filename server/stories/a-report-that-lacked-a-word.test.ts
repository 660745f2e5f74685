import { drawPicture } from '@wardline/sandbox'
import { expect, it } from 'vitest'
import { addPerson } from '#access'
import { moveCase, readCase } from '#cases'
import { confirmCase } from '#flow'
import { createReport, isFileable, showReport } from '#reports'
import { sealDraft } from '../src/reports/store.ts'
import { drawn, kinds, World } from './world.ts'

it.each(kinds)(
  'a report that could not be written without an incident type is written and filed once a person says it, on %s',
  async (database) => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 600 } } })
    const { clock, wardline } = world
    const { vault } = wardline.ground
    const person = { name: 'Ada', email: 'ada@x.example', roles: ['reviewer'] as const }
    const by = `person:${(await world.database.transact((tx) => addPerson(tx, clock, person))).id}` as const
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), { account: { id: 'user-1' } })

    // As an older version left it: filed by rule, and the draft refused for the want of a word.
    const record = await readCase(world.database.read, vault, 1)
    if (!isFileable(record)) throw new Error('a case of the sandbox is fileable')
    const settings = wardline.river.reports
    const { reportId } = await world.database.transact(async (tx) => {
      await moveCase(tx, clock, record.id, 'settled')
      return createReport(tx, clock, vault, { record, settings })
    })
    await expect(confirmCase(wardline.river, 1, by)).rejects.toMatchObject({
      code: 'not_possible',
      message: expect.stringContaining('is under way'),
    })
    const draft_sealed = sealDraft(vault, reportId, null)
    await world.database.transact((tx) =>
      tx.updateTable('reports').set({ state: 'needs_person', draft_sealed, trouble: 'cannot be written' }).execute(),
    )

    await confirmCase(wardline.river, 1, by, { incidentType: 'online_enticement', reason: 'as the platform says' })
    await world.until(
      'the report is filed',
      async () => (await readCase(world.database.read, vault, 1)).state === 'reported',
    )
    expect(await showReport(world.database.read, reportId)).toMatchObject({ state: 'finished', trouble: null })
    expect(JSON.stringify(world.finishedReports())).toContain('Online Enticement')
    const { decision } = await readCase(world.database.read, vault, 1)
    expect(decision).toMatchObject({ by, incidentType: 'online_enticement', viewed: false })
  },
)
