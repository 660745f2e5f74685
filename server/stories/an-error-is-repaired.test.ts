import { describe, expect, it } from 'vitest'
import { moveCase } from '#cases'
import { openLetter } from '#repairs'
import { account, approve, hear, likeTheFirst, openRepairing, repairOf, states, untilRepair } from './repairing.ts'
import { drawn, kinds } from './world.ts'

const names = (what: string, count: number) => Array.from({ length: count }, (_, user) => `${what}${user}`)

/** The other database takes the same way with fewer; `npm run soak:repair` has a hundred on both. */
const crowds = {
  sqlite: { settling: 40, review: 30, aside: 14, unfiled: 14 },
  postgres: { settling: 6, review: 5, aside: 4, unfiled: 3 },
} as const
const isSoak = process.env['WARDLINE_SOAK_REPAIR'] !== undefined

describe.each(kinds)('on %s, an entry that a hearing found to be wrong', (database) => {
  it('meets nothing any more; whoever it alone accused is restored and told, five whom something else holds are looked at', async () => {
    await using all = await openRepairing(database)
    const { platform, world, ada, bea, cy } = all
    const [one, two] = [await drawn(1), await drawn(2)]
    const { river, ground } = world.wardline
    const { settling, review, aside, unfiled } = crowds[isSoak ? 'sqlite' : database]
    const crowd = 2 + settling + review + aside + unfiled
    // Two are reported, and one whom another entry accuses as well.
    for (const id of ['first', 'both1']) await world.upload(one, { account: account(id) })
    await world.upload(two, { account: account('both1') })
    await likeTheFirst(world, ['second'])
    await world.pass(601_000)
    await world.until('three are reported', async () => (await states(world)).every((state) => state === 'reported'))
    // The others are in all the states that lie before.
    await likeTheFirst(world, names('settling', settling))
    for (const [name, count, ...events] of [
      ['review', review, 'doubted'],
      ['aside', aside, 'entry_set_aside'],
      ['unfiled', unfiled, 'settled', 'credentials_missing'],
    ] as const) {
      await likeTheFirst(world, names(name, count))
      await world.database.transact(async (tx) => {
        const newest = await tx.selectFrom('cases').select('id').orderBy('number', 'desc').limit(count).execute()
        for (const { id } of newest) for (const event of events) await moveCase(tx, world.clock, id, event)
      })
    }
    for (const id of names('both', 6).slice(2)) {
      await likeTheFirst(world, [id])
      await world.upload(two, { account: account(id) })
    }

    const started = performance.now()
    const number = await hear(world, 'entry', ada)
    expect((await world.upload(one, { account: account('late') })).body.verdict).toBe('clear')
    expect(await repairOf(world)).toMatchObject({ toRepair: crowd, toReview: 5, pictures: [{ picture: 1 }] })
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'done')
    const told = () => world.mailbox.messages().filter(({ subject }) => /put right/.test(subject))
    await world.until('all are told', () => told().length >= crowd)
    const seconds = (performance.now() - started) / 1_000
    if (isSoak) console.log(`${database}: ${crowd} restored and told in ${seconds.toFixed(1)} s`)
    expect(seconds).toBeLessThan(60)

    const { counts, letter, id } = await repairOf(world)
    expect(counts).toMatchObject({ restored: crowd, in_review: 5, left: 0 })
    expect(letter).toMatchObject({ reports: 2, sentAt: null })
    expect(new Set(told().map(({ to }) => String(to))).size).toBe(crowd)
    const asked = platform.heard.filter(({ event }) => event.type === 'repair.restore')
    expect(new Set(asked.map(({ event }) => JSON.stringify(event.data['account']))).size).toBe(crowd)
    expect(asked[0]?.event.data).toMatchObject({ asks: ['restore_content', 'restore_account'] })
    expect(platform.state.refused).toBe(0)
    const now = await states(world)
    const count = (state: string) => now.filter((one) => one === state).length
    expect([count('repaired'), count('dismissed')]).toEqual([2 + unfiled, settling + review + aside])
    expect([count('waiting_review'), count('reviewed_again')]).toEqual([4, 1])
    // The reported ones' evidence is kept for its year, the others' goes.
    const due = await world.database.read
      .selectFrom('vault_objects')
      .select('keep_until')
      .where('destroy_after', 'is not', null)
      .execute()
    expect(due.map(({ keep_until }) => keep_until)).toEqual(Array.from({ length: crowd - 2 }, () => null))
    const { text } = await openLetter(ground.database, world.clock, river.vault, { repairId: id, by: `person:${bea}` })
    const named = [...text.matchAll(/CyberTipline report (\d+), our reference report_sandbox_/g)].map(
      ([, remote]) => remote,
    )
    const finished = world.finishedReports().map(({ id: remote }) => String(remote))
    expect(named.filter((remote) => finished.includes(remote ?? '')).length).toBe(2)
    expect(text).not.toMatch(/[0-9a-f]{32}/)
    expect(world.finishedReports().length).toBe(3)
  }, 240_000)
})
