import { describe, expect, it } from 'vitest'
import { readTrail } from '#audit'
import { secretBytes } from '#base'
import { emptyDatabases } from '../db/testing.ts'
import { keepDocument, openDocuments } from './documents.ts'
import { openFilingWorld, run, step } from './testing.ts'

describe.each(emptyDatabases)('what was sent and answered, on %s', (_kind, empty) => {
  it('is kept word for word, sealed, and opened by a person with a line in the trail', async () => {
    await using world = await openFilingWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    await run(world, reportId)
    const { database, clock, vault } = world
    const opened = await openDocuments(database, clock, vault, { reportId, by: 'person:p' })
    expect(opened.map(({ name }) => name)).toEqual([
      '01-submit-sent',
      '01-submit-received',
      '03-upload-1-received',
      '05-fileinfo-1-sent',
      '05-fileinfo-1-received',
      '07-finish-received',
    ])
    const [theirs] = world.line.inspect().reports
    const text = (at: number) => Buffer.from(opened[at]?.bytes ?? []).toString()
    expect(text(0)).toBe(theirs?.submittedXml)
    expect(text(5)).toMatch(/<reportDoneResponse>/)
    expect(opened.every(({ whole }) => whole)).toBe(true)
    const lines = (await readTrail(database.read, { limit: 100 })).filter(({ act }) => act === 'open_report_documents')
    expect(lines).toMatchObject([{ actor: 'person:p', subject: reportId }])
    // Not a word of it lies in the open.
    const rows = await database.read.selectFrom('report_documents').selectAll().execute()
    for (const row of rows) expect(Buffer.from(row.document_sealed).toString('latin1')).not.toContain('report')
  })

  it('is there of a call whose answer never came, since it is kept before it is sent', async () => {
    await using world = await openFilingWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    await step(world, reportId, 'intent')
    const { database, clock, vault } = world
    const opened = await openDocuments(database, clock, vault, { reportId, by: 'person:p' })
    expect(opened.map(({ name }) => name)).toEqual(['01-submit-sent'])
  })

  it('is opened by nobody without a name, and then leaves no line', async () => {
    await using world = await openFilingWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    const { database, clock, vault } = world
    await expect(openDocuments(database, clock, vault, { reportId, by: 'wardline' })).rejects.toMatchObject({
      code: 'not_a_person',
    })
    expect(
      (await readTrail(database.read, { limit: 100 })).filter(({ act }) => act === 'open_report_documents'),
    ).toEqual([])
  })

  it('is cut short beyond a megabyte, and says so', async () => {
    await using world = await openFilingWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    const begun = await step(world, reportId, 'intent')
    if (begun.kind !== 'call') throw new Error('nothing was begun')
    const { database, clock, vault } = world
    const long = {
      reportId,
      stepId: begun.intentId,
      direction: 'received',
      bytes: Buffer.alloc(3_000_000, 'x'),
    } as const
    await database.transact((tx) => keepDocument(tx, clock, vault, long))
    const [, cut] = await openDocuments(database, clock, vault, { reportId, by: 'person:p' })
    expect(cut).toMatchObject({ sizeBytes: 3_000_000, whole: false })
    expect(cut?.bytes).toHaveLength(1024 * 1024)
  })
})
