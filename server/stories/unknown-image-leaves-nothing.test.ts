import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { drawn, kinds, World } from './world.ts'

const tables = ['scans', 'cases', 'case_files', 'vault_objects', 'reports', 'notices', 'jobs'] as const

describe.each(kinds)('on %s, an unknown image', (database) => {
  it('leaves nothing behind: no row, no file, no mail, no call', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    const { body } = await world.upload(await drawn(2))
    expect(body).toEqual({ id: expect.stringMatching(/^scan_/), verdict: 'clear' })
    await world.pass(3_600_000)
    for (const table of tables) expect(await world.database.read.selectFrom(table).selectAll().execute()).toEqual([])
    expect(await filesBelow(join(world.folder, 'data', 'vault'))).toEqual([])
    expect(await world.database.read.selectFrom('scan_answers').selectAll().execute()).toEqual([])
    expect(world.cybertipline.inspect().calls).toEqual([])
    expect(await (await world.ask('GET', `/v1/scans/${body.id}`)).json()).toMatchObject({ state: 'unknown' })
    const lines = JSON.stringify(world.lines)
    for (const secret of ['holiday-', 'user-', 'forum.example/posts']) expect(lines).not.toContain(secret)
  })

  it('is answered the same again for the same Idempotency-Key, refused with another body, and forgotten after a day', async () => {
    await using world = await World.open({ database })
    const bytes = await drawn(2)
    const context = { account: { id: 'one' }, fileName: 'a.jpg', url: 'https://forum.example/1' }
    const key = { 'idempotency-key': 'request-1' }
    const first = await world.upload(bytes, context, key)
    const again = await world.upload(bytes, context, key)
    expect(again).toEqual(first)
    const other = await world.upload(await drawn(3), context, key)
    expect(other.status).toBe(422)
    await world.pass(25 * 3_600_000)
    const later = await world.upload(bytes, context, key)
    expect(later.body.verdict).toBe('clear')
    expect(later.body.id).not.toBe(first.body.id)
  })
})

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}
