import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StillClock } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { openSeals } from '#vault'
import { openLogbook } from './logbook.ts'

const vault = openSeals(Buffer.alloc(32, 7))
const begun = (n: number) => ({
  what: 'submit_begun' as const,
  subject: `report_${n}`,
  caseId: 'case_1',
  step: `step_${n}`,
})

async function world() {
  const folder = await mkdtemp(join(tmpdir(), 'wardline-logbook-'))
  const clock = new StillClock()
  const open = () => openLogbook({ folder, vault, environment: 'sandbox', clock })
  const files = () => readdir(join(folder, 'logbook')).catch(() => [])
  return { folder, clock, open, files, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
}

describe('a logbook', () => {
  it('reads back what many wrote at once, and each process has a file of its own', async () => {
    await using it = await world()
    const [one, other] = [it.open(), it.open()]
    expect((await one.read()).lines).toEqual([])
    await Promise.all([...Array(50).keys()].map((n) => (n % 2 ? one : other).write(begun(n))))
    const { lines, torn, altered } = await one.read()
    expect(new Set(lines.map(({ subject }) => subject)).size).toBe(50)
    expect({ torn, altered }).toEqual({ torn: 0, altered: [] })
    expect(await it.files()).toHaveLength(2)
    expect(one.lastBegun()?.subject).toMatch(/^report_/)
    await one.close()
    await other.close()
  })

  it('bears half a line at its end, and names the file in which a line was changed, taken out or moved', async () => {
    await using it = await world()
    const book = it.open()
    for (const n of [1, 2, 3]) await book.write(begun(n))
    await book.close()
    const [name = ''] = await it.files()
    const file = join(it.folder, 'logbook', name)
    const text = await readFile(file, 'utf8')
    await appendFile(file, '{"line":{"at":1')
    expect(await book.read()).toMatchObject({ torn: 1, altered: [] })
    expect((await book.read()).lines).toHaveLength(3)
    const [first = '', second = '', third = ''] = text.split('\n')
    for (const wrong of [
      [first.replace('report_1', 'report_9'), second, third],
      [first, third],
      [second, first, third],
    ]) {
      await writeFile(file, `${wrong.join('\n')}\n`)
      const read = await book.read()
      expect([read.altered, read.torn]).toEqual([[name], 0])
      expect(read.lines.length).toBeLessThan(2)
    }
  })

  it('begins a file a day, and forgets what no backup can be older than', async () => {
    await using it = await world()
    const book = it.open()
    await book.write(begun(1))
    await it.clock.advance(20 * 86_400_000)
    await book.write(begun(2))
    expect(await it.files()).toHaveLength(2)
    await it.clock.advance(20 * 86_400_000)
    await book.forget()
    expect((await book.read()).lines.map(({ subject }) => subject)).toEqual(['report_2'])
    await book.close()
  })

  it('lets nobody go on who could not write, and goes on in a new file once there is room', async () => {
    await using it = await world()
    await writeFile(join(it.folder, 'logbook'), 'in the way')
    const book = it.open()
    await expect(book.write(begun(1))).rejects.toMatchObject({ code: 'logbook_unwritable', retry: 'later' })
    expect(book.lastBegun()).toBeUndefined()
    await rm(join(it.folder, 'logbook'))
    await book.write(begun(2))
    expect((await book.read()).lines.map(({ subject }) => subject)).toEqual(['report_2'])
    await book.close()
  })
})
