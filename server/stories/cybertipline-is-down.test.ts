import { drawPicture } from '@wardline/sandbox'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { closeReport } from '#flow'
import { drawn, kinds, World } from './world.ts'

describe.each(kinds)('on %s, while the CyberTipline is down', (database) => {
  it('the report is tried again and seen waiting, nothing is lost, and nobody is told before the receipt', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    world.cybertipline.faults.always('submit', { kind: 'unavailable' })
    const { body } = await world.upload(await drawn(1))
    expect(body.verdict).toBe('held')
    const tries = () => world.cybertipline.inspect().calls.filter((call) => call.route === 'submit').length
    await world.until('several tries', () => tries() >= 4)
    expect(world.mailbox.messages()).toEqual([])
    const { reports } = (await (await world.ask('GET', '/v1/reports')).json()) as {
      reports: { state: string; trouble: string }[]
    }
    expect(reports).toEqual([
      expect.objectContaining({ state: 'filing', trouble: expect.stringContaining('next try') }),
    ])
    expect(await (await world.ask('GET', `/v1/scans/${body.id}`)).json()).toMatchObject({ state: 'held' })

    world.cybertipline.faults.always('submit', null)
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    expect(world.cybertipline.inspect().reports.filter((report) => report.state === 'finished')).toHaveLength(1)
  })

  it.each(['submit', 'upload', 'fileinfo', 'finish'] as const)(
    'an answer to %s that is lost on the way leaves exactly one finished report',
    async (route) => {
      await using world = await World.open({ database })
      await world.list([drawPicture(1)])
      world.cybertipline.faults.next(route, 'drop_after')
      await world.upload(await drawn(1))
      await world.until('the notice', () => world.mailbox.messages().length > 0)
      expect(world.finishedReports()).toHaveLength(1)
      expect(world.finishedReports()[0]?.files).toHaveLength(1)
      expect(world.mailbox.messages()).toHaveLength(1)
    },
  )

  it('wrong credentials hold the case visibly as cannot_report until they are right', async () => {
    await using world = await World.open({ database, config: { cybertip: { password: 'wrong' } } })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1))
    const state = () => world.caseState()
    await world.until('cannot_report', async () => (await state()) === 'cannot_report')
    await world.until('the alert', () =>
      world.lines.some((line) => line['level'] === 'error' && String(line['words']).startsWith('ALERT')),
    )
    expect(world.mailbox.messages()).toEqual([])
    await world.stop()
    await world.start({ cybertip: { password: world.cybertipline.credentials.password } })
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    expect(await state()).toBe('reported')
  })

  it('credentials taken away while a report waits are seen and said, and used at once when they are back', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    world.cybertipline.faults.always('submit', { kind: 'unavailable' })
    await world.upload(await drawn(1))
    const report = () => world.database.read.selectFrom('reports').select(['state', 'trouble']).executeTakeFirst()
    await world.until('a report waits', async () => (await report())?.trouble?.includes('next try') === true)
    await world.stop()
    world.lines.length = 0
    const { user: username, password } = world.cybertipline.credentials
    await world.start({ cybertip: { username: undefined, password: undefined } })
    await world.until('cannot_report', async () => (await world.caseState()) === 'cannot_report')
    expect(await report()).toEqual({ state: 'cannot_report', trouble: expect.stringContaining('cybertip.username') })
    await world.until('the alert', () =>
      world.lines.some((line) => line['level'] === 'error' && String(line['words']).startsWith('ALERT')),
    )
    expect(world.mailbox.messages()).toEqual([])

    await world.stop()
    world.cybertipline.faults.always('submit', null)
    const back = world.clock.now()
    await world.start({ cybertip: { username, password } })
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    expect(world.clock.now() - back).toBeLessThan(120_000)
    expect(await world.caseState()).toBe('reported')
    expect(world.finishedReports()).toHaveLength(1)
  })

  it('refused credentials that were mended are used at once, with the configuration as it is then', async () => {
    await using world = await World.open({ database, config: { cybertip: { password: 'wrong' } } })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1))
    await world.until('cannot_report', async () => (await world.caseState()) === 'cannot_report')
    await world.stop()
    const back = world.clock.now()
    const { password } = world.cybertipline.credentials
    await world.start({ cybertip: { password, reporter: { email: 'someone-new@platform.example' } } })
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    // Without being looked at anew it would have waited for a quarter of an hour.
    expect(world.clock.now() - back).toBeLessThan(120_000)
    expect(world.finishedReports()[0]?.submittedXml).toContain('someone-new@platform.example')
  })

  it('a report that can never be filed here is closed by a person who filed it by hand, and nobody is told', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    world.cybertipline.faults.always('submit', { kind: 'code', code: 4100 })
    const { body } = await world.upload(await drawn(1))
    const [report] = await reportsOf(world, (one) => one?.state === 'needs_person')
    const closing = { by: 'person:p' as const, reason: 'filed at the form', remoteId: '4711' }
    await closeReport(world.wardline.river, { reportId: report?.id ?? '', ...closing })
    await world.pass(72 * 3_600_000)
    expect(await world.caseState()).toBe('reported')
    expect(await (await world.ask('GET', `/v1/scans/${body.id}`)).json()).toMatchObject({ state: 'removed' })
    const { reports } = (await (await world.ask('GET', '/v1/reports')).json()) as { reports: unknown[] }
    expect(reports).toMatchObject([{ state: 'filed_by_hand', remoteId: '4711', hasReceipt: false, finishedAt: null }])
    const [object] = await world.database.read.selectFrom('vault_objects').select('keep_until').execute()
    expect(object?.keep_until).toBeGreaterThan(world.clock.now() + 360 * 24 * 3_600_000)
    expect(world.finishedReports()).toEqual([])
    expect(world.mailbox.messages()).toEqual([])
  })
})

