import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { configuredLists, describeConfig, loadConfig } from './config.ts'

const load = (config: object, env: Record<string, string> = {}) => {
  const folder = mkdtempSync(join(tmpdir(), 'wardline-config-'))
  writeFileSync(join(folder, 'wardline.yaml'), JSON.stringify({ environment: 'sandbox', ...config }))
  writeFileSync(join(folder, 'secret'), 'open sesame\n')
  return loadConfig({ folder, env: { HOME: '/home/someone', ...env } })
}

const refusal = (config: object, env: Record<string, string> = {}): string => {
  try {
    load(config, env)
  } catch (error) {
    expect(error).toMatchObject({ code: 'config_wrong' })
    return error instanceof Error ? error.message : ''
  }
  throw new Error('the configuration was taken')
}

const ncmec = { kind: 'ncmec', feed: 'industry_csam', username: 'u', password: 'p' }
const here = 'http://127.0.0.1:8123/hashsharing'
const production = { environment: 'production', rules: { perceptual: 'review' } }

test('what a match means is fixed by the feed, and by nothing else', () => {
  const classes = ['industry_csam', 'npo_exploitative', 'npo_generative_ai_csam', 'law_enforcement_csam'].map(
    (feed) => configuredLists(load({ ...production, lists: { a: { ...ncmec, feed } } }))[0]?.class,
  )
  expect(classes).toEqual(['csam', 'exploitative', 'generative_ai', 'csam'])
  expect(refusal({ ...production, lists: { a: { ...ncmec, class: 'csam' } } })).toContain(
    'lists.a.class: must not be set: what a match means is fixed by the feed',
  )
})

test('a class on a list of NCMEC is refused in one way, wherever', () => {
  const words = refusal({ lists: { a: { ...ncmec, baseUrl: here, class: 'csam' } } })
  expect(words).toBe('wardline.yaml: lists.a.class: must not be set: what a match means is fixed by the feed')
})

test('no address of one environment is ever used in another', () => {
  for (const environment of ['test', 'production'])
    for (const baseUrl of ['https://report.cybertip.org/hashsharing', 'https://exttest.cybertip.org/hashsharing', here])
      expect(refusal({ ...production, environment, lists: { a: { ...ncmec, baseUrl } } })).toContain(
        'lists.a.baseUrl: must not be set',
      )
  for (const baseUrl of ['https://report.cybertip.org/hashsharing', 'https://exttest.cybertip.org/hashsharing'])
    expect(refusal({ lists: { a: { ...ncmec, baseUrl } } })).toContain('lists.a.baseUrl: must be on this machine')
  expect(refusal({ lists: { a: ncmec } })).toContain('lists.a.baseUrl: is missing')
  const group = { kind: 'threatexchange', token: 'A|B', privacyGroup: '77', class: 'exploitative' }
  expect(refusal({ environment: 'test', lists: { a: group } })).toContain('ThreatExchange has no test service')
})

test('in the sandbox nothing is csam', () => {
  expect(configuredLists(load({ lists: { a: { ...ncmec, baseUrl: here } } }))[0]).toMatchObject({
    id: 'a',
    class: 'test',
  })
  expect(refusal({ lists: { a: { kind: 'file', path: 'x', class: 'csam' } } })).toContain(
    'lists.a.class: must not be csam',
  )
})

test('each kind has its own keys', () => {
  expect(refusal({ lists: { a: { kind: 'file', path: 'x', class: 'test', token: 'secret|token' } } })).toBe(
    'wardline.yaml: lists.a.token: does not belong to a list of the kind file',
  )
  const words = refusal({ lists: { a: { kind: 'threatexchange', baseUrl: here } } })
  for (const key of ['token', 'privacyGroup', 'class']) expect(words).toContain(`lists.a.${key}: is missing`)
  expect(refusal({ lists: { a: { kind: 'ftp' } } })).toContain('lists.a.kind: must be one of ncmec')
  expect(refusal({ lists: { 'A.b': { ...ncmec, baseUrl: here } } })).toContain('lists')
})

