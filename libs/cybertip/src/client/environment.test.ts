import { afterEach, describe, expect, it, vi } from 'vitest'
import { openCybertip } from './client.ts'
import { addressProblem, type Environment, hostProblem } from './environment.ts'

const production = 'https://report.cybertip.org/ispws'
const test = 'https://exttest.cybertip.org/ispws'

describe('which host an environment may talk to', () => {
  it.each<[Environment, string]>([
    ['production', production],
    ['test', test],
    ['sandbox', 'http://127.0.0.1:8080/ispws'],
    ['sandbox', 'http://127.1:8080'],
    ['sandbox', 'https://localhost/ispws'],
    ['sandbox', 'http://[::1]:80/'],
  ])('%s may talk to %s', (environment, url) => {
    expect(hostProblem(environment, new URL(url))).toBeUndefined()
  })

  it.each<[Environment, string]>([
    ['production', test],
    ['production', 'http://report.cybertip.org/ispws'],
    ['production', 'https://report.cybertip.org:8443/ispws'],
    ['production', 'https://report.cybertip.org.evil.example/ispws'],
    ['production', 'https://127.0.0.1/ispws'],
    ['test', production],
    ['test', 'http://exttest.cybertip.org/ispws'],
    ['sandbox', production],
    ['sandbox', test],
    ['sandbox', 'http://10.0.0.1/'],
    ['sandbox', 'http://127.0.0.1.evil.example/'],
    ['sandbox', 'http://localhost.example/'],
  ])('%s may not talk to %s', (environment, url) => {
    expect(hostProblem(environment, new URL(url))).toBeDefined()
  })

  it.each([
    '',
    'report.cybertip.org',
    'ftp://127.0.0.1',
    'http://u:p@127.0.0.1',
    'http://127.0.0.1/?a',
    'http://127.0.0.1/#a',
  ])('%j is no base URL', (url) => {
    expect(addressProblem('sandbox', url)).toBe('not_a_base_url')
  })
})

describe('under a test runner', () => {
  afterEach(() => {
    vi.unstubAllEnvs()
  })

  const options = { username: 'u', password: 'p', fetch: () => Promise.reject(new Error('reached the network')) }
  const refused = expect.objectContaining({ code: 'wrong_address', cause: 'under_tests' })

  it('no client of production or test opens', () => {
    expect(() => openCybertip({ ...options, environment: 'production', baseUrl: production })).toThrow(refused)
    expect(() => openCybertip({ ...options, environment: 'test', baseUrl: test })).toThrow(refused)
  })

  it('not even when a test clears the variables that give it away', () => {
    for (const name of ['VITEST', 'VITEST_WORKER_ID', 'NODE_TEST_CONTEXT', 'JEST_WORKER_ID'])
      vi.stubEnv(name, undefined)
    expect(process.env.VITEST).toBeUndefined()
    expect(() => openCybertip({ ...options, environment: 'production', baseUrl: production })).toThrow(refused)
  })

  it('nor by calling production a sandbox', () => {
    expect(() => openCybertip({ ...options, environment: 'sandbox', baseUrl: production })).toThrow(
      expect.objectContaining({ cause: 'host_of_another_environment' }),
    )
  })
})
