import { drawPicture } from '@wardline/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { appealsOfCase } from '#appeals'
import { type Dovecot, letterTo, openTestBox, startDovecot, type TestBox } from '../src/letters/testing.ts'
import { drawn, type Kind, kinds, World } from './world.ts'

let dovecot: Dovecot
beforeAll(async () => {
  dovecot = await startDovecot()
})
afterAll(() => dovecot.stop())

const address = 'appeals@platform.example'

/** A server that reads letters, and the tagged address of the one notice that it has sent. */
async function told(database: Kind): Promise<{ world: World; box: TestBox; replyTo: string } & AsyncDisposable> {
  const box = openTestBox(dovecot)
  const world = await World.open({
    database,
    config: { appeals: { mail: { imapUrl: box.imapUrl, address, everySeconds: 60 } } },
  })
  await world.list([drawPicture(1)])
  await world.upload(await drawn(1))
  await world.until('the notice', () => world.mailbox.messages().length > 0)
  const [notice] = world.mailbox.messages()
  const replyTo = notice?.headers['reply-to'] ?? ''
  expect(replyTo).toMatch(/^appeals\+[0-9a-z]{48}@platform\.example$/)
  // So that a mail server that cannot deliver it says so there.
  expect(notice?.envelope.from).toBe(replyTo)
  return { world, box, replyTo, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

const wordsOfCase = async ({ database, wardline }: World) => {
  const { id } = await database.read.selectFrom('cases').select('id').executeTakeFirstOrThrow()
  const appeals = await appealsOfCase(database.read, wardline.ground.vault, id)
  return appeals.flatMap((appeal) => appeal.words.map(({ words }) => words))
}
const rows = (world: World) => world.database.read.selectFrom('letters').selectAll().orderBy('number').execute()

describe.each(kinds)('on %s, mail to the appeals address', (database) => {
  it('is read, put with the notice that its tag names, moved aside, and never read a second time', async () => {
    await using story = await told(database)
    const { world, box, replyTo } = story
    await box.deliver(
      letterTo(replyTo, 'It is a drawing of my house.\n\nOn Sunday Forum wrote:\n> Hello,\n> we are writing'),
    )
    await box.deliver(letterTo(`Appeals <${replyTo.toUpperCase()}>`, 'And a second word.'))
    await world.until('the words', async () => (await wordsOfCase(world)).length === 2)
    expect(await wordsOfCase(world)).toEqual([
      'It is a drawing of my house.\n\nOn Sunday Forum wrote:',
      'And a second word.',
    ])
    await world.until('it lies aside', async () => (await box.lies('Wardline read')).length === 2)
    expect(await box.lies('INBOX')).toEqual([])
    await world.pass(300_000)
    expect((await rows(world)).map(({ state }) => state)).toEqual(['threaded', 'threaded'])
  })
})
