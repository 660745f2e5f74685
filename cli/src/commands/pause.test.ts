import { reportAnew } from '@wardline/server/flow'
import { beginPause } from '@wardline/server/pause'
import { expect, it } from 'vitest'
import { emptyDatabase } from '../../../server/src/db/testing.ts'
import {
  account,
  approve,
  hear,
  likeTheFirst,
  openRepairing,
  states,
  untilRepair,
} from '../../../server/stories/repairing.ts'
import { drawn, kinds } from '../../../server/stories/world.ts'
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
    expect((await pause('begin')).err).toContain('--reason')
    expect((await pause('show')).out).toContain('There is no pause')
  },
  60_000,
)

it.each(kinds)(
  'on %s a pause after a restore shows the new reports that were unfinished, and hears of each whether it is at NCMEC',
  async (kind) => {
    await using all = await openRepairing(kind)
    const { world, ada, bea, cy, dot } = all
    // The command has no other clock than the machine's.
    world.clock.set(Date.now())
    const { config } = world.wardline.ground
    const { data, vault, database, cybertip } = config
    await using place = await openPlace({ data, vault, database, cybertip })
    await world.upload(await drawn(1), { account: account('u1') })
    await likeTheFirst(world, ['u2'])
    await world.pass(601_000)
    await world.until('reported', async () => (await states(world)).every((state) => state === 'reported'))
    const earlier = world.finishedReports().map(({ id }) => String(id))
    const number = await hear(world, 'entry', ada)
    await approve(world, number, bea, cy)
    await untilRepair(world, number, 'done')
    world.cybertipline.faults.always('submit', { kind: 'unavailable' })
    await reportAnew(world.wardline.river, { ref: number, by: dot, reason: 'no answer' })
    await world.database.transact((tx) => beginPause(tx, world.clock, { why: 'restored', by: 'wardline' }))

    const json = async () => {
      const lines = (await place.run('pause', 'show', '--json', '--all')).out.trim().split('\n')
      return lines.map((line) => JSON.parse(line)).filter((one) => one.kind === 'report')
    }
    const [one, other, ...more] = await json()
    expect(more).toEqual([])
    expect(one).toEqual({ kind: 'report', subject: one.subject, name: one.name, told: one.told, decision: null })
    const names = [one, other].map(({ name }) => / takes (\d+) back$/.exec(name)?.[1])
    expect(new Set(names)).toEqual(new Set(earlier))
    expect((await place.run('pause', 'show')).out).toMatch(/^new report +report_sandbox_\w+, takes \d+ back\b/m)

    const decide = (...args: string[]) => place.run('pause', 'decide', ...args, '--as', 'bea@x.example')
    expect((await decide('--report', one.subject)).err).toContain('--report goes with --go-on or --reported ID')
    const because = ['--reason', 'seen at NCMEC']
    expect((await decide('--report', one.subject, '--reported', names[0] ?? '', ...because)).err).toContain(
      'the id of the earlier report',
    )
    expect((await decide('--report', one.subject, '--reported', '4711', ...because)).out).toContain('not sent again')
    expect((await decide('--report', other.subject, '--go-on')).out).toContain('filed once the pause ends')
    expect((await decide('--rest', 'reports')).out).toContain('0 go on once the pause ends')
    expect((await json()).map(({ decision }) => decision)).toEqual(['was_sent', 'go_on'])
    // Nothing has acted on it while the pause stands; what was closed stays closed.
    const wrong = await decide('--report', one.subject, '--go-on')
    expect(wrong.err).toContain('decided already')
    expect((await decide('--report', other.subject, '--reported', '4712', ...because)).out).toContain('not sent again')
    expect((await json()).map(({ decision }) => decision)).toEqual(['was_sent', 'was_sent'])
    const shown = (await place.run('reports', 'show', one.subject)).out
    expect(shown).toMatch(/CyberTipline report 4711$/m)
    expect(shown).toContain('reason: seen at NCMEC')
  },
  120_000,
)
