import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { moveCase } from '#cases'
import { openPlatform, secretOf } from './platform.ts'
import { account, approve, hear, people, repairOf, states } from './repairing.ts'
import { drawn, type Kind, kinds, World } from './world.ts'

async function open(database: Kind) {
  const platform = await openPlatform({ now: () => world.clock.now() })
  const world: World = await World.open({
    database,
    config: {
      webhooks: { url: platform.url, secrets: [secretOf(7)] },
      rules: { breaker: { accounts: 1_000, hours: 24 } },
    },
  })
  await world.list([drawPicture(1)])
  await world.list([drawPicture(2)], { id: 'other' })
  return {
    platform,
    world,
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]()
      await platform[Symbol.asyncDispose]()
    },
  }
}

describe.each(kinds)('on %s, an entry that a hearing found to be wrong', (database) => {
  it('meets nothing any more; a hundred whom it alone accused are restored and told, five whom something else holds are looked at', async () => {
    await using both = await open(database)
    const { platform, world } = both
    const { ada, bea, cy } = await people(world)
    const [one, two] = [await drawn(1), await drawn(2)]
    const from = async (name: string, count: number, bytes = one) => {
      for (let user = 1; user <= count; user += 1) await world.upload(bytes, { account: account(`${name}${user}`) })
    }
    await from('reported', 60)
    await from('held', 5)
    await from('held', 5, two)
    await world.until('all are reported', async () => (await states(world)).every((state) => state === 'reported'), {
      limitMs: 60_000,
    })
    await world.stop()
    await world.start({ rules: { settleSeconds: 600 } })
    await from('waiting', 40)
    for (let number = 91; number <= 110; number += 1)
      await world.database.transact(async (tx) => {
        const { id } = await tx.selectFrom('cases').select('id').where('number', '=', number).executeTakeFirstOrThrow()
        await moveCase(tx, world.clock, id, 'doubted')
      })

    const started = performance.now()
    const number = await hear(world, 'entry', ada)
    await world.wardline.river.guards.refresh()
    expect((await world.upload(one, { account: account('late') })).body.verdict).toBe('clear')
    expect(await repairOf(world)).toMatchObject({ toRepair: 100, toReview: 5 })
    await approve(world, number, bea, cy)
    await world.until('it is done', async () => (await repairOf(world)).state === 'done', { limitMs: 60_000 })
    const seconds = (performance.now() - started) / 1_000
    console.log(database, seconds)
    expect(seconds).toBeLessThan(60)
    const shown = await repairOf(world)
    expect(shown.counts).toMatchObject({ restored: 100, in_review: 5 })
    expect(shown.letter).toMatchObject({ reports: 60, sentAt: null })
    const asked = platform.heard.filter(({ event }) => event.type === 'repair.restore')
    expect(new Set(asked.map(({ event }) => JSON.stringify(event.data['account']))).size).toBe(100)
    expect(platform.state.refused).toBe(0)
    const told = () => world.mailbox.messages().filter(({ subject }) => /put right/.test(subject))
    await world.until('all are told', () => told().length >= 100)
    expect(new Set(told().map(({ to }) => String(to))).size).toBe(100)
  }, 180_000)
})
