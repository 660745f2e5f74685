// A case that cannot wait, at the terminal: confirmed while it settles, and what its notice waits for, told where the case is shown.
import { drawPicture } from '@wardline/sandbox'
import { expect, it } from 'vitest'
import { drawn, World } from '../../../server/stories/world.ts'
import { openPlace } from '../testing.ts'

it('is confirmed while it settles; its notice says whom it waits for, by command, name and number', async () => {
  await using world = await World.open({ database: 'sqlite', config: { rules: { settleSeconds: 3_600 } } })
  // The command has no other clock than the machine's.
  world.clock.set(Date.now())
  const { config } = world.wardline.ground
  const { data, vault, cybertip, mail, notices } = config
  await using place = await openPlace({ data, vault, database: config.database, cybertip, mail, notices })
  await world.list([drawPicture(1)])
  await world.upload(await drawn(1), { account: { id: 'a', email: 'a@users.example' } })
  const add = (name: string, role: string) =>
    place.run('people', 'add', name, '--email', `${name.toLowerCase()}@x.example`, '--role', role)
  await add('Rita', 'reviewer')
  await add('Cora', 'counsel')
  const shown = async () => (await place.run('cases', 'show', '1')).out
  expect(await shown()).toMatch(/settling[\s\S]*filed by rule from .*; at once, in your words, when you confirm it/)

  const rita = ['--as', 'rita@x.example']
  const confirmed = await place.run('cases', 'confirm', '1', ...rita, '--escalate', 'the child is there now')
  expect(confirmed).toMatchObject({ code: 0, out: expect.stringContaining('It is now "reporting"') })
  await world.until('its report', async () => (await shown()).includes('finished 2'))
  const [, id = ''] = /wardline notices release (\S+) --as EMAIL --reason TEXT/.exec(await shown()) ?? []
  expect(id).toMatch(/^notice_/)
  const again = await place.run('cases', 'confirm', '1', ...rita)
  expect(again).toMatchObject({
    code: 2,
    err: expect.stringContaining('This case is "reported": it cannot be confirmed'),
  })

  const hold = (until: string) =>
    place.run(
      ...['notices', 'hold', 'add', '--case', '1', '--kind', 'court_order', '--authority', 'a court'],
      ...['--document', 'ab'.repeat(32), '--until', until, '--as', 'cora@x.example'],
    )
  const odd = await hold('2999-02-31')
  expect(odd).toMatchObject({ code: 2, err: expect.stringContaining('there is no such day or time as 2999-02-31') })
  const until = `${new Date().getUTCFullYear() + 2}-02-28`
  expect(await hold(until)).toMatchObject({ code: 0 })
  expect(await shown()).toContain(`legal hold until ${until} 23:59:59Z`)
  const holds = (await place.run('notices', 'hold', 'list', '--as', 'cora@x.example')).out
  expect(holds).toMatch(/ case 1 .* Cora$/m)
  const released = await place.run('notices', 'release', id, '--reason', 'they agreed', '--as', 'cora@x.example')
  expect(released.out).toContain(`a legal hold has it until ${until} 23:59:59Z`)
  expect((await place.run('notices', 'show', id)).out).toContain('  case 1, report ')
  expect((await place.run('notices', 'show', 'notice_none')).err).toContain('`wardline notices list` shows them all')
  const twice = await place.run('notices', 'retry', id)
  expect(twice.err).toMatch(/only a dead one can be tried again\.\n`wardline notices list` says where each stands/)
  const figures = await place.run('stats', '--since', '2026-03-01', '--until', '2026-02-01')
  expect((await place.run('stats', '--since', '2999-01-01')).err).toContain('--since lies in the future')
  expect(figures).toMatchObject({ code: 2, err: expect.stringContaining('--since must be before --until') })
}, 120_000)
