import { drawPicture } from '@wardline/sandbox'
import { expect, it } from 'vitest'
import { addPerson } from '#access'
import { readCase } from '#cases'
import { closeCase, confirmCase } from '#flow'
import { countJobs, hasJob } from '#jobs'
import { reportOfCase } from '#reports'
import { drawn, kinds, World } from './world.ts'

const settleSeconds = 600

it.each(kinds)(
  'a case that settles is reported at once and once when a person knows something urgent, in their words, on %s',
  async (database) => {
    // Both would hold a report back that a rule files: an hour of waiting for facts, and ten minutes of settling.
    const rules = { settleSeconds, actionability: { floor: 100, waitHours: 1 } }
    await using world = await World.open({ database, config: { rules } })
    const { clock, wardline } = world
    const { vault } = wardline.ground
    const person = { name: 'Ada', email: 'ada@x.example', roles: ['reviewer'] as const }
    const by = `person:${(await world.database.transact((tx) => addPerson(tx, clock, person))).id}` as const
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), { account: { id: 'user-1' } })
    const stateOf = async () => (await readCase(world.database.read, vault, 1)).state
    expect(await stateOf()).toBe('settling')
    await expect(closeCase(wardline.river, 1, by, { reason: 'elsewhere' })).rejects.toThrowError()
    expect(await stateOf()).toBe('settling')

    const began = clock.now()
    await confirmCase(wardline.river, 1, by, { escalate: 'the child is in the room now', reason: 'a call to us' })
    await world.until('the report is filed', async () => (await stateOf()) === 'reported')
    expect(clock.now() - began).toBeLessThan(settleSeconds * 1000)
    expect(JSON.stringify(world.finishedReports())).toContain('the child is in the room now')
    const { decision, id } = await readCase(world.database.read, vault, 1)
    expect(decision).toMatchObject({ by, viewed: false, escalate: 'the child is in the room now' })

    // The settling's own job comes to its hour and finds nothing to do: no second report, nothing dead.
    const first = await reportOfCase(world.database.read, id)
    clock.set(began + settleSeconds * 1000 + 1)
    await world.until('the job of settling is over', async () => !(await hasJob(world.database.read, `settle ${id}`)))
    expect(await reportOfCase(world.database.read, id)).toEqual(first)
    expect(world.finishedReports()).toHaveLength(1)
    expect(await countJobs(world.database.read)).toMatchObject({ dead: 0 })
    await expect(confirmCase(wardline.river, 1, by)).rejects.toMatchObject({
      code: 'not_possible',
      message: 'this case is "reported": it cannot be confirmed',
    })
  },
)
