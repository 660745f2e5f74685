import { describe, expect, it } from 'vitest'
import { moveCase } from '#cases'
import { openLetter } from '#repairs'
import {
  account,
  approve,
  caseOf,
  hear,
  likeTheFirst,
  openRepairing,
  repairOf,
  states,
  untilRepair,
} from './repairing.ts'
import { drawn, kinds } from './world.ts'

const names = (what: string, count: number) => Array.from({ length: count }, (_, user) => `${what}${user}`)

describe.each(kinds)('on %s, an entry that a hearing found to be wrong', (database) => {
  it('meets nothing any more; a hundred whom it alone accused are restored and told, five whom something else holds are looked at', async () => {
    await using all = await openRepairing(database)
    const { platform, world, ada, bea, cy } = all
    const [one, two] = [await drawn(1), await drawn(2)]
    const { river, ground } = world.wardline
    // Two are reported, and one whom another entry accuses as well.
    for (const id of ['first', 'both1']) await world.upload(one, { account: account(id) })
    await world.upload(two, { account: account('both1') })
    await likeTheFirst(world, ['second'])
    await world.pass(601_000)
    await world.until('three are reported', async () => (await states(world)).every((state) => state === 'reported'))
    // The others are in all the states that lie before.
    await likeTheFirst(world, names('settling', 40))
    await likeTheFirst(world, names('review', 30))
    await likeTheFirst(world, names('aside', 14))
    await likeTheFirst(world, names('unfiled', 14))
    await world.database.transact(async (tx) => {
      const rows = await tx.selectFrom('cases').select(['id', 'number']).where('number', '>', 43).execute()
      for (const { id, number } of rows)
        if (number <= 73) await moveCase(tx, world.clock, id, 'doubted')
        else if (number <= 87) await moveCase(tx, world.clock, id, 'entry_set_aside')
        else {
          await moveCase(tx, world.clock, id, 'settled')
          await moveCase(tx, world.clock, id, 'credentials_missing')
        }
    })
    for (const id of names('both', 6).slice(2)) {
      await likeTheFirst(world, [id])
      await world.upload(two, { account: account(id) })
    }

    const started = performance.now()
    const number = await hear(world, 'entry', ada)
    expect((await world.upload(one, { account: account('late') })).body.verdict).toBe('clear')
    expect(await repairOf(world)).toMatchObject({ toRepair: 100, toReview: 5, pictures: [{ picture: 1 }] })
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'done')
    const told = () => world.mailbox.messages().filter(({ subject }) => /put right/.test(subject))
    await world.until('all are told', () => told().length >= 100)
    expect((performance.now() - started) / 1_000).toBeLessThan(60)

    const { counts, letter } = await repairOf(world)
    expect(counts).toMatchObject({ restored: 100, in_review: 5, left: 0 })
    expect(letter).toMatchObject({ reports: 2, sentAt: null })
    expect(new Set(told().map(({ to }) => String(to))).size).toBe(100)
    const asked = platform.heard.filter(({ event }) => event.type === 'repair.restore')
    expect(new Set(asked.map(({ event }) => JSON.stringify(event.data['account']))).size).toBe(100)
    expect(asked[0]?.event.data).toMatchObject({ asks: ['restore_content', 'restore_account'] })
    expect(platform.state.refused).toBe(0)
    const now = await states(world)
    expect(now.filter((state) => state === 'repaired').length).toBe(16)
    expect(now.filter((state) => state === 'dismissed').length).toBe(84)
    expect(now.filter((state) => state === 'waiting_review').length).toBe(4)
    expect((await caseOf(world, 2)).state).toBe('reviewed_again')
    // The reported ones' evidence is kept for its year, the others' goes.
    const kept = await world.database.read
      .selectFrom('vault_objects')
      .select(['keep_until', 'destroy_after'])
      .where('destroy_after', 'is not', null)
      .execute()
    expect(kept.length).toBe(98)
    expect(kept.every(({ keep_until }) => keep_until === null)).toBe(true)
    const { id } = await repairOf(world)
    const { text } = await openLetter(ground.database, world.clock, river.vault, { repairId: id, by: `person:${bea}` })
    for (const { id: remote } of world.finishedReports().slice(0, 1)) expect(text).toContain(String(remote))
    expect(text).not.toMatch(/[0-9a-f]{32}/)
    expect(world.finishedReports().length).toBe(3)
  }, 120_000)
})
