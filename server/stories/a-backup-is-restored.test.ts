import { readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { restoreBackup, verifyBackup } from '#backup'
import type { Fault } from '#base'
import { decideAll, decideCase, decideNotice, listUncertain } from '#flow'
import { listItems, readPause } from '#pause'
import { explainReport, listReports, readOpenId } from '#reports'
import { listKeys, openKeys, retireKey } from '#vault'
import { numberEvents, raiseEvent, showEvent } from '#webhooks'
import { backUp, copyDatabase, disaster, end, person, restoring } from './restoring.ts'
import { drawn, kinds, World } from './world.ts'

const account = { id: 'user-1', email: 'one@users.example', emailVerified: true }

describe.each(kinds)('on %s, a backup', (kind) => {
  it.each(['submit', 'upload', 'fileinfo', 'finish'] as const)(
    'that was made while the answer to %s was awaited sends nothing twice when it is restored',
    async (route) => {
      await using world = await World.open({ database: kind })
      await world.list([drawPicture(1)])
      for (const one of routes) world.cybertipline.faults.always(one, { kind: 'unavailable' })
      for (const one of routes.slice(0, routes.indexOf(route))) world.cybertipline.faults.always(one, null)
      world.cybertipline.faults.next(route, 'drop_after')
      await world.upload(await drawn(1), { account })
      await world.until('the call', () => world.cybertipline.inspect().calls.some((call) => call.route === route))
      const { folder } = await backUp(world)
      for (const one of routes) world.cybertipline.faults.always(one, null)
      await world.until('the notice', () => world.mailbox.messages().length === 1)
      const [filed] = world.finishedReports()

      await disaster(world, kind, folder)
      expect(await world.pass(3_600_000)).toBeUndefined()
      expect(world.finishedReports()).toHaveLength(1)
      expect((await (await world.ask('GET', '/readyz')).json()) as object).toMatchObject({
        ready: true,
        checks: expect.arrayContaining([{ name: 'pause', ok: true, words: expect.stringContaining('PAUSED') }]),
      })

      const by = await person(world)
      const pause = await readPause(world.database.read)
      expect(pause).toMatchObject({ why: 'restored', listed: true })
      const { river } = world.wardline
      await expect(end(world, by)).rejects.toMatchObject({ code: 'undecided' })
      const [item, ...others] = await listItems(world.database.read, { pauseId: pause?.id ?? '' })
      expect(others).toEqual([])
      expect(item).toMatchObject({ kind: 'case', decision: null })
      // What the database of the backup knows as well is told: whether a finish was taken nobody knows.
      const told = JSON.parse(item?.told ?? '{}') as { last?: string; remoteId?: string }
      expect(told.last).toBeDefined()
      if (route === 'finish') {
        expect(told).toMatchObject({ last: 'finish_begun', remoteId: filed?.id })
        const { vault } = world.wardline.ground
        const reportId = (await listReports(world.database.read, { limit: 1 }))[0]?.id ?? ''
        expect(await readOpenId(world.database.read, vault, reportId)).toBe(filed?.id)
        const { where } = await explainReport(world.database.read, vault, { reportId, lateMs: 1000 })
        expect(where).toContain(`opened as CyberTipline report ${filed?.id}, not finished yet`)
      }
      // A finish that was begun may have filed it: no word over all of them says that it did not.
      if (route === 'finish') expect(await decideAll(river, 'case', by)).toEqual({ decided: 0, left: 1 })
      await decideCase(river, item?.subject ?? '', by, {
        says: 'reported',
        remoteId: filed?.id ?? '',
        reason: 'seen at NCMEC',
      })
      await end(world, by)
      await world.pass(86_400_000)
      expect(await world.caseState()).toBe('reported')
      expect(world.finishedReports()).toHaveLength(1)
      expect(world.mailbox.messages()).toHaveLength(1)
      expect(world.cybertipline.inspect().reports.filter((one) => one.state === 'open')).toEqual([])
    },
    60_000,
  )

  it('of before the find is filed once a person said that nothing went out', async () => {
    await using world = await World.open({ database: kind, config: { rules: { settleSeconds: 86_000 } } })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), { account })
    const { folder } = await backUp(world)
    await disaster(world, kind, folder)
    await world.pass(200_000_000)
    expect(world.cybertipline.inspect().calls).toEqual([])
    const by = await person(world)
    expect(await decideAll(world.wardline.river, 'case', by)).toEqual({ decided: 1, left: 0 })
    await end(world, by)
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    expect(world.finishedReports()).toHaveLength(1)
    const again = await world.upload(await drawn(1), { account: { id: 'user-2' } })
    expect(again.body.verdict).toBe('held')
  }, 60_000)

  it('that was made during a pause is asked about anew when it is restored', async () => {
    await using world = await World.open({ database: kind, config: { rules: { settleSeconds: 86_000 } } })
    await world.list([drawPicture(1), drawPicture(2)])
    await world.upload(await drawn(1), { account })
    await disaster(world, kind, (await backUp(world)).folder)
    const by = await person(world)
    await decideAll(world.wardline.river, 'case', by)
    await world.upload(await drawn(2), { account: { id: 'user-2' } })
    await world.clock.advance(1_000)
    await disaster(world, kind, (await backUp(world)).folder)
    const pause = await readPause(world.database.read)
    const items = await listItems(world.database.read, { pauseId: pause?.id ?? '', open: true })
    expect(items.map((one) => one.kind)).toEqual(['case', 'case'])
    await expect(end(world, by)).rejects.toMatchObject({ code: 'undecided' })
  }, 60_000)

  it('of while a notice waited does not tell a person twice', async () => {
    await using world = await World.open({ database: kind, config: { mail: { smtpUrl: 'smtp://127.0.0.1:1' } } })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), { account })
    const notice = () => world.database.read.selectFrom('notices').selectAll().executeTakeFirst()
    await world.until('the notice waits', async () => ((await notice())?.attempts ?? 0) > 0)
    const { folder } = await backUp(world)
    await world.stop()
    await world.start({ mail: { smtpUrl: world.mailbox.smtpUrl } })
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    await disaster(world, kind, folder)
    await world.pass(3_600_000)
    expect(world.mailbox.messages()).toHaveLength(1)
    const by = await person(world)
    await decideNotice(world.wardline.river, (await notice())?.id ?? '', by, 'told')
    await end(world, by)
    await world.pass(3_600_000)
    expect(world.mailbox.messages()).toHaveLength(1)
    expect(await notice()).toMatchObject({ state: 'not_sent', reason: 'told_before_restore' })
  }, 60_000)

  it('that is restored gives no event a number which a platform that fetches has passed', async () => {
    await using world = await World.open({ database: kind })
    await world.list([drawPicture(1), drawPicture(2)])
    const { folder } = await backUp(world)
    await world.upload(await drawn(1), { account })
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    const before = await fetched(world, 0)
    expect(before).toMatchObject({ types: expect.arrayContaining(['case.held', 'report.finished']) })

    await disaster(world, kind, folder)
    await world.pass(3_600_000)
    const by = await person(world)
    await decideAll(world.wardline.river, 'unknown', by)
    await end(world, by)
    await world.upload(await drawn(2), { account: { id: 'user-2', email: 'two@users.example' } })
    await world.until('its report', () => world.finishedReports().length === 2)
    const after = await fetched(world, before.next)
    expect(after.types).toContain('case.held')
    expect(after.next).toBeGreaterThan(world.clock.now() - 86_400_000)
  }, 60_000)

  it('that is restored gives what something waits for once more to a platform that fetched it after the backup, and takes its word', async () => {
    await using world = await World.open({ database: kind })
    const { clock, vault } = world.wardline.ground
    const about = { repair: 'repair_1', case: 'case_1', scans: [], furtherScans: 0, account: null }
    const data = { ...about, asks: ['restore_content' as const], decidedAt: 6 }
    const raised = (name: string) =>
      world.database.transact((tx) =>
        raiseEvent(tx, clock, vault, {
          type: 'repair.restore',
          onceKey: `repair.restore ${name}`,
          isTest: false,
          data,
        }),
      )
    await raised('had')
    const had = await fetched(world, 0)
    const id = await raised('not had')
    await numberEvents(world.database)
    const { folder } = await backUp(world)
    const before = await fetched(world, had.next)
    expect(before.types).toEqual(['repair.restore'])
    await disaster(world, kind, folder)
    await end(world, await person(world))
    expect(await take(world, before.next), 'what was served before the backup').toBe(1)
    expect((await showEvent(world.database.read, id)).state).toBe('waiting')
    const after = await fetched(world, before.next)
    expect(after.types).toEqual(['repair.restore'])
    expect(after.next).toBeGreaterThan(world.clock.now() - 86_400_000)
    expect(await take(world, after.next)).toBe(1)
    expect((await showEvent(world.database.read, id)).state).toBe('delivered')
  }, 60_000)

  it('is not begun inside the data folder or beside the key, and what fails halfway leaves nothing', async () => {
    await using world = await World.open({ database: kind })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), { account })
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    await expect(backUp(world, 'data/backups')).rejects.toMatchObject({ code: 'backup_misplaced' })
    await expect(backUp(world, '.')).rejects.toMatchObject({ code: 'backup_misplaced' })
    await writeFile(join(world.folder, 'a-file'), '')
    await expect(backUp(world, 'a-file')).rejects.toMatchObject({ code: 'backup_unwritable' })
    const first = await backUp(world)
    await world.clock.advance(1_000)
    const second = await backUp(world)
    const object = await world.database.read.selectFrom('vault_objects').select('id').executeTakeFirstOrThrow()
    const inode = async (folder: string) => (await stat(join(folder, 'objects', object.id.slice(-2), object.id))).ino
    expect(await inode(second.folder)).toBe(await inode(first.folder))
    // A damaged one does not stand in the way of the next: that links to nothing of it.
    await truncate(join(second.folder, 'objects.jsonl.gz'), 5)
    await world.clock.advance(1_000)
    const third = await backUp(world)
    expect(await inode(third.folder)).not.toBe(await inode(first.folder))
    await rm(join(world.folder, 'data', 'vault', 'objects', object.id.slice(-2), object.id))
    await expect(backUp(world)).rejects.toMatchObject({ code: 'evidence_missing' })
    expect(await readdir(join(world.folder, 'backups'))).toEqual(
      [first, second, third].map(({ folder }) => basename(folder)),
    )
  }, 60_000)

  it("of before the vault's key was changed asks for the former key by its name, and opens with it", async () => {
    await using world = await World.open({ database: kind })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), { account })
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    const { folder, manifest } = await backUp(world)
    const { database, vault, clock, log } = world.wardline.ground
    const keyFile = join(world.folder, 'wardline.key')
    const [former, copy] = [vault.fingerprint, await readFile(keyFile)]
    await vault.rotate({ withoutCopy: true, patienceMs: 30_000 })
    await world.until('it is sealed anew', async () => {
      await world.pass(3_000)
      return (await listKeys(database.read)).some(({ state }) => state === 'empty')
    })
    await retireKey({ keyFile, database, clock, log }, former, { withoutCopy: true })
    expect(manifest.keyFingerprints).toEqual([former])
    expect((await backUp(world)).manifest.keyFingerprints).toEqual([vault.fingerprint])

    const settings = await restoring(world, kind, folder, join(world.folder, 'elsewhere'))
    const needs = { code: 'key_missing', message: expect.stringContaining(`wardline.key.${former}`) }
    await expect(restoreBackup(settings)).rejects.toMatchObject(needs)
    await expect(verifyBackup(folder, openKeys(keyFile))).rejects.toMatchObject(needs)
    // The key that ties it is wanted too, whatever the list says.
    const file = join(folder, 'manifest.json')
    const text = await readFile(file, 'utf8')
    await writeFile(file, text.replace(former, vault.fingerprint))
    await expect(restoreBackup(settings)).rejects.toMatchObject(needs)
    await writeFile(`${keyFile}.${former}`, copy, { mode: 0o600 })
    await expect(restoreBackup(settings)).rejects.toMatchObject({ code: 'backup_altered' })
    await writeFile(file, text)
    await verifyBackup(folder, openKeys(keyFile))
    await restoreBackup(settings)
    expect(await readdir(world.folder)).toContain('elsewhere')
  }, 60_000)

  it('is refused by the name of the file that was altered, and writes nothing', async () => {
    await using world = await World.open({ database: kind })
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1), { account })
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    const { folder } = await backUp(world)
    const target = join(world.folder, 'elsewhere')
    const tryIt = async () =>
      restoreBackup(await restoring(world, kind, folder, target)).then(
        () => 'restored',
        (error: Fault) => `${error.code}: ${error.message}`,
      )
    const [shard = ''] = await readdir(join(folder, 'objects'))
    const [object = ''] = await readdir(join(folder, 'objects', shard))
    const file = join(folder, 'objects', shard, object)
    const whole = await readFile(file)
    await writeFile(file, Buffer.concat([whole.subarray(0, -1), Buffer.of((whole.at(-1) ?? 0) ^ 1)]))
    expect(await tryIt()).toMatch(new RegExp(`backup_altered: .*${object}`))
    await rm(file)
    expect(await tryIt()).toMatch(new RegExp(`backup_altered: .*${object}.*not there`))
    await writeFile(file, whole)
    const rows = await readFile(join(folder, 'database.jsonl.gz'))
    await truncate(join(folder, 'database.jsonl.gz'), rows.length - 9)
    expect(await tryIt()).toMatch(/backup_altered: database/)
    await writeFile(join(folder, 'database.jsonl.gz'), rows)
    const manifest = await readFile(join(folder, 'manifest.json'), 'utf8')
    await writeFile(
      join(folder, 'manifest.json'),
      manifest.replace('"destroyedMeanwhile": []', '"destroyedMeanwhile": ["x"]'),
    )
    expect(await tryIt()).toMatch(/backup_altered: manifest/)
    await rm(join(folder, 'manifest.json'))
    expect(await tryIt()).toMatch(/no_backup/)
    expect(await readdir(world.folder)).not.toContain('elsewhere')
    await writeFile(join(folder, 'manifest.json'), manifest)
    expect(await tryIt()).toBe('restored')
    expect(await tryIt()).toMatch(/data_not_empty/)
  }, 60_000)
})

