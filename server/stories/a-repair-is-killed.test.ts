import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as realWait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { systemClock } from '#base'
import { readCase } from '#cases'
import { loadConfig } from '#config'
import { approveRepair, beginRepair } from '#flow'
import { listRepairs } from '#repairs'
import { openDesk } from '../src/desk.ts'
import { openGround } from '../src/ground.ts'
import { deploy, start, upload } from './deployment.ts'
import { openPlatform, secretOf } from './platform.ts'
import { kinds } from './world.ts'

const quiet = { info: () => {}, warn: () => {}, error: () => {} }

/** The first before the two people approve. The others are died by `npm run soak:repair`. */
const few = { sqlite: ['repair gathering', 'repair cases'], postgres: ['repair gathered', 'repair cases'] } as const
const all = [
  'repair gathering',
  'repair gathered',
  'repair guarded',
  'repair cases',
  'repair closed',
  'event sent',
] as const
const isSoak = process.env['WARDLINE_SOAK_REPAIR'] !== undefined

describe.each(kinds)('on %s, a repair whose server is killed again and again', (kind) => {
  it('restores and tells each account once, and writes one letter', async () => {
    await using outside = await deploy(kind)
    await using platform = await openPlatform({ now: () => Date.now() })
    outside.config.webhooks = { url: platform.url, secrets: [secretOf(7)] }
    const users = ['u1', 'u2', 'u3']
    const calm = await start(outside)
    for (const user of users) expect(await upload(calm.url, { ...outside, user, requestKey: user })).toBe('held')
    await outside.mailbox.waitFor(() => outside.mailbox.messages().length === 3, 60_000)
    calm.child.kill('SIGTERM')
    await once(calm.child, 'exit')

    const deaths = isSoak ? all : few[kind]
    const approvedAt = isSoak ? 2 : 1
    for (const [place, step] of deaths.entries()) {
      // It may be dead before it says that it listens.
      const server = await start(outside, { dieAfter: step }).catch(() => undefined)
      const died = server && once(server.child, 'exit')
      if (place === 0) await atDesk(outside, hear)
      if (place === approvedAt) await atDesk(outside, approve)
      if (died !== undefined) expect((await died)[1], `dies after "${step}"`).toBe('SIGKILL')
      // Fails unless a server died there.
      await rm(join(outside.folder, 'died'), { recursive: true })
    }
    const last = await start(outside)
    await atDesk(outside, async ({ database }) => {
      const isOver = async () => (await listRepairs(database.read))[0]?.state === 'done'
      for (let turn = 0; turn < 2_000 && !(await isOver()); turn += 1) await realWait(20)
      const [repair] = await listRepairs(database.read)
      expect(repair).toMatchObject({ state: 'done', letter: { reports: 3 }, counts: { restored: 3 } })
      const states = await database.read.selectFrom('cases').select('state').execute()
      expect(states.map(({ state }) => state)).toEqual(['repaired', 'repaired', 'repaired'])
    })
    const told = () => outside.mailbox.messages().filter(({ subject }) => /put right/.test(subject))
    await outside.mailbox.waitFor(() => told().length >= 3, 60_000)
    expect(new Set(told().map(({ to }) => String(to))).size).toBe(3)
    expect(told().length).toBe(3)
    // The same event may come twice, under one id; never two of them for one account.
    const restores = new Map(
      platform.heard.flatMap(({ id, event }) => (event.type === 'repair.restore' ? [[id, event.data['case']]] : [])),
    )
    expect([restores.size, new Set(restores.values()).size]).toEqual([3, 3])
    last.child.kill('SIGTERM')
    await once(last.child, 'exit')
  }, 600_000)
})

type Deployed = Awaited<ReturnType<typeof deploy>>

/** As a command line does it, beside the server. */
async function atDesk<T>({ config, folder }: Deployed, work: (desk: Desk) => Promise<T>): Promise<T> {
  const loaded = loadConfig({ env: {}, overrides: config, folder })
  await using ground = await openGround(loaded, { clock: systemClock, log: quiet }, { createKey: false })
  return await work(openDesk(ground))
}

type Desk = ReturnType<typeof openDesk>

async function personOf({ database, clock }: Desk, name: string): Promise<string> {
  const person = { name, email: `${name}@x.example`, roles: ['reviewer'] as const }
  return (await database.transact((tx) => addPerson(tx, clock, person))).id
}

async function hear(desk: Desk): Promise<void> {
  const { database, vault } = desk
  const by = `person:${await personOf(desk, 'ada')}` as const
  const { id: caseId, files } = await readCase(database.read, vault, 1)
  const grounds = [{ fileId: files[0]?.id ?? '', index: 0 }]
  const heard = { appealId: null, caseId, outcome: 'entry', by, reason: 'a beach', grounds } as const
  await database.transact((tx) => beginRepair(desk, tx, heard))
}

/** As soon as its list is frozen, which the server that was killed may have left to this one. */
async function approve(desk: Desk): Promise<void> {
  const isFrozen = async () => (await listRepairs(desk.database.read))[0]?.state === 'gathered'
  for (let turn = 0; turn < 2_000 && !(await isFrozen()); turn += 1) await realWait(20)
  for (const name of ['bea', 'cy']) await approveRepair(desk, { ref: 1, by: await personOf(desk, name), reason: 'yes' })
}
