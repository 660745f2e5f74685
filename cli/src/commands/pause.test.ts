import { expect, it } from 'vitest'
import { emptyDatabase } from '../../../server/src/db/testing.ts'
import { openPlace } from '../testing.ts'

it.each(['sqlite', 'postgres'] as const)(
  'on %s a person who begins a pause says why: it is shown to whoever finds it, and is not in the trail',
  async (kind) => {
    const settings = await emptyDatabase(kind)
    await using place = await openPlace(settings.kind === 'postgres' ? { database: { url: settings.url } } : {})
    await place.run('people', 'add', 'Otto', '--email', 'otto@x.example', '--role', 'operator')
    const pause = (...args: string[]) => place.run('pause', ...args)
    expect((await pause('begin', '--as', 'otto@x.example', '--reason', 'the disk is moved')).out).toMatch(/^Paused/)
    const shown = (await pause('show')).out
    expect(shown).toMatch(/^PAUSED since .*: a person wanted it \("the disk is moved"\)\. Nothing is filed/)
    expect((await pause('begin', '--reason', 'another')).out).toContain('your reason was not kept')
    expect((await pause('show')).out).toContain('the disk is moved')
    const trail = (await place.run('audit', 'show', '--json')).out
    expect(trail).toContain('begin_pause')
    expect(trail).not.toContain('disk')
    expect((await pause('end', '--as', 'otto@x.example', '--reason', 'moved')).code).toBe(0)
    expect((await pause('begin')).code).toBe(0)
    expect((await pause('show')).out).toContain('a person wanted it. Nothing')
  },
  60_000,
)
