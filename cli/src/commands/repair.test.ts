// A repair at the terminal, through the real launcher beside a running server.
import { expect, it } from 'vitest'
import { account, hear, openRepairing, states, untilRepair } from '../../../server/stories/repairing.ts'
import { drawn } from '../../../server/stories/world.ts'
import { openPlace } from '../testing.ts'

it('a repair is listed, approved by two, shown with its letter, and has a new report where somebody chooses it', async () => {
  await using all = await openRepairing('sqlite')
  const { world, ada } = all
  // The command has no other clock than the machine's.
  world.clock.set(Date.now())
  const { config } = world.wardline.ground
  await using place = await openPlace({
    data: config.data,
    vault: config.vault,
    database: config.database,
    cybertip: config.cybertip,
  })
  await world.upload(await drawn(1), { account: account('u1') })
  await world.pass(601_000)
  await world.until('reported', async () => (await states(world))[0] === 'reported')
  const number = await hear(world, 'entry', ada)
  expect((await place.run('repair', 'list')).out).toMatch(/^ *1 +gathered +entry +1 +0 /m)
  const answer = (verb: string, name: string, ...more: readonly string[]) =>
    place.run('repair', verb, '1', '--as', `${name}@x.example`, ...more)
  const why = ['--reason', 'a beach, on all of them']
  expect((await answer('approve', 'ada', ...why)).err).toContain('decided one of these cases before')
  expect((await answer('approve', 'bea', ...why)).out).toContain('waits for another person')
  expect((await answer('approve', 'cy', ...why)).out).toContain('is approved')
  world.wardline.river.wake()
  await untilRepair(world, number, 'done')
  expect((await answer('sent', 'bea')).err).toMatch(/^Nobody has opened the letter of repair 1/)
  expect((await answer('letter', 'bea')).out).toMatch(/CyberTipline report \d+, our reference report_sandbox_/)
  expect((await answer('sent', 'cy')).out).toContain('is marked as sent')
  expect((await answer('report', 'bea', '--reason', 'they asked')).out).toContain('1 new report of repair 1 is filed')
  const shown = (await place.run('repair', 'show', '1')).out
  expect(shown).toMatch(/new report report_sandbox_\w+ takes back report_sandbox_\w+: /)
  expect(shown).toMatch(/new reports, bea: they asked/)
  expect(shown).not.toMatch(/[0-9a-f]{32}|users\.example/)
  for (const told of [await place.run('cases', 'show', '1'), await place.run('reports', 'explain', '1')])
    expect(told.out).toMatch(/It was an error: repair 1 .*\n.*taken back by report_sandbox_\w+.*\n.*was sent /)
  expect((await place.run('reports', 'list')).out).toContain('takes one back')
})
