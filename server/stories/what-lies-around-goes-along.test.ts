import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as realWait } from 'node:timers/promises'
import type { Supplement } from '@wardline/api'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { addPerson } from '#access'
import { readCase } from '#cases'
import { dismissCase } from '#flow'
import { aMinuteLater, deploy, start, upload } from './deployment.ts'
import { drawn, kinds, World } from './world.ts'

const conversation: Supplement = {
  kind: 'conversation',
  mediaType: 'text/plain',
  text: `${'Nice bridge! \u{1F309} '.repeat(5_000)}\u0000 <end>`,
}
const parameters: Supplement = { kind: 'parameters', mediaType: 'application/json', text: '{"model":"m-1"}' }
const supplements = [conversation, parameters]
const bytesOf = ({ text }: Supplement) => Buffer.from(text, 'utf8')

describe.each(kinds)('on %s, the words around a known image', (database) => {
  it('are supplemental files of its report, byte for byte, seen by nobody, and kept as long as the image', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    const account = { id: 'user-1', email: 'one@users.example' }
    const { body } = await world.uploadAll([await drawn(1), await drawn(2)], { surface: 'other', account, supplements })
    expect(body.results?.map((one) => one.verdict)).toEqual(['held', 'clear'])
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    const [report, ...others] = world.cybertipline.inspect().reports
    expect(others).toEqual([])
    expect(report?.files).toHaveLength(3)
    const [image, ...around] = report?.files ?? []
    expect(image?.fileDetailsXml).toContain('<fileRelevance>Reported</fileRelevance>')
    expect(around.map((one) => one.bytes)).toEqual(supplements.map(bytesOf))
    for (const { fileDetailsXml } of around) {
      expect(fileDetailsXml).toContain('<fileRelevance>Supplemental Reported</fileRelevance>')
      expect(fileDetailsXml).toContain('<fileViewedByEsp>false</fileViewedByEsp>')
      expect(fileDetailsXml).not.toContain('<originalFileName>')
    }
    const objects = await world.database.read.selectFrom('vault_objects').selectAll().execute()
    expect(objects).toHaveLength(3)
    const year = 365 * 86_400_000
    for (const { keep_until } of objects)
      expect(keep_until).toBeGreaterThanOrEqual(world.clock.now() + year - 3_600_000)
    expect(JSON.stringify(world.lines)).not.toContain('bridge')
  })

  it('leave nothing behind when the image is unknown', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    const { body } = await world.uploadAll([await drawn(2)], { surface: 'other', supplements })
    expect(body.verdict).toBe('clear')
    for (const table of ['case_supplements', 'vault_objects', 'cases'] as const)
      expect(await world.database.read.selectFrom(table).selectAll().execute()).toEqual([])
    expect(await objectsIn(world)).toEqual([])
  })

  it('are kept once however often they come, and those of a growing conversation each, up to fifty', async () => {
    await using world = await World.open({ database, config: { rules: { settleSeconds: 600 } } })
    await world.list([drawPicture(1)])
    const account = { id: 'user-1' }
    const picture = await drawn(1)
    const send = async (...around: Supplement[]) => {
      const { body } = await world.uploadAll([picture], { surface: 'other', account, supplements: around })
      expect(body.verdict).toBe('held')
    }
    await send(...supplements)
    await send(...supplements)
    const known = async () => readCase(world.database.read, world.wardline.ground.vault, 1)
    expect((await known()).supplements.map((one) => one.kind)).toEqual(['conversation', 'parameters'])
    for (let part = 0; part < 50; part += 10)
      await send(...Array.from({ length: 10 }, (_, index) => ({ ...conversation, text: `${part + index}` })))
    expect(await known()).toMatchObject({ supplements: { length: 50 }, furtherSupplements: 2 })
    const stored = await world.database.read.selectFrom('vault_objects').select('state').execute()
    expect(stored.filter(({ state }) => state === 'stored')).toHaveLength(51)
    await world.until('the report', async () => (await world.caseState()) === 'reported')
    const [report] = world.finishedReports()
    expect(report?.files).toHaveLength(51)
    expect(report?.submittedXml).toContain('50 of what the platform gave around the files found; 2 more were not kept')
  })

  it('are each case’s own, and go with it when it is dismissed', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)], { listClass: 'exploitative', id: 'doubtful' })
    await world.list([drawPicture(2)])
    const files = [await drawn(1), await drawn(2)]
    const { body } = await world.uploadAll(files, { surface: 'other', account: { id: 'user-1' }, supplements })
    expect(body.verdict).toBe('held')
    const { clock, vault } = world.wardline.ground
    const numbers = await world.database.read.selectFrom('cases').select(['id', 'number']).execute()
    expect(numbers).toHaveLength(2)
    for (const { id } of numbers) expect((await readCase(world.database.read, vault, id)).supplements).toHaveLength(2)

    const ada = await world.database.transact((tx) =>
      addPerson(tx, clock, { name: 'Ada', email: 'ada@platform.example', roles: ['reviewer'] }),
    )
    const review = await world.database.read
      .selectFrom('cases')
      .select('id')
      .where('state', '=', 'waiting_review')
      .executeTakeFirstOrThrow()
    const ids = (await readCase(world.database.read, vault, review.id)).supplements.map((one) => one.vaultId)
    await dismissCase(world.wardline.river, review.id, `person:${ada.id}`, { reason: 'a drawing' })
    await world.pass(8 * 86_400_000)
    await world.until('the end of the evidence', async () => {
      const rows = await world.database.read.selectFrom('vault_objects').selectAll().where('id', 'in', ids).execute()
      return rows.every(({ state, wrapped_key }) => state === 'destroyed' && wrapped_key === null)
    })
    const left = await objectsIn(world)
    for (const id of ids) expect(left).not.toContain(id)
    expect(left).toHaveLength(3)
  })

  it.each(['preserve', 'upload:2 done'])(
    'reach one report exactly once when the server is killed after "%s"',
    async (dieAfter) => {
      await using outside = await deploy(database)
      const more = { supplements: [parameters, { ...conversation, text: 'Nice bridge!' }] }
      const first = await start(outside, { dieAfter })
      const died = once(first.child, 'exit')
      const answered = await upload(first.url, { ...outside, more }).catch(() => undefined)
      expect((await died)[1]).toBe('SIGKILL')
      if (answered === undefined) await aMinuteLater(outside)
      const running = await start(outside)
      if (answered === undefined) expect(await upload(running.url, { ...outside, more })).toBe('held')
      await outside.mailbox.waitFor(() => true, 60_000)
      await realWait(100)
      const finished = outside.cybertipline.inspect().reports.filter((report) => report.state === 'finished')
      expect(finished.map((report) => report.files.length)).toEqual([3])
      const digests = finished.flatMap((report) => report.files.map((one) => one.md5))
      expect(new Set(digests).size).toBe(3)
      running.child.kill('SIGTERM')
      await once(running.child, 'exit')
    },
    120_000,
  )
})

/** Names of the vault's objects on the disk. */
async function objectsIn(world: World): Promise<string[]> {
  const found = await readdir(join(world.folder, 'data', 'vault'), { recursive: true, withFileTypes: true })
  return found.filter((one) => one.isFile() && one.name.startsWith('evidence_')).map((one) => one.name)
}