test('a list is fetched every ten minutes to daily, and is too old only after it was due', () => {
  const a = { ...ncmec, baseUrl: here }
  expect(configuredLists(load({ lists: { a } }))[0]).toMatchObject({
    everyMs: 3_600_000,
    maxAgeMs: 48 * 3_600_000,
    policy: { radiusBits: 31, leastQuality: 50, leastMembers: 1, share: 1, enabled: true },
  })
  expect(refusal({ lists: { a: { ...a, everyMinutes: 9 } } })).toContain('lists.a.everyMinutes')
  expect(refusal({ lists: { a: { ...a, everyMinutes: 1440, maxAgeHours: 24 } } })).toContain('lists.a.maxAgeHours')
})

test('secrets of a list come from variables and files, under the list’s name in capitals', () => {
  const { password: _, ...open } = ncmec
  const lists = { 'ncmec-test': { ...open, baseUrl: here } }
  for (const env of [
    { WARDLINE_LISTS__NCMEC_TEST__PASSWORD: 'open sesame' },
    { WARDLINE_LISTS__NCMEC_TEST__PASSWORD_FILE: 'secret' },
  ]) {
    const config = load({ lists }, env)
    expect(config.lists['ncmec-test']?.password).toBe('open sesame')
    const words = describeConfig(config)
    expect(words).toContain('ncmec-test')
    expect(words).not.toContain('open sesame')
  }
  expect(refusal({ lists }, { WARDLINE_LISTS__NCMEC_TEST__PASSWROD: 'x' })).toContain('is not a known key')
})

test('a folder of lists counts from the file that names it', () => {
  const config = load({ lists: { a: { kind: 'file', path: './kept', class: 'test' } } })
  expect(config.lists['a']?.path).toMatch(/^\/.*\/kept$/)
})

test('an alert leaves this machine in production only, over https, and signed', () => {
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
  const far = 'https://alerts.example.org/x?key=hunter2'
  expect(load({ alerts: { webhookUrl: 'http://127.0.0.1:9/x', secret } }).alerts.secret).toBe(secret)
  expect(refusal({ alerts: { webhookUrl: far, secret } })).toContain('alerts.webhookUrl: must be on this machine')
  expect(refusal({ ...production, alerts: { webhookUrl: far } })).toContain('alerts.secret: is missing')
  expect(refusal({ ...production, alerts: { webhookUrl: far.replace('https', 'http'), secret } })).toContain('https://')
  const described = describeConfig(load({ ...production, alerts: { webhookUrl: far, secret } }))
  expect(described).not.toMatch(/hunter2|whsec_/)
})

test('a list has a name that it can be made under, and an own spelling in the environment', () => {
  const list = { kind: 'file', path: 'x', class: 'test' }
  expect(refusal({ lists: { ['0123456789abcdef'.repeat(2)]: list } })).toContain('must not be named like a hash')
  expect(refusal({ lists: { 'wardline-test-cards': list } })).toContain('the test cards that come with Wardline')
  expect(refusal({ lists: { 'a-b': list, c: list, a_b: list } })).toMatch(/lists\.a_b: .*a-b/)
  expect(configuredLists(load({ lists: { 'a-b': list, 'a-c': list } }))).toHaveLength(2)
})

test('an algorithm belongs to plain text, and is refused where nothing would come of it', () => {
  const list = { kind: 'file', path: 'x', class: 'test', algorithm: 'sha256' }
  for (const format of ['jsonl', 'csv'])
    expect(refusal({ lists: { a: { ...list, format } } })).toContain('lists.a.algorithm: ')
  expect(refusal({ lists: { a: { ...list, path: 'x/list.csv.gz' } } })).toContain('lists.a.algorithm: ')
  for (const change of [{ format: 'plain' }, {}]) expect(load({ lists: { a: { ...list, ...change } } })).toBeDefined()
})
