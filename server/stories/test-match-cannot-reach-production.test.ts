import { createHash } from 'node:crypto'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { openWay, reportSettings } from '#reports'
import { drawn, kinds, World } from './world.ts'

const production = {
  environment: 'production' as const,
  rules: { perceptual: 'report' as const },
  cybertip: { baseUrl: undefined, username: undefined, password: undefined },
}

describe.each(kinds)('on %s, a test match cannot reach production', (database) => {
  it('a production instance counts no test entry, and a real match without credentials waits and tells nobody', async () => {
    await using world = await World.open({ database, config: production })
    await world.list([drawPicture(1)], { id: 'cards', listClass: 'test' })
    expect((await world.upload(await drawn(1))).body.verdict).toBe('clear')

    const bytes = await drawn(2)
    const value = createHash('sha256').update(bytes).digest('hex')
    await world.listRows([JSON.stringify({ source: 's', entryId: '1', algorithm: 'sha256', value, class: 'csam' })], {
      id: 'known',
      listClass: 'csam',
    })
    const { body } = await world.upload(bytes)
    expect(body.verdict).toBe('held')
    const state = () => world.caseState()
    await world.until('cannot_report', async () => (await state()) === 'cannot_report')
    await world.pass(72 * 3_600_000)
    expect(await state()).toBe('cannot_report')
    expect(world.cybertipline.inspect().calls).toEqual([])
    expect(world.mailbox.messages()).toEqual([])
    expect(await (await world.ask('GET', `/v1/scans/${body.id}`)).json()).toMatchObject({ state: 'held' })
  })

  it('a database of the sandbox does not open as production, nor the other way round', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    await world.stop()
    await expect(world.start(production)).rejects.toMatchObject({ code: 'environment_mixed' })
  })
})

describe('a client to the real CyberTipline', () => {
  const settings = { username: 'u', password: 'p', reporter: { email: 'a@b.example' } }

  it('is not to be had under a test runner', () => {
    expect(() => openWay(reportSettings('production', settings))).toThrow()
    expect(() => openWay(reportSettings('test', settings))).toThrow()
  })

  it('is refused to a sandbox whose address is not loopback, and a loopback address to production', () => {
    const real = 'https://report.cybertip.org/ispws'
    expect(() => openWay(reportSettings('sandbox', { ...settings, baseUrl: real }))).toThrow(
      expect.objectContaining({ code: 'wrong_address' }),
    )
    expect(() => openWay(reportSettings('production', { ...settings, baseUrl: 'http://127.0.0.1:9/ispws' }))).toThrow()
  })
})
