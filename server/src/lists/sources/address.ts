// Where sources live. A closed table: an environment's address is looked up, never typed, so that none meets another's.
import { addressProblem } from '@wardline/cybertip'
import type { Environment } from '#base'
import type { ListClass } from '../entry.ts'
import { sourceFault } from './fault.ts'

interface Feed {
  readonly production: string
  readonly test: string
  readonly class: ListClass
}

/**
 * NCMEC Hash Sharing v2, without the version. Not one of the exploitative lists is a CSAM list: a match there is not by
 * itself a reason for a report (hash list sources, section 10).
 */
export const ncmecFeeds = {
  industry_csam: {
    production: 'https://report.cybertip.org/hashsharing',
    test: 'https://exttest.cybertip.org/hashsharing',
    class: 'csam',
  },
  industry_exploitative: {
    production: 'https://report.cybertip.org/exploitative-hashsharing',
    test: 'https://exttest.cybertip.org/exploitative-hashsharing',
    class: 'exploitative',
  },
  law_enforcement_csam: {
    production: 'https://lesp.ncmec.org/csam-hashsharing',
    test: 'https://betalesp.ncmec.org/csam-hashsharing',
    class: 'csam',
  },
  npo_csam: {
    production: 'https://hashsharing.ncmec.org/npo',
    test: 'https://hashsharing-test.ncmec.org/npo',
    class: 'csam',
  },
  npo_exploitative: {
    production: 'https://hashsharing.ncmec.org/exploitative',
    test: 'https://hashsharing-test.ncmec.org/exploitative',
    class: 'exploitative',
  },
  npo_generative_ai_csam: {
    production: 'https://hashsharing.ncmec.org/generative-ai-csam',
    test: 'https://hashsharing-test.ncmec.org/generative-ai-csam',
    class: 'generative_ai',
  },
  npo_generative_ai_exploitative: {
    production: 'https://hashsharing.ncmec.org/generative-ai-exploitative',
    test: 'https://hashsharing-test.ncmec.org/generative-ai-exploitative',
    class: 'generative_ai',
  },
} as const satisfies Readonly<Record<string, Feed>>

export type NcmecFeed = keyof typeof ncmecFeeds
export const ncmecFeedNames: readonly NcmecFeed[] = [
  'industry_csam',
  'industry_exploitative',
  'law_enforcement_csam',
  'npo_csam',
  'npo_exploitative',
  'npo_generative_ai_csam',
  'npo_generative_ai_exploitative',
]

const threatExchange = 'https://graph.facebook.com/v21.0'

/** Of the sandbox only: a pretended service on this machine. */
type SandboxUrl = string | undefined

/** Throws `address_refused`. */
export function ncmecAddress(feed: NcmecFeed, environment: Environment, sandboxUrl: SandboxUrl): URL {
  switch (environment) {
    case 'sandbox':
      return sandboxAddress(sandboxUrl)
    case 'test':
    case 'production':
      return fixed(ncmecFeeds[feed][environment], sandboxUrl)
  }
}

/** ThreatExchange has no test twin, so outside production it exists only as the sandbox's. */
export function threatExchangeAddress(environment: Environment, sandboxUrl: SandboxUrl): URL {
  switch (environment) {
    case 'sandbox':
      return sandboxAddress(sandboxUrl)
    case 'test':
      throw refused('ThreatExchange has no test service: it is used in production, or as the sandbox’s')
    case 'production':
      return fixed(threatExchange, sandboxUrl)
  }
}

function fixed(address: string, sandboxUrl: SandboxUrl): URL {
  if (sandboxUrl !== undefined) throw refused('only the sandbox has an address of its own choice')
  return new URL(address)
}

function sandboxAddress(address: SandboxUrl): URL {
  if (address === undefined || !URL.canParse(address))
    throw refused('the sandbox needs the address of its list service')
  const url = new URL(address)
  const bare = url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (!isLoopback(url.hostname) || !bare || !/^https?:$/.test(url.protocol))
    throw refused('in the sandbox a list service is on this machine (127.0.0.1, ::1 or localhost)')
  return url
}

/** The last gate, at the connection itself: whatever a test has set up, it reaches nobody outside this machine. */
export function demandReachable(url: URL): void {
  if (isLoopback(url.hostname)) return
  if (url.protocol !== 'https:') throw refused('credentials go over https only')
  if (addressProblem('production', 'https://report.cybertip.org/ispws') === 'under_tests')
    throw refused('under tests no list service but one on this machine is called')
}

/** `hostname` as a URL gives it. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname)
}

const refused = (words: string) => sourceFault('address_refused', words)