describe.each(kinds)('on %s, a database that is older than the evidence beside it', (kind) => {
  it('is noticed at the start: what it does not know of waits for a person, and the rest goes on', async () => {
    await using world = await World.open({ database: kind, config: { rules: { settleSeconds: 600 } } })
    await world.list([drawPicture(1), drawPicture(2)])
    await world.upload(await drawn(1), { account })
    const older = await copyDatabase(world, kind)
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    const [filed] = world.finishedReports()
    await world.stop()
    await older.putBack()
    await world.start(older.settings)

    expect(world.lines.some(({ words }) => String(words).includes('older than the logbook'))).toBe(true)
    await world.pass(86_400_000)
    expect(world.finishedReports()).toHaveLength(1)
    const pause = await listUncertain(world.wardline.river)
    const items = await listItems(world.database.read, { pauseId: pause?.id ?? '' })
    const told = items.map(({ kind: what, told }) => [
      what,
      (JSON.parse(told ?? '{}') as { remoteId?: string }).remoteId,
    ])
    expect(told).toContainEqual(['case', filed?.id])
    const by = await person(world)
    const item = items.find((one) => one.kind === 'case')
    // The logbook says that it went out: no tired word over all of them sends it again.
    expect(await decideAll(world.wardline.river, 'case', by)).toEqual({ decided: 0, left: 1 })
    const goOn = decideCase(world.wardline.river, item?.subject ?? '', by, { says: 'go_on' })
    await expect(goOn).rejects.toMatchObject({ code: 'told_finished' })
    await decideCase(world.wardline.river, item?.subject ?? '', by, {
      says: 'reported',
      remoteId: filed?.id ?? '',
      reason: 'the logbook says so',
    })
    await decideAll(world.wardline.river, 'unknown', by)
    await end(world, by)
    // What was answered for is not asked again at every start.
    await world.stop()
    await world.start()
    expect(await readPause(world.database.read)).toBeUndefined()
    await world.upload(await drawn(2), { account: { id: 'user-9', email: 'nine@users.example' } })
    await world.until('the other one', () => world.finishedReports().length === 2)
    await world.until('both are reported', async () => {
      const states = await world.database.read.selectFrom('cases').select('state').execute()
      return states.length === 2 && states.every(({ state }) => state === 'reported')
    })
  }, 60_000)

  it('is noticed while the server runs, before the next report goes out', async () => {
    await using world = await World.open({ database: kind })
    await world.list([drawPicture(1), drawPicture(2)])
    await world.upload(await drawn(1), { account })
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    const { next } = await fetched(world, 0)
    // As after a failover to a copy that had not heard of it yet.
    await world.database.read.updateTable('platform_event_head').set({ number: 1 }).execute()
    await world.database.read.deleteFrom('platform_events').execute()
    await world.database.read.updateTable('notices').set({ attempts: 0, state: 'waiting' }).execute()
    await world.upload(await drawn(2), { account: { id: 'user-9' } })
    await world.until('the pause', async () => (await readPause(world.database.read)) !== undefined)
    await world.pass(3_600_000)
    expect(world.finishedReports()).toHaveLength(1)
    expect(await readPause(world.database.read)).toMatchObject({ why: 'database_older' })
    const head = await world.database.read.selectFrom('platform_event_head').selectAll().executeTakeFirstOrThrow()
    expect(head.number).toBeGreaterThan(Math.max(next, world.clock.now() - 86_400_000))
    expect(world.lines.some(({ words }) => String(words).includes('older than the logbook'))).toBe(true)
  }, 60_000)
})

async function fetched(world: World, after: number) {
  const key = await world.newKey(['events:read'])
  const answer = await world.ask('GET', `/v1/events?after=${after}`, { key })
  const { events, next } = (await answer.json()) as { events: { type: string }[]; next: number }
  return { types: events.map(({ type }) => type), next }
}

/** How many are delivered by that word. */
async function take(world: World, upTo: number) {
  const key = await world.newKey(['events:take'])
  const headers = { 'content-type': 'application/json' }
  const answer = await world.ask('POST', '/v1/events/taken', { key, headers, body: JSON.stringify({ upTo }) })
  return ((await answer.json()) as { taken: number }).taken
}

const routes = ['submit', 'upload', 'fileinfo', 'finish'] as const
