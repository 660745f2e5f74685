import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { drawn, kinds, World } from './world.ts'

const none = { username: undefined, password: undefined }

describe.each(kinds)('on %s, when one case of many cannot be read at a start', (database) => {
  it('the server starts, the others are reported, and a person is told of the one', async () => {
    await using world = await World.open({ database })
    const { user: username, password } = world.cybertipline.credentials
    await world.list([drawPicture(1), drawPicture(2)])
    await world.stop()
    await world.start({ cybertip: none })
    for (const seed of [1, 2]) await world.upload(await drawn(seed), { account: { id: `user-${seed}` } })
    const cases = () => world.database.read.selectFrom('cases').select(['id', 'state']).orderBy('number').execute()
    await world.until('both cannot be reported', async () =>
      (await cases()).every(({ state }) => state === 'cannot_report'),
    )
    const [, newest] = await cases()
    // The newest is looked at first.
    await world.database.transact((tx) =>
      tx
        .updateTable('cases')
        .set({ context_sealed: new Uint8Array(40) })
        .where('id', '=', newest?.id ?? '')
        .execute(),
    )
    await world.stop()
    await world.start({ cybertip: { username, password } })
    await world.until('the other is reported', () => world.finishedReports().length === 1)
    expect((await cases()).map(({ state }) => state).at(1)).toBe('cannot_report')
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: 'error', case: newest?.id, words: expect.stringContaining('ALERT') }),
    )
  })
})
