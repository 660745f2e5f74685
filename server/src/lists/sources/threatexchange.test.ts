import {
  type LiveIndicator,
  startThreatExchange,
  type ThreatExchange,
  type ThreatExchangeOptions,
} from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { emptyDatabases } from '../../db/testing.ts'
import type { ListOrigin } from '../sync/settings.ts'
import { HastyClock, openSyncWorld } from '../sync/testing.ts'
import { sourceContract } from './contract.ts'

const dayMs = 86_400_000

const originOf = ({ baseUrl, accessToken, group }: ThreatExchange): ListOrigin => ({
  kind: 'threatexchange',
  sandboxUrl: baseUrl,
  token: accessToken,
  privacyGroup: group,
})

sourceContract(async () => {
  const clock = new HastyClock()
  const server = await startThreatExchange({ clock, entries: 300, shares: { malformed: 0.05 } })
  return {
    clock,
    origin: originOf(server),
    truth: () => truthOf(server.live()),
    change: () => {
      server.churn({ adds: 6, updates: 8, deletes: 5 })
      server.change({ kind: 'add', type: 'HASH_MD5', indicator: `${'d'.repeat(31)}z` })
    },
    spoil: () => {
      server.faults.always('updates', { kind: 'html_page', status: 200 })
    },
    mend: () => server.faults.clear(),
    secrets: () => ['127.0.0.1', 'access_token', ...server.accessToken.split('|'), 'd'.repeat(31)],
    [Symbol.asyncDispose]: () => server.close(),
  }
})

describe.each(emptyDatabases)('a group of ThreatExchange, on %s', (_kind, empty) => {
  async function open(options: ThreatExchangeOptions = {}) {
    const clock = new HastyClock()
    const server = await startThreatExchange({ clock, entries: 1500, ...options })
    const world = await openSyncWorld(await empty(), originOf(server), clock)
    const close = async () => {
      await world[Symbol.asyncDispose]()
      await server.close()
    }
    return { clock, server, world, [Symbol.asyncDispose]: close }
  }

  it('is read over several pages, in whatever order; the token goes to this service and is kept nowhere', async () => {
    await using it = await open({ order: 'shuffled' })
    it.server.faults.script('page', [
      null,
      'expired_next',
      { kind: 'status', status: 418 },
      { kind: 'status', status: 418 },
    ])
    await expect(it.world.sync()).rejects.toMatchObject({ code: 'source_odd' })
    const { database } = it.world.ground
    const [kept] = await database.read.selectFrom('list_syncs').select('position').execute()
    expect(kept?.position).toMatch(/after=/)
    for (const part of it.server.accessToken.split('|')) expect(kept?.position).not.toContain(part)
    await it.world.sync()
    expect(await it.world.state()).toEqual(truthOf(it.server.live()))
    expect(it.server.inspect().violations).toEqual([])
  })

  it('that has forgotten its deletions is fetched anew, and what is gone leaves the list', async () => {
    await using it = await open()
    await it.world.sync()
    it.server.churn({ adds: 5, updates: 5, deletes: 100 })
    it.clock.set(it.clock.now() + 91 * dayMs)
    it.server.churn({ adds: 5, updates: 5, deletes: 5 })
    it.clock.set(it.clock.now() + 60_000)
    await it.world.sync()
    expect(await it.world.state()).toEqual(truthOf(it.server.live()))
    const next = await it.world.sync()
    expect(next).toMatchObject({ puts: 0, removes: 0 })
  })

  it.each(['other_host', 'other_port', 'other_scheme', 'user_info', 'no_scheme', 'outside', 'loop'] as const)(
    'gives the token to nobody else (%s)',
    async (lie) => {
      await using it = await open()
      it.server.faults.always('page', { kind: 'lying_next', lie })
      await expect(it.world.sync()).rejects.toMatchObject({ code: 'next_refused' })
      expect(it.server.inspect().strangerCalls).toEqual([])
    },
  )

  it('says in words that a token is wrong or that a group has no updates', async () => {
    await using it = await open({ entries: 10 })
    const { syncList } = await import('../sync/sync.ts')
    const options = { environment: 'sandbox', actor: 'wardline' } as const
    const wrong: ListOrigin = {
      ...originOf(it.server),
      kind: 'threatexchange',
      token: '1|nobody',
      privacyGroup: '2',
      sandboxUrl: it.server.baseUrl,
    }
    const refused = syncList(it.world.ground, { ...it.world.list, origin: wrong }, options)
    await expect(refused).rejects.toMatchObject({
      code: 'source_refuses_us',
      message: 'the list service refuses this token (190)',
    })
    const origin: ListOrigin = {
      kind: 'threatexchange',
      sandboxUrl: it.server.baseUrl,
      token: it.server.accessToken,
      privacyGroup: '200000000000002',
    }
    const silent = syncList(it.world.ground, { ...it.world.list, origin }, options)
    await expect(silent).rejects.toMatchObject({ code: 'source_failed' })
  })

  it('counts who lists and who finds it helpful, and drops what all call harmless', async () => {
    const [one = '', two = ''] = ['300000000000001', '300000000000002']
    const indicator = (digit: string) => digit.repeat(32)
    const planted = [
      { type: 'HASH_MD5', indicator: indicator('1'), descriptors: [{ ownerId: one }, { ownerId: two }] },
      {
        type: 'HASH_MD5',
        indicator: indicator('2'),
        descriptors: [{ ownerId: one, reactions: [{ reaction: 'HELPFUL', appId: '77' }] }],
      },
      { type: 'HASH_MD5', indicator: indicator('3'), descriptors: [{ ownerId: one, status: 'NON_MALICIOUS' }] },
      { type: 'HASH_MD5', indicator: indicator('4'), descriptors: [{ ownerId: one, tags: ['media_type_video'] }] },
      { type: 'URI', indicator: 'https://example.org' },
    ] as const
    await using it = await open({ entries: 0, planted })
    const outcome = await it.world.sync()
    const told = [...(await it.world.state()).values()].map((each) => JSON.parse(each))
    expect(told).toEqual([
      [['300000000000002', 'threatexchange'], [`md5 ${indicator('1')}`]],
      [['77', 'threatexchange'], [`md5 ${indicator('2')}`]],
    ])
    expect(outcome).toMatchObject({ videos: 1, otherKinds: 1 })
  })
})

const images = { HASH_PDQ: 'pdq', HASH_MD5: 'md5', HASH_SHA256: 'sha256' } as const

function truthOf(live: Iterable<LiveIndicator>): Map<string, string> {
  const truth = new Map<string, string>()
  for (const { id, type, indicator, descriptors, malformed } of live) {
    const algorithm = type in images ? images[type as keyof typeof images] : undefined
    if (algorithm === undefined || malformed) continue
    if (descriptors.some(({ tags }) => tags.includes('media_type_video'))) continue
    const denies = descriptors.filter(({ status }) => status === 'NON_MALICIOUS').map(({ ownerId }) => ownerId)
    const lists = descriptors.filter(({ status }) => status !== 'NON_MALICIOUS')
    const helped = lists.flatMap(({ reactions }) => reactions.filter(({ reaction }) => reaction === 'HELPFUL'))
    const says = new Set([...lists.map(({ ownerId }) => ownerId), ...helped.map(({ appId }) => appId)])
    const members = [...says].filter((who) => !denies.includes(who)).sort()
    if (members.length === 0) continue
    const told = [['threatexchange', ...members.slice(1)].sort(), [`${algorithm} ${indicator.toLowerCase()}`]]
    truth.set(`threatexchange ${id}`, JSON.stringify(told))
  }
  return truth
}
