// The tray through the real launcher: what fits no case is listed without its words, opened under a name, and decided.

import { drawPicture } from '@wardline/sandbox'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Dovecot, letterTo, openTestBox, startDovecot } from '../../../server/src/letters/testing.ts'
import { drawn, World } from '../../../server/stories/world.ts'
import { openPlace } from '../testing.ts'

let dovecot: Dovecot
beforeAll(async () => {
  dovecot = await startDovecot()
})
afterAll(() => dovecot.stop())

it('a letter without a tag is seen, opened by a named person, attached to its notice, and another one dismissed', async () => {
  const box = openTestBox(dovecot)
  const reading = { mail: { imapUrl: box.imapUrl, address: 'appeals@platform.example' } }
  await using world = await World.open({ database: 'postgres', config: { appeals: reading } })
  const { data, vault, database } = world.wardline.ground.config
  await using place = await openPlace({ data, vault, database, appeals: reading })
  await world.list([drawPicture(1)])
  await world.upload(await drawn(1))
  await world.until('the notice', () => world.mailbox.messages().length > 0)
  const [notice] = await world.database.read.selectFrom('notices').select(['id', 'case_id']).execute()
  await box.deliver(
    letterTo('appeals@platform.example', 'It is my\nown house.'),
    letterTo('appeals@platform.example', 'Buy this.'),
  )
  await world.until('both', async () => {
    return (await world.database.read.selectFrom('letters').select('id').execute()).length === 2
  })

  const listed = await place.run('letters', 'list', '--state', 'waiting')
  expect(listed.out).toMatch(/^ *1 +waiting +letter +no_tag +19 /m)
  expect(listed.out).not.toMatch(/house|users\.example/)
  await place.run('people', 'add', 'Rita', '--email', 'rita@x.example', '--role', 'reviewer')
  const rita = ['--as', 'rita@x.example']
  const shown = await place.run('letters', 'show', '1', ...rita)
  expect(shown.out).toContain('| It is my\n| own house.')
  expect(shown.out).toContain('somebody@users.example (anybody can write any address here)')
  const attached = await place.run('letters', 'attach', '1', '--notice', notice?.id ?? '', ...rita)
  expect(attached).toMatchObject({ code: 0, out: expect.stringContaining('an appeal in case 1') })
  const dismissed = await place.run('letters', 'dismiss', '2', '--reason', 'an advertisement', ...rita)
  expect(dismissed).toMatchObject({ code: 0, out: 'Letter 2: dismissed.\n' })
  expect((await place.run('audit', 'show')).out).toMatch(/open_letter[\s\S]*attach_letter[\s\S]*dismiss_letter/)
})
