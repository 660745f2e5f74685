// What stories of repairs have in common: the people, a heard appeal, the approvals, and where everything stands.
import { addPerson } from '#access'
import { readCase } from '#cases'
import { approveRepair, beginRepair } from '#flow'
import type { Outcome } from '#repairs'
import { showRepair } from '#repairs'
import type { World } from './world.ts'

export const account = (id: string) => ({ id, email: `${id}@users.example`, emailVerified: true })

/** Four people by their ids: none of them decided anything. */
export async function people(world: World) {
  const add = async (name: string) => {
    const person = { name, email: `${name}@x.example`, roles: ['reviewer'] as const }
    return (await world.database.transact((tx) => addPerson(tx, world.clock, person))).id
  }
  return { ada: await add('ada'), bea: await add('bea'), cy: await add('cy'), dot: await add('dot') }
}

export const states = async ({ database }: World) =>
  (await database.read.selectFrom('cases').select('state').orderBy('number').execute()).map(({ state }) => state)

export const repairOf = (world: World, number = 1) =>
  showRepair(world.database.read, world.wardline.ground.vault, number)

/** The first ground of a case's first file is what was heard; gathered when it ends. */
export async function hear(world: World, outcome: Outcome, by: string, { caseNumber = 1, index = 0 } = {}) {
  const { river } = world.wardline
  const { id, files } = await readCase(world.database.read, river.vault, caseNumber)
  const fileId = files[0]?.id ?? ''
  const { repairId } = await world.database.transact((tx) =>
    beginRepair(river, tx, {
      appealId: null,
      caseId: id,
      outcome,
      by: `person:${by}`,
      reason: 'a beach',
      grounds: [{ fileId, index }],
    }),
  )
  river.wake()
  const { number } = await repairOf2(world, repairId)
  await world.until('gathered', async () => (await repairOf(world, number)).state === 'gathered')
  return number
}

const repairOf2 = (world: World, id: string) => showRepair(world.database.read, world.wardline.ground.vault, id)

export async function approve(world: World, number: number, ...both: readonly string[]) {
  for (const by of both) await approveRepair(world.wardline.river, { ref: number, by, reason: 'yes' })
}
