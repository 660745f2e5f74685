import { describe, expect, it } from 'vitest'
import { openWay } from './credentials.ts'
import { type Credentials, credentialsOf, type ReportSettings, reportSettings } from './settings.ts'

const whole = { username: 'u', password: 'p', reporter: { email: 'trust@example.org' } }

describe('the way to the CyberTipline', () => {
  it('is closed, and names what is missing, until credentials and a reporter are configured', () => {
    expect(openWay({ environment: 'production' })).toEqual({
      kind: 'cannot_report',
      missing: ['cybertip.username', 'cybertip.password', 'cybertip.reporter'],
    })
    expect(openWay(reportSettings('sandbox', whole))).toEqual({
      kind: 'cannot_report',
      missing: ['cybertip.baseUrl'],
    })
  })

  it.each([
    ['sandbox', 'https://report.cybertip.org/ispws'],
    ['sandbox', 'https://exttest.cybertip.org/ispws'],
    ['sandbox', 'http://192.168.1.5/ispws'],
    ['test', 'https://report.cybertip.org/ispws'],
    ['production', 'http://127.0.0.1:8080/ispws'],
    ['production', 'https://exttest.cybertip.org/ispws'],
  ] as const)('of %s never leads to %s', (environment, baseUrl) => {
    expect(() => openWay(reportSettings(environment, { ...whole, baseUrl }))).toThrowError(
      expect.objectContaining({ code: 'wrong_address', retry: 'never' }),
    )
  })

  it('leads from the sandbox to this machine only', () => {
    const way = openWay(reportSettings('sandbox', { ...whole, baseUrl: 'http://127.0.0.1:1/ispws' }))
    expect(way).toMatchObject({ kind: 'client', client: { environment: 'sandbox' } })
  })

  it('is not opened with credentials of another environment: the compiler refuses them, and so does the server', () => {
    const own = { reporter: { email: 'trust@example.org' }, baseUrl: 'http://127.0.0.1:1/ispws' }
    const live: Credentials<'production'> = credentialsOf('production', { username: 'u', password: 'p' })
    // @ts-expect-error: the environment is part of the credentials' type
    const mixed: ReportSettings<'sandbox'> = { ...own, environment: 'sandbox', credentials: live }
    // @ts-expect-error: nor are they taken where the environment is read off the settings
    const open = () => openWay({ ...own, environment: 'sandbox', credentials: live })
    for (const act of [open, () => openWay(mixed)])
      expect(act).toThrowError(expect.objectContaining({ code: 'environment_mixed', retry: 'never' }))
  })
})
