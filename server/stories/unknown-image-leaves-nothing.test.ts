import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { type Answer, drawn, kinds, World } from './world.ts'

const tables = ['scans', 'cases', 'case_files', 'vault_objects', 'reports', 'notices', 'jobs'] as const

describe.each(kinds)('on %s, an unknown image', (database) => {
  it('leaves nothing behind: no row, no file, no mail, no call', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    const before = await filesBelow(join(world.folder, 'data', 'vault'))
    const { body } = await world.upload(await drawn(2))
    expect(body).toEqual({ id: expect.stringMatching(/^scan_/), verdict: 'clear' })
    await world.pass(3_600_000)
    for (const table of tables) expect(await world.database.read.selectFrom(table).selectAll().execute()).toEqual([])
    expect(await filesBelow(join(world.folder, 'data', 'vault'))).toEqual(before)
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

  it('that could not be looked at for want of memory is looked at again under the same Idempotency-Key', async () => {
    await using world = await World.open({ database, config: { limits: { decoderMemoryMb: 128 } } })
    const large = await encode(drawPicture(3, { width: 6000, height: 4500 }), 'png')
    const context = { account: { id: 'one' }, fileName: 'a.png', url: 'https://forum.example/1' }
    const send = async () => (await world.upload(large, context, { 'idempotency-key': 'request-1' })).body
    expect(await send()).toMatchObject({ verdict: 'unscannable', reason: 'too_much_memory' })
    await world.stop()
    // Another answer, and a quick one.
    await world.start({ limits: { decoderMemoryMb: 1536, maxPixels: 1_000_000 } })
    expect(await send()).toMatchObject({ verdict: 'unscannable', reason: 'too_many_pixels' })
  })

  it('comes with nineteen others, as many as a request may hold, and one decoder looks at them all', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(7)])
    const form = new FormData()
    for (let seed = 1; seed <= 20; seed += 1) {
      form.append('file', new Blob([new Uint8Array(await drawn(seed))], { type: 'image/jpeg' }), `${seed}.jpg`)
    }
    const key = await world.newKey(['scans:write'])
    const answer = await fetch(new URL('/v1/scans', world.wardline.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: form,
    })
    const { results = [] } = (await answer.json()) as Answer
    const verdicts = Array.from({ length: 20 }, (_, place) => (place === 6 ? 'held' : 'clear'))
    expect(results.map(({ verdict }) => verdict)).toEqual(verdicts)
  })
})

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}
