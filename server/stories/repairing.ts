// What stories of repairs have in common: the people, cases by the dozen, a heard appeal, the approvals, and where everything stands.
import { drawPicture } from '@wardline/sandbox'
import { addPerson } from '#access'
import { type CaseRecord, openOrJoin, readCase } from '#cases'
import { approveRepair, beginRepair } from '#flow'
import { enqueue } from '#jobs'
import { entryKey } from '#lists'
import { type Outcome, showRepair } from '#repairs'
import { openPlatform, secretOf } from './platform.ts'
import { drawn, type Kind, World } from './world.ts'

export const account = (id: string) => ({ id, email: `${id}@users.example`, emailVerified: true })

/** A world whose platform takes every webhook; drawing 1 is on the list `demo`, drawing 2 on another. */
export async function openRepairing(database: Kind, rules: object = {}, notices: object = {}) {
  const platform = await openPlatform({ now: () => world.clock.now() })
  const world: World = await World.open({
    database,
    config: {
      webhooks: { url: platform.url, secrets: [secretOf(7)] },
      rules: { breaker: { accounts: 1_000, hours: 24 }, settleSeconds: 600, ...rules },
      notices,
    },
  })
  await world.list([drawPicture(1)])
  await world.list([drawPicture(2)], { id: 'other' })
  return {
    platform,
    world,
    ...(await people(world)),
    [Symbol.asyncDispose]: async () => {
      await world[Symbol.asyncDispose]()
      await platform[Symbol.asyncDispose]()
    },
  }
}

/** Five people by their ids: none of them decided anything. */
async function people(world: World) {
  const add = async (name: string) => {
    const person = { name, email: `${name}@x.example`, roles: ['reviewer'] as const }
    return (await world.database.transact((tx) => addPerson(tx, world.clock, person))).id
  }
  return {
    ada: await add('ada'),
    bea: await add('bea'),
    cy: await add('cy'),
    dot: await add('dot'),
    eve: await add('eve'),
  }
}

export const caseOf = (world: World, number: number): Promise<CaseRecord> =>
  readCase(world.database.read, world.wardline.ground.vault, number)

/**
 * What scanning the first case's file would come to on other accounts, without decoding it each time: settling cases. bits: of other bytes,
 * and so many bits of PDQ further off.
 */
export async function likeTheFirst(world: World, names: readonly string[], { bits = 0 } = {}): Promise<void> {
  const { vault, clock } = world.wardline.ground
  const { files } = await caseOf(world, 1)
  const [file] = files
  if (file === undefined) throw new Error('the first case holds no file')
  const bytes = await drawn(1)
  const print = ({ hash, quality }: { hash: string; quality: number }) => {
    const code = Buffer.from(hash, 'hex')
    for (let bit = 0; bit < bits; bit += 1) code[bit] = (code[bit] ?? 0) ^ 1
    return { hash: code, quality }
  }
  for (const name of names) {
    const object = await vault.preserve(bytes)
    await world.database.transact(async (tx) => {
      await vault.record(tx, object)
      const { caseId, settlesAt } = await openOrJoin(tx, clock, vault, {
        environment: 'sandbox',
        route: 'report',
        context: { surface: 'public_post', account: account(name) },
        file: {
          ...file,
          digests: bits === 0 ? file.digests : { ...file.digests, sha256: String(bits % 10).repeat(64) },
          pictures: file.pictures.map(({ index = 0, commandLine, fullResolution, ...rest }) => ({
            ...rest,
            index,
            commandLine: print(commandLine),
            fullResolution: print(fullResolution),
          })),
        },
        vaultId: object.id,
        scanId: `scan_${name}`,
        apiKeyId: 'key_story',
        receivedAt: clock.now(),
        settleMs: 600_000,
        entryKeys: file.grounds.map((ground) => entryKey(vault, ground)),
      })
      const job = { kind: 'settle', subject: caseId, runAt: settlesAt, uniqueKey: `settle ${caseId}` }
      await enqueue(tx, clock, job)
    })
  }
}

export const states = async ({ database }: World) =>
  (await database.read.selectFrom('cases').select('state').orderBy('number').execute()).map(({ state }) => state)

export const repairOf = (world: World, ref: number | string = 1) =>
  showRepair(world.database.read, world.wardline.ground.vault, ref)

/** Until it stands so; asked without opening anything. */
export const untilRepair = (world: World, number: number, state: string) =>
  world.until(
    `repair ${number} is ${state}`,
    async () => {
      const row = await world.database.read
        .selectFrom('repairs')
        .select('state')
        .where('number', '=', number)
        .executeTakeFirst()
      return row?.state === state
    },
    { limitMs: 120_000 },
  )

/** What a hearing says of a case's first file, by its ground of this place; gathered when it ends. */
export async function hear(world: World, outcome: Outcome, by: string, { caseNumber = 1, index = 0 } = {}) {
  const { river } = world.wardline
  const { id, files } = await caseOf(world, caseNumber)
  const { repairId } = await world.database.transact((tx) =>
    beginRepair(river, tx, {
      appealId: null,
      caseId: id,
      outcome,
      by: `person:${by}`,
      reason: 'a beach',
      grounds: [{ fileId: files[0]?.id ?? '', index }],
    }),
  )
  river.wake()
  const { number } = await repairOf(world, repairId)
  await untilRepair(world, number, 'gathered')
  // A running server sees within a second that an entry is disabled.
  await river.guards.refresh()
  return number
}

export async function approve(world: World, number: number, ...both: readonly string[]) {
  for (const by of both) await approveRepair(world.wardline.river, { ref: number, by, reason: 'yes' })
}
