import { createHash } from 'node:crypto'
import { startCybertipline } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { secretBytes } from '#base'
import { readCase } from '#cases'
import { emptyDatabases } from '../db/testing.ts'
import {
  closeByHand,
  createReport,
  credentialsOf,
  holdReport,
  journalIntent,
  journalResult,
  listReports,
  performCall,
  type ReportSettings,
  readByHand,
  readReceipt,
  reportOfCase,
  retryReport,
  showReport,
} from './reports.ts'
import { clientOf, fileable, openFilingWorld as openWorld, run, step } from './testing.ts'

const hour = 3_600_000

describe.each(emptyDatabases)('filing a report on %s', (_kind, empty) => {
  it('goes submit, upload, fileinfo, finish, each journaled before and after, and keeps the receipt byte for byte', async () => {
    await using world = await openWorld(await empty())
    const bytes = secretBytes(200_000)
    const reportId = await world.reported(bytes, secretBytes(10))
    expect(await run(world, reportId)).toEqual(['submit', 'upload:1', 'fileinfo:1', 'upload:2', 'fileinfo:2', 'finish'])
    const [theirs] = world.line.inspect().reports
    expect(theirs).toMatchObject({
      state: 'finished',
      files: [{ md5: createHash('md5').update(bytes).digest('hex') }, {}],
    })
    const shown = await showReport(world.database.read, reportId)
    expect(shown).toMatchObject({ state: 'finished', remoteId: theirs?.id, trouble: null, hasReceipt: true })
    expect(shown.steps).toHaveLength(12)
    expect(shown.steps.filter((one) => one.phase === 'result').map((one) => one.outcome)).toEqual(Array(6).fill('ok'))
    expect(shown.steps.at(-1)?.requestId).toBeTypeOf('string')
    const receipt = await readReceipt(world.database.read, world.vault, reportId)
    expect(receipt?.bytes.toString()).toMatch(/<reportDoneResponse>.*<\/reportDoneResponse>/s)
    expect(receipt?.finishedAt).toBe(world.clock.now())
  })

  it('says in the XML that nobody viewed the file', async () => {
    await using world = await openWorld(await empty())
    await run(world, await world.reported(secretBytes(10)))
    const said = JSON.stringify(world.line.inspect().reports)
    expect(said).toContain('<fileViewedByEsp>false</fileViewedByEsp>')
    expect(said).not.toContain('<fileViewedByEsp>true</fileViewedByEsp>')
  })

  it('ends with one finished report wherever it dies, before a call or after it', async () => {
    for (const diesAfter of ['intent', 'call'] as const)
      for (let at = 0; at < 4; at += 1) {
        await using world = await openWorld(await empty())
        const reportId = await world.reported(secretBytes(10))
        for (let i = 0; i < at; i += 1) await step(world, reportId)
        await step(world, reportId, diesAfter)
        await run(world, reportId)
        const finished = world.line.inspect().reports.filter((one) => one.state === 'finished')
        expect(finished, `died after ${diesAfter} of step ${at}`).toHaveLength(1)
        expect(finished[0]?.files).toHaveLength(1)
        expect(await showReport(world.database.read, reportId)).toMatchObject({ remoteId: finished[0]?.id })
      }
  })

  it('waits out a CyberTipline that is down, and says so meanwhile', async () => {
    await using world = await openWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    const gone = await startCybertipline()
    await gone.close()
    const down = clientOf(world, { baseUrl: gone.baseUrl })
    await step(world, reportId, undefined, down)
    expect(await step(world, reportId)).toMatchObject({ kind: 'wait', because: 'unreachable', alert: false })
    expect(await listReports(world.database.read, { limit: 5 })).toMatchObject([
      { state: 'filing', trouble: expect.stringContaining('unreachable') },
    ])
    await run(world, reportId)
    expect(await showReport(world.database.read, reportId)).toMatchObject({ state: 'finished', trouble: null })
  })

  it('cannot report with credentials that are refused, and goes on once they work', async () => {
    await using world = await openWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    await step(
      world,
      reportId,
      undefined,
      clientOf(world, { credentials: credentialsOf('sandbox', { username: 'sandbox', password: 'wrong' }) }),
    )
    expect(await showReport(world.database.read, reportId)).toMatchObject({ state: 'cannot_report' })
    await world.transact((tx) =>
      retryReport(tx, world.clock, world.vault, { reportId, by: 'person:p', settings: world.settings }),
    )
    await run(world, reportId)
    expect(await showReport(world.database.read, reportId)).toMatchObject({ state: 'finished' })
  })

  it('asks a person when the CyberTipline refuses it, and begins anew when they say so', async () => {
    await using world = await openWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    world.line.faults.next('submit', { kind: 'code', code: 4100 })
    expect(await run(world, reportId)).toEqual(['submit'])
    expect(await showReport(world.database.read, reportId)).toMatchObject({
      state: 'needs_person',
      trouble: expect.stringContaining('refused the report or a part of it: submit was refused; code 4100'),
    })
    await world.transact((tx) =>
      retryReport(tx, world.clock, world.vault, { reportId, by: 'person:p', settings: world.settings }),
    )
    await run(world, reportId)
    expect(await showReport(world.database.read, reportId)).toMatchObject({ state: 'finished', trouble: null })
  })

  it('does not finish a report whose file arrived altered', async () => {
    await using world = await openWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    world.line.faults.next('upload', { kind: 'wrong_md5' })
    expect(await run(world, reportId)).toEqual([
      'submit',
      'upload:1',
      'retract',
      'submit',
      'upload:1',
      'fileinfo:1',
      'finish',
    ])
    const states = world.line.inspect().reports.map((one) => one.state)
    expect(states.toSorted()).toEqual(['finished', 'retracted'])
  })

  it('asks for a person when its evidence is gone, and keeps the open report', async () => {
    await using world = await openWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    await step(world, reportId)
    const { id } = await world.database.read.selectFrom('vault_objects').select('id').executeTakeFirstOrThrow()
    await world.transact((tx) => world.vault.destroy(tx, id, 'a test'))
    await step(world, reportId)
    expect(await step(world, reportId)).toMatchObject({ kind: 'wait', because: 'file_unreadable', alert: true })
  })

  it('takes no result of a step that another worker has overtaken', async () => {
    await using world = await openWorld(await empty())
    const { database, clock, vault } = world
    const reportId = await world.reported(secretBytes(10))
    const stale = await step(world, reportId, 'intent')
    await step(world, reportId)
    if (stale.kind !== 'call') throw new Error('no call')
    const result = await performCall(stale, { client: clientOf(world), db: database.read, vault })
    await expect(database.transact((tx) => journalResult(tx, clock, vault, stale, result))).rejects.toMatchObject({
      code: 'overtaken',
    })
  })

  it('keeps results and receipt when its clock steps back, and tells its steps in their order', async () => {
    await using world = await openWorld(await empty())
    const { database, clock, vault } = world
    const reportId = await world.reported(secretBytes(10))
    const names: string[] = []
    for (;;) {
      const begun = await database.transact((tx) =>
        journalIntent(tx, clock, vault, { reportId, environment: 'sandbox' }),
      )
      if (begun.kind !== 'call') break
      names.push(begun.name)
      const result = await performCall(begun, { client: clientOf(world), db: database.read, vault })
      // As when the machine asks what time it is, and hears that it was ahead.
      clock.set(clock.now() - 2_000)
      await database.transact((tx) => journalResult(tx, clock, vault, begun, result))
    }
    expect(names).toEqual(['submit', 'upload:1', 'fileinfo:1', 'finish'])
    const shown = await showReport(database.read, reportId)
    expect(shown).toMatchObject({ state: 'finished', hasReceipt: true, trouble: null })
    expect(shown.steps.map((one) => `${one.step} ${one.phase}`)).toEqual(
      names.flatMap((name) => [`${name} intent`, `${name} result`]),
    )
  })

  it('writes one result down once', async () => {
    await using world = await openWorld(await empty())
    const { database, clock, vault } = world
    const reportId = await world.reported(secretBytes(10))
    const begun = await step(world, reportId, 'intent')
    if (begun.kind !== 'call') throw new Error('no call')
    const result = await performCall(begun, { client: clientOf(world), db: database.read, vault })
    const writing = () => database.transact((tx) => journalResult(tx, clock, vault, begun, result))
    await writing()
    await expect(writing()).rejects.toMatchObject({ code: 'overtaken' })
  })

  it('is closed by a person who filed it by hand, and is never sent afterwards', async () => {
    await using world = await openWorld(await empty())
    const { database, clock, vault, settings } = world
    const reportId = await world.reported(secretBytes(10))
    const closing = { reportId, by: 'person:p' as const, reason: ' the form refused it ', remoteId: '4711' }
    const close = (change: object) => world.transact((tx) => closeByHand(tx, clock, vault, { ...closing, ...change }))
    await expect(close({})).rejects.toMatchObject({ code: 'not_possible' })

    world.line.faults.next('submit', { kind: 'code', code: 4100 })
    await run(world, reportId)
    for (const [change, code] of [
      [{ by: 'key:k' }, 'not_a_person'],
      [{ reason: ' ' }, 'reason_missing'],
      [{ remoteId: 'my own words' }, 'remote_id_odd'],
    ] as const)
      await expect(close(change)).rejects.toMatchObject({ code })
    await close({})
    expect(await showReport(database.read, reportId)).toMatchObject({
      state: 'filed_by_hand',
      remoteId: '4711',
      hasReceipt: false,
      finishedAt: null,
    })
    expect(await readByHand(database.read, vault, reportId)).toEqual({
      by: 'person:p',
      at: clock.now(),
      reason: 'the form refused it',
    })
    expect(await step(world, reportId)).toEqual({ kind: 'over', state: 'filed_by_hand' })
    await expect(
      world.transact((tx) => retryReport(tx, clock, vault, { reportId, by: 'person:p', settings })),
    ).rejects.toMatchObject({ code: 'not_possible' })
    const row = await database.read.selectFrom('reports').select('by_hand_sealed').executeTakeFirstOrThrow()
    expect(Buffer.from(row.by_hand_sealed ?? []).toString('latin1')).not.toContain('refused')
  })

  it('is held, and says what is missing, when its credentials are taken away; once over it is not', async () => {
    await using world = await openWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    const hold = () => world.transact((tx) => holdReport(tx, world.clock, { reportId, missing: ['cybertip.username'] }))
    expect(await hold()).toBe(true)
    expect(await hold()).toBe(false)
    expect(await showReport(world.database.read, reportId)).toMatchObject({
      state: 'cannot_report',
      trouble: 'missing: cybertip.username',
    })
    await run(world, reportId)
    expect(await hold()).toBe(false)
    expect(await showReport(world.database.read, reportId)).toMatchObject({ state: 'finished', trouble: null })
  })

  it('is one report for a case, and of no other environment than its case', async () => {
    await using world = await openWorld(await empty())
    const { clock, vault, settings } = world
    const reportId = await world.reported(secretBytes(10))
    const record = fileable(await readCase(world.database.read, vault, 1))
    const again = await world.transact((tx) => createReport(tx, clock, vault, { record, settings }))
    expect(again.reportId).toBe(reportId)
    expect(await reportOfCase(world.database.read, record.id)).toMatchObject({ id: reportId })
    await expect(
      world.transact((tx) =>
        createReport(tx, clock, vault, { record, settings: { ...settings, environment: 'test' } }),
      ),
    ).rejects.toMatchObject({ code: 'environment_mixed' })
    await expect(
      world.transact((tx) => journalIntent(tx, clock, vault, { reportId, environment: 'production' })),
    ).rejects.toMatchObject({ code: 'environment_mixed' })
  })

  it('needs a person when the form cannot be filled in, and is never sent', async () => {
    await using world = await openWorld(await empty())
    const { clock, vault, settings } = world
    const { caseId } = await world.found()
    const record = fileable(await readCase(world.database.read, vault, caseId))
    const created = await world.transact((tx) =>
      createReport(tx, clock, vault, { record, settings: { ...settings, reporter: { email: 'nobody' } } }),
    )
    expect(created.state).toBe('needs_person')
    expect(await step(world, created.reportId)).toEqual({ kind: 'over', state: 'needs_person' })
    const { reportId } = created
    const retrying = (change: Partial<ReportSettings>) =>
      world.transact((tx) =>
        retryReport(tx, clock, vault, { reportId, by: 'person:p', settings: { ...settings, ...change } }),
      )
    await expect(retrying({ reporter: { email: 'still nobody' } })).rejects.toMatchObject({
      code: 'not_possible',
      message: expect.stringContaining('email'),
    })
    await expect(retrying({ environment: 'production' })).rejects.toMatchObject({ code: 'environment_mixed' })
    expect(await step(world, reportId)).toEqual({ kind: 'over', state: 'needs_person' })
    // The configuration was put right: the report is drafted anew, with its file.
    await retrying({ reporter: { email: 'right@example.org' } })
    await run(world, reportId)
    const [theirs] = world.line.inspect().reports
    expect(theirs).toMatchObject({ state: 'finished', files: [{}] })
    expect(theirs?.submittedXml).toContain('right@example.org')
  })

  it('survives a report that expired at the CyberTipline', async () => {
    await using world = await openWorld(await empty())
    const reportId = await world.reported(secretBytes(10))
    await step(world, reportId)
    world.clock.set(world.clock.now() + 25 * hour)
    await run(world, reportId)
    expect(world.line.inspect().reports.filter((one) => one.state === 'finished')).toHaveLength(1)
  })
})
