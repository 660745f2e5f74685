// What a server answers while it has not read its lists: nothing, in words, until it has read all of them.
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import type { Database } from '#db'
import { drawn, kinds, World } from './world.ts'

describe.each(kinds)('on %s, a server whose lists are not loaded', (database) => {
  it('answers no image, says why and when to come again, and finds the image once they are', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    const mend = await spoil(world.database)
    await world.stop()
    await world.start()

    const refused = await world.ask('POST', '/v1/scans', {
      body: await drawn(1),
      headers: { 'content-type': 'image/jpeg' },
    })
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('5')
    expect(await refused.json()).toMatchObject({ code: 'lists_loading' })
    const ready = await world.ask('GET', '/readyz')
    expect(ready.status).toBe(503)
    expect(await ready.json()).toMatchObject({
      ready: false,
      checks: expect.arrayContaining([
        { name: 'lists', ok: false, words: expect.stringContaining('not loaded: a sealed value') },
      ]),
    })
    expect(world.lines.filter(({ words }) => String(words).startsWith('ALERT: the hash lists'))).toHaveLength(1)
    expect((await world.ask('GET', '/healthz')).status).toBe(200)

    await mend(world.database)
    await world.until('the lists are loaded', async () => (await world.ask('GET', '/readyz')).status === 200)
    expect((await world.upload(await drawn(1))).body.verdict).toBe('held')
    expect((await world.upload(await drawn(9))).body.verdict).toBe('clear')
  })

  it('any more, for a block was copied to another place, goes on with the former ones and says so', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    await world.database.transact(async (tx) => {
      const block = await tx.selectFrom('list_blocks').selectAll().executeTakeFirstOrThrow()
      const version = block.version + 1
      await tx
        .insertInto('list_blocks')
        .values({ ...block, id: 'block_copied', version })
        .execute()
      await tx
        .updateTable('meta')
        .set({ value: String(version) })
        .where('key', '=', 'lists.version')
        .execute()
    })
    const lists = async () => {
      const response = await world.ask('GET', '/readyz')
      const { checks } = (await response.json()) as { checks: { name: string; words: string }[] }
      return `${response.status} ${checks.find(({ name }) => name === 'lists')?.words}`
    }
    await world.until('it is noticed', async () => (await lists()).includes('stays in use'))
    expect(await lists()).toMatch(
      /^200 version 1 stays in use; the newest cannot be read: a sealed value of list_blocks/,
    )
    expect((await world.upload(await drawn(1))).body.verdict).toBe('held')
    expect(world.lines.filter(({ words }) => String(words).startsWith('ALERT: the hash lists of now'))).toHaveLength(1)
  })
})

/** Turns a bit of the newest block; the returned function turns it back. */
async function spoil(database: Database): Promise<(database: Database) => Promise<void>> {
  const newest = database.read.selectFrom('list_blocks').selectAll().orderBy('version', 'desc')
  const { id, sealed: stored } = await newest.executeTakeFirstOrThrow()
  const sealed = Uint8Array.from(stored)
  const write = (bytes: Uint8Array) => async (into: Database) => {
    await into.transact((tx) => tx.updateTable('list_blocks').set({ sealed: bytes }).where('id', '=', id).execute())
  }
  await write(sealed.with(40, (sealed[40] ?? 0) ^ 1))(database)
  return write(sealed)
}
