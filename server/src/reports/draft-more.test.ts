import { expect, it } from 'vitest'
import { addLaterWord } from '#cases'
import { emptyDatabases } from '../db/testing.ts'
import { draftMore } from './reports.ts'
import { openFilingWorld, run, step } from './testing.ts'

it.each(emptyDatabases)(
  'what is said while a report is written and not begun is in it, and after its first step no more, on %s',
  async (_kind, empty) => {
    await using world = await openFilingWorld(await empty())
    const { clock, vault, database, settings, line } = world
    const reportId = await world.reported(Buffer.from('drawn'))
    const coming = await database.read
      .selectFrom('scans')
      .select(['id', 'case_id', 'file_id'])
      .executeTakeFirstOrThrow()
    const say = (screenName: string) =>
      world.transact(async (tx) => {
        const said = { surface: 'other' as const, account: { id: '7', screenName } }
        const place = { caseId: coming.case_id, fileId: coming.file_id, scanId: coming.id }
        await addLaterWord(tx, clock, vault, { ...place, said, apiKeyId: 'key_1' })
        return draftMore(tx, clock, vault, { reportId, settings })
      })
    const score = async () =>
      (await database.read.selectFrom('reports').select('score').executeTakeFirstOrThrow()).score ?? 0
    const before = await score()
    expect(await say('seven')).toBe(true)
    expect(await score()).toBeGreaterThan(before)
    await step(world, reportId, 'intent')
    expect(await say('too late')).toBe(false)
    await run(world, reportId)
    const [report] = line.inspect().reports
    expect(report?.submittedXml).toContain('<screenName>seven</screenName>')
    expect(report?.submittedXml).not.toContain('too late')
  },
)
