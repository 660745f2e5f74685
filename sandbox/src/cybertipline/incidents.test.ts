import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import { callerOf, reportXml } from './caller.ts'
import { startCybertipline } from './cybertipline.ts'

test('what became of each incident, what was left open and what happened twice can be asked', async () => {
  await using world = await startCybertipline({ clock: new StillClock(), firstReportId: 5_000_001 })
  const caller = callerOf(world)
  const json = async (path: string): Promise<unknown> => (await fetch(new URL(path, world.pageUrl))).json()
  const about = (user: string) => reportXml({ user: `<espIdentifier>${user}</espIdentifier>` })
  const filed = async (user: string, ...files: string[]) => {
    const { reportId } = await caller.submit(about(user))
    for (const file of files) await caller.upload(reportId, Buffer.from(file))
    return reportId
  }
  const once = await filed('ann', 'one', 'two')
  const { body } = await caller.finish(once)
  for (const file of ['again', 'again']) await caller.finish(await filed('ben', file, file))
  await filed('cleo', 'left open')
  world.faults.next('submit', 'drop_after')
  await expect(caller.submit(about('dora'))).rejects.toThrow()
  await caller.submit(about('emil'))
  world.faults.next('finish', 'drop_after')
  await expect(caller.finish(await filed('finn'))).rejects.toThrow()
  await caller.retract(await filed('ann'))

  expect(await json('/inspect/incidents?incident=ann')).toMatchObject([
    {
      incident: 'ann',
      states: { open: 0, finished: 1, retracted: 1, expired: 0 },
      reports: [
        {
          id: once,
          state: 'finished',
          files: [{ sizeBytes: 3, described: false }, {}],
          receipts: [{ xml: body, whole: true }],
        },
        { state: 'retracted', idTold: true, idUsed: true, receipts: [] },
      ],
    },
  ])
  expect(await json('/inspect/orphans')).toMatchObject([
    { incident: 'cleo', knowledge: 'used', files: 1 },
    { incident: 'dora', knowledge: 'never_told', files: 0 },
    { incident: 'emil', knowledge: 'told' },
  ])
  expect(await json('/inspect/verdict')).toMatchObject({
    reports: { open: 3, finished: 4, retracted: 1, expired: 0 },
    incidents: 6,
    finishedOnce: 2,
    finishedNever: ['cleo', 'dora', 'emil'],
    finishedTwice: ['ben'],
    doubledFiles: [{ times: 2 }, { times: 2 }],
    undescribedFiles: 6,
    orphans: { never_told: 1, told: 1, used: 1 },
    expired: { never_told: 0, told: 0, used: 0 },
    receipts: { whole: 3, lost: [expect.any(String)] },
    faults: { 'submit drop_after': 1, 'finish drop_after': 1 },
  })
  const calls = (await json(`/inspect/calls?report=${once}`)) as { route: string }[]
  expect(calls.map((call) => call.route)).toEqual(['submit', 'upload', 'upload', 'finish'])
  expect(calls[1]).toMatchObject({
    about: once,
    incident: 'ann',
    nth: 1,
    when: world.clock.now(),
    endedAt: world.clock.now(),
  })
  expect(await json('/inspect/calls?incident=finn&route=finish')).toMatchObject([{ fault: 'drop_after', status: null }])
  expect(await json('/inspect/reports?state=retracted')).toHaveLength(1)
  await world.clock.advance?.(86_400_000)
  expect(await json('/inspect/orphans?incident=cleo')).toMatchObject([{ state: 'expired', knowledge: 'used' }])
  expect(await json('/inspect/verdict')).toMatchObject({
    orphans: { never_told: 0, told: 0, used: 0 },
    expired: { never_told: 1, told: 1, used: 1 },
  })
})

test('with what should have been filed, the verdict names what never came, what is missing and what nobody expected', async () => {
  await using world = await startCybertipline()
  const caller = callerOf(world)
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  for (const [user, ...files] of [
    ['ann', 'one', 'two'],
    ['ben', 'one', 'one'],
    ['cleo', 'other'],
  ]) {
    const { reportId } = await caller.submit(reportXml({ user: `<espIdentifier>${user}</espIdentifier>` }))
    for (const file of files) await caller.upload(reportId, Buffer.from(file))
    await caller.finish(reportId)
  }
  const ask = async (expected: unknown) => {
    const headers = { 'content-type': 'application/json' }
    const init = { method: 'POST', body: JSON.stringify(expected), headers }
    return (await fetch(new URL('/inspect/verdict', world.pageUrl), init)).json()
  }
  const expected = {
    ann: [sha256('two'), sha256('one')],
    ben: [sha256('one'), sha256('two')],
    cleo: null,
    dora: [sha256('one')],
  }
  expect(await ask(expected)).toMatchObject({
    incidents: 4,
    finishedOnce: 3,
    finishedNever: ['dora'],
    otherFiles: [{ incident: 'ben', missing: 1, unexpected: 1 }],
  })
  for (const wrong of [[], 7, { ann: 'one' }, { ann: [1] }]) expect(await ask(wrong)).toHaveProperty('error')
})

test('an incident may be named by what stands anywhere in the report', async () => {
  await using world = await startCybertipline({ incidentPattern: /incident-(\d+)/g })
  const said = (words: string) =>
    callerOf(world).submit(reportXml({ rest: `<additionalInfo>${words}</additionalInfo>` }))
  for (const words of ['incident-7, first', 'of incident-7 too', 'nothing']) await said(words)
  expect(world.inspect().reports.map(({ incident }) => incident)).toEqual(['7', '7', null])
})
