// An appeal heard at the terminal, through the real launcher beside a running server.
import { drawPicture } from '@wardline/sandbox'
import { addPerson } from '@wardline/server/access'
import { expect, it } from 'vitest'
import { drawn, World } from '../../../server/stories/world.ts'
import { openPlace } from '../testing.ts'

it('an appeal is listed, shown, given back, decided and looked at again, each time by another person', async () => {
  await using world = await World.open({ database: 'sqlite', config: { appeals: { secondLook: true } } })
  // The command has no other clock than the machine's.
  world.clock.set(Date.now())
  const { config } = world.wardline.ground
  const { data, vault } = config
  await using place = await openPlace({ data, vault, database: config.database, appeals: { secondLook: true } })
  await world.list([drawPicture(1)])
  await world.upload(await drawn(1), { account: { id: 'a', email: 'a@users.example' } })
  await world.until('the notice', () => world.mailbox.messages().length === 1)
  const token = /\/appeals\/(\S+)/.exec(world.mailbox.messages()[0]?.text ?? '')?.[1]
  const body = JSON.stringify({ token, words: 'It was my cat.\nTruly.' })
  const headers = { 'content-type': 'application/json', authorization: '' }
  expect((await world.ask('POST', '/v1/appeals', { body, headers })).status).toBe(201)
  await world.until('that it was opened', async () => (await alerts()).includes('appeal.waiting'))

  const nobody = await place.run('appeals', 'show', '1')
  expect(nobody.out).toContain('NOBODY CAN HEAR IT: nobody here may hear appeals')
  expect(nobody.out).toContain('wardline people add NAME --email ADDRESS --role reviewer')
  const listed = await place.run('appeals', 'list')
  expect(listed.out).toMatch(/^ +1 +waiting .* NOBODY CAN$/m)
  expect(listed.out).toContain('`wardline people add NAME --email ADDRESS --role reviewer`')
  expect((await place.run('doctor')).out).toMatch(/appeals +1 waits for a decision; 1 can be heard by nobody/)
  await add('Ada')
  await world.until('Ada', async () => (await hearers()).length === 1)
  const shown = await place.run('appeals', 'show', '1')
  expect(shown.out).toMatch(/^Appeal 1 \(appeal_\w+\): assigned$/m)
  expect(shown.out).toContain('  Ada hears it\n')
  expect(shown.out).toContain('  | It was my cat.\n  | Truly.\n')
  expect(shown.out).toContain('The case was filed by rule: nobody decided about it')
  expect(shown.out).toMatch(/^ {2}ground 1:1 {2}test: PDQ \d+ of 256 bits away \(radius 31\), list "demo"$/m)
  expect(shown.out).not.toMatch(/[0-9a-f]{32}|users\.example/)
  expect((await place.run('cases', 'show', '1')).out).toMatch(/^Appeal 1 of .*: assigned, to be decided by /m)

  await add('Bert')
  const as = (name: string) => ['--as', `${name}@x.example`]
  const back = await place.run('appeals', 'hand-back', '1', ...as('ada'), '--reason', 'I know them')
  expect(back).toMatchObject({ code: 0, out: 'Appeal 1: it is now "assigned".\nBert hears it.\n' })
  const unnamed = ['decide', '1', ...as('bert'), '--outcome', 'overturned_entry', '--reason', 'x']
  expect((await place.run('appeals', ...unnamed)).err).toContain('--ground FILE:N')
  expect((await place.run('appeals', ...unnamed, '--ground', '9')).err).toContain('FILE:N')
  expect((await place.run('appeals', ...unnamed, '--ground', '9:1')).err).toContain('a file that this case has not')
  expect((await place.run('appeals', ...unnamed, '--ground', '1:9')).err).toContain('no such ground')

  const upheld = await place.run('appeals', 'decide', '1', ...as('bert'), '--outcome', 'upheld', '--reason', 'it is so')
  expect(upheld.out).toContain('it is now "second_look".\nNobody can hear it: everybody here who may hear appeals')
  await add('Cleo')
  await world.until('Cleo', async () => (await hearers()).length === 3)
  expect((await place.run('appeals', '--of', 'cleo@x.example')).out).toMatch(/^ +1 +second_look +1 .* Cleo$/m)
  const looked = ['second-look', '1', ...as('cleo'), '--outcome', 'overturned_entry', '--reason', 'a cat']
  expect(await place.run('appeals', ...looked, '--ground', '1:1')).toMatchObject({
    code: 0,
    out: 'Appeal 1: it is now "overturned_entry".\n',
  })
  const told = (await place.run('appeals', 'show', '1')).out
  expect(told).toMatch(/^Hearing by Ada, since .*: given back, /m)
  expect(told).toMatch(/^Hearing by Bert, since .*: upheld, .*\n {2}reason: it is so$/m)
  expect(told).toMatch(
    /^Second look by Cleo, .*: overturned_entry, .*\n {2}reason: a cat\n {2}wrong entries: ground 1:1$/m,
  )

  async function add(name: string) {
    const person = { name, email: `${name.toLowerCase()}@x.example`, roles: ['reviewer'] as const }
    await world.database.transact((tx) => addPerson(tx, world.clock, person))
  }
  async function alerts(): Promise<readonly string[]> {
    return (await world.database.read.selectFrom('operator_alerts').select('type').execute()).map(({ type }) => type)
  }
  function hearers() {
    return world.database.read.selectFrom('appeal_hearings').select('person').execute()
  }
}, 120_000)