async function reportsOf(world: World, ready: (report: { state: string } | undefined) => boolean) {
  const read = () => world.database.read.selectFrom('reports').select(['id', 'state']).execute()
  await world.until('the report', async () => ready((await read())[0]))
  return read()
}

describe('while the database writes nothing, a receipt that is in memory', () => {
  const broken = {
    sqlite: {
      begin: `create trigger blip before insert on report_steps when new.step = 'finish' and new.phase = 'result'
        begin select raise(abort, 'blip'); end`,
      end: 'drop trigger blip',
    },
    postgres: {
      begin: `alter table report_steps add constraint blip check (not (step = 'finish' and phase = 'result'))`,
      end: 'alter table report_steps drop constraint blip',
    },
  } as const

  it.each(kinds)('is written down on %s once it does again, and is the receipt', async (database) => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    await sql.raw(broken[database].begin).execute(world.database.read)
    await world.upload(await drawn(1))
    const complaints = () => world.lines.filter((line) => String(line['words']).includes('written down yet'))
    await world.until('several tries', () => complaints().length >= 3)
    expect(world.finishedReports()).toHaveLength(1)
    expect(await world.caseState()).toBe('reporting')
    await sql.raw(broken[database].end).execute(world.database.read)
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    expect(world.cybertipline.inspect().calls.filter((call) => call.route === 'finish')).toHaveLength(1)
    const report = await world.database.read.selectFrom('reports').selectAll().executeTakeFirstOrThrow()
    expect(report).toMatchObject({ state: 'finished', trouble: null, intent_id: null })
    expect(report.receipt_sealed).not.toBeNull()
  })

  it.each(kinds)('is written down on %s although the lease ran out over it', async (database) => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    let answer = () => {}
    const until = new Promise<void>((resolve) => {
      answer = resolve
    })
    world.cybertipline.faults.next('finish', { kind: 'delay', processed: true, until })
    await world.upload(await drawn(1))
    await world.until('the finish', () => world.finishedReports().length === 1)
    // As if this machine had slept: another could take the job at any moment, but none has.
    await world.database.transact((tx) =>
      tx.updateTable('jobs').set({ leased_until: 0, lease: 'nobody' }).where('kind', '=', 'file').execute(),
    )
    answer()
    const read = () => world.database.read.selectFrom('reports').selectAll().executeTakeFirstOrThrow()
    await world.until('the receipt', async () => (await read()).state === 'finished')
    expect((await read()).receipt_sealed).not.toBeNull()
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    await world.until('no job is left', async () => {
      await world.clock.advance(1_000)
      return (await world.database.read.selectFrom('jobs').selectAll().execute()).length === 0
    })
    expect(world.cybertipline.inspect().calls.filter((call) => call.route === 'finish')).toHaveLength(1)
  })
})
