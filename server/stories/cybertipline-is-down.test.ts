import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
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
    expect(world.lines.some((line) => line['level'] === 'error' && String(line['words']).startsWith('ALERT'))).toBe(
      true,
    )
    expect(world.mailbox.messages()).toEqual([])
    await world.stop()
    await world.start({ cybertip: { password: world.cybertipline.credentials.password } })
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    expect(await state()).toBe('reported')
  })
})
