import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { drawn, kinds, World } from './world.ts'

describe.each(kinds)('on %s, a real match cannot end in the sandbox', (database) => {
  it('a csam list is not taken by an instance that reports nothing to NCMEC', async () => {
    await using world = await World.open({ database })
    await expect(world.list([drawPicture(1)], { id: 'known', listClass: 'csam' })).rejects.toThrow()
    expect((await world.upload(await drawn(1))).body.verdict).toBe('clear')
  })

  it('a match that is no test waits for review, and even a person cannot send it to the sandbox', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)], { id: 'other', listClass: 'exploitative' })
    expect((await world.upload(await drawn(1))).body.verdict).toBe('held')
    const { database: db, clock } = world.wardline.ground
    const person = await db.transact((tx) =>
      addPerson(tx, clock, { name: 'Rita', email: 'rita@platform.example', roles: ['reviewer'] }),
    )
    const key = await world.newKey(['cases:read', 'cases:decide'], person.id)
    const answer = await world.ask('POST', '/v1/cases/1/confirm', {
      key,
      body: '{}',
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status).toBe(409)
    expect(await answer.json()).toMatchObject({ code: 'not_production' })
    await world.pass(3_600_000)
    expect(world.cybertipline.inspect().calls).toEqual([])
    expect(await db.read.selectFrom('cases').select('state').execute()).toEqual([{ state: 'waiting_review' }])

    const dismissed = await world.ask('POST', '/v1/cases/1/dismiss', {
      key,
      body: '{"reason":"drawn picture"}',
      headers: { 'content-type': 'application/json' },
    })
    expect(dismissed.status).toBe(200)
    expect(await db.read.selectFrom('scans').select('state').execute()).toEqual([{ state: 'released' }])
    await world.until('the evidence is destroyed', async () => {
      await world.pass(24 * 3_600_000)
      const [object] = await db.read.selectFrom('vault_objects').selectAll().execute()
      return object?.state === 'destroyed' && object.wrapped_key === null
    })
  })
})
