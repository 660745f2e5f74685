// Which host an environment may talk to, and that no test ever talks to NCMEC.

export type Environment = 'sandbox' | 'test' | 'production'

export type AddressProblem =
  /** Not an absolute http(s) URL, or one with a query, a fragment or credentials in it. */
  | 'not_a_base_url'
  | 'host_of_another_environment'
  | 'not_https'
  /** A client of test or production while a test runner is at work. */
  | 'under_tests'

/** Why a client of this environment may not use this address; undefined when it may. */
export function addressProblem(environment: Environment, baseUrl: string): AddressProblem | undefined {
  if (environment !== 'sandbox' && underTests()) return 'under_tests'
  if (!URL.canParse(baseUrl)) return 'not_a_base_url'
  const url = new URL(baseUrl)
  const bare = url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (!bare || !['http:', 'https:'].includes(url.protocol)) return 'not_a_base_url'
  return hostProblem(environment, url)
}

/** The part that knows no test runner, so that tests can ask it about NCMEC's hosts without opening anything. */
export function hostProblem(environment: Environment, url: URL): AddressProblem | undefined {
  switch (environment) {
    case 'sandbox':
      return isLoopback(url.hostname) ? undefined : 'host_of_another_environment'
    case 'test':
      return exactly('exttest.cybertip.org', url)
    case 'production':
      return exactly('report.cybertip.org', url)
  }
}

function exactly(host: string, url: URL): AddressProblem | undefined {
  // `host` carries a port unless it is the scheme's own.
  if (url.host !== host) return 'host_of_another_environment'
  return url.protocol === 'https:' ? undefined : 'not_https'
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname)
}

function runnerInEnvironment(): boolean {
  return ['VITEST', 'VITEST_WORKER_ID', 'NODE_TEST_CONTEXT', 'JEST_WORKER_ID'].some(
    (name) => process.env[name] !== undefined,
  )
}

/** Remembered from when this module was loaded: a test that clears the variables stays a test. */
const loadedUnderTests = runnerInEnvironment()

function underTests(): boolean {
  return loadedUnderTests || runnerInEnvironment()
}
