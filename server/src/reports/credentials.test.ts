import { describe, expect, it } from 'vitest'
import { openWay } from './credentials.ts'

const whole = { username: 'u', password: 'p', reporter: { email: 'trust@example.org' } }

describe('the way to the CyberTipline', () => {
  it('is closed, and names what is missing, until credentials and a reporter are configured', () => {
    expect(openWay({ environment: 'production' })).toEqual({
      kind: 'cannot_report',
      missing: ['cybertip.username', 'cybertip.password', 'cybertip.reporter'],
    })
    expect(openWay({ environment: 'sandbox', ...whole })).toEqual({
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
    expect(() => openWay({ environment, baseUrl, ...whole })).toThrowError(
      expect.objectContaining({ code: 'wrong_address', retry: 'never' }),
    )
  })

  it('leads from the sandbox to this machine only', () => {
    const way = openWay({ environment: 'sandbox', baseUrl: 'http://127.0.0.1:1/ispws', ...whole })
    expect(way).toMatchObject({ kind: 'client', client: { environment: 'sandbox' } })
  })
})
