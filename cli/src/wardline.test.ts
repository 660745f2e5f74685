import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openPlace, type Place } from './testing.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place[Symbol.asyncDispose]())

describe('whoever types something that cannot be done', () => {
  it.each([
    ['nothing at all', [], /Usage: wardline/],
    ['an unknown command', ['frobnicate'], /unknown command 'frobnicate'/],
    ['an unknown word behind a command', ['cases', 'burn', '3'], /unknown command 'burn'/],
    ['an unknown option', ['serve', '--fast'], /unknown option '--fast'/],
    ['a group without a word', ['vault'], /Usage: wardline vault/],
    ['a missing option', ['people', 'add', 'Ada'], /required option '--email/],
    [
      'a role that nobody can have',
      ['people', 'add', 'Ada', '--email', 'a@x.example', '--role', 'king'],
      /Allowed choices are integrator/,
    ],
    ['a radius that is none', ['lists', 'import', 'l.csv', '--class', 'test', '--radius', '32'], /from 0 to 31/],
    ['half a memory of the trail', ['audit', 'verify', '--rows', '3'], /belong together/],
    ['a configuration that does not exist', ['people', '--config', 'elsewhere.yaml'], /elsewhere\.yaml/],
    ['a deployment that was never begun', ['cases'], /^There is no deployment in .*data yet.*\n.*wardline serve/],
  ])('hears of %s in words, with exit 2', async (_what, args, words) => {
    const { code, out, err } = await place.run(...args)
    expect(err).toMatch(words)
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).not.toMatch(/^\s+at /m)
  })
})

it('every wrong key of the configuration is told by its path, and no secret is quoted', async () => {
  const told = place.start(['config', 'show'], {
    WARDLINE_SERVER__PRT: '1',
    WARDLINE_DATABASE__URL: 'mysql://u:hunter2@h/d',
  })
  const { code, err } = await told.ended
  expect(code).toBe(2)
  expect(err).toMatch(/^WARDLINE_SERVER__PRT: is not a known key/m)
  expect(err).toMatch(/database\.url/)
  expect(err).not.toContain('hunter2')
})

it('the configuration is shown with its secrets as ***', async () => {
  const { out, code } = await place.start(['config', 'show'], { WARDLINE_DATABASE__URL: 'postgres://u:hunter2@h/d' })
    .ended
  expect(code).toBe(0)
  expect(out).toContain('environment: sandbox')
  expect(out).toMatch(/url: ["']?\*\*\*/)
  expect(out).not.toContain('hunter2')
})

it('a stack is shown only to who asks for it with WARDLINE_DEBUG', async () => {
  const broken = { WARDLINE_CONFIG: place.folder }
  const quiet = await place.start(['config', 'show'], broken).ended
  expect(quiet.code).toBe(2)
  expect(quiet.err).not.toMatch(/^\s+at /m)
  const loud = await place.start(['config', 'show'], { ...broken, WARDLINE_DEBUG: '1' }).ended
  expect(loud.err).toMatch(/^\s+at /m)
})

it('--version and --help are fine', async () => {
  expect(await place.run('--version')).toMatchObject({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  const help = await place.run('--help')
  expect(help.code).toBe(0)
  for (const command of [
    'serve',
    'demo',
    'doctor',
    'selftest',
    'people',
    'api-keys',
    'vault',
    'lists',
    'cases',
    'reports',
    'jobs',
    'audit',
    'config',
    'hash',
    'scan',
  ])
    expect(help.out).toMatch(new RegExp(`^  ${command} `, 'm'))
})
