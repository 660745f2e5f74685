import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { drawn, kinds, World } from './world.ts'

describe.each(kinds)('on %s, a mail on its way', (database) => {
  it('whose acceptance was never heard of is sent again as the same mail', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    world.mailbox.faults.dropAfterData(1)
    await world.upload(await drawn(1))
    await world.until('the notice', async () => (await noticeState(world)) === 'sent')
    const mails = world.mailbox.messages()
    expect(mails.map(({ answered }) => answered)).toEqual([false, true])
    expect(new Set(mails.map(({ messageId }) => messageId)).size).toBe(1)
    expect(new Set(mails.map(({ text }) => text)).size).toBe(1)
  })

  it('is waited for, and not sent a second time, by whoever takes over its job', async () => {
    await using world = await World.open({ database })
    await using post = await slowPost(world)
    await world.list([drawPicture(1)])
    await world.upload(await drawn(1))
    await world.until('a mail on its way', post.holds)
    // As when the sender's machine slept: the lease has run out, and its holder does not know.
    await world.database.transact((tx) => tx.updateTable('jobs').set({ lease: 'lost', leased_until: 0 }).execute())
    await expect.poll(() => troubleNow(world)).toEqual([expect.stringContaining('another worker began')])
    post.letGo()
    await expect.poll(() => noticeState(world)).toBe('sent')
    await world.until('no work left', async () => (await troubleNow(world)).length === 0)
    expect(world.mailbox.messages()).toHaveLength(1)
  })
})

const noticeState = async (world: World) =>
  (await world.database.read.selectFrom('notices').select('state').execute())[0]?.state

/** A second goes by; what the jobs that are left have to say. */
const troubleNow = async (world: World) => {
  await world.clock.advance(1_000)
  return (await world.database.read.selectFrom('jobs').select('last_error').execute()).map((job) => job.last_error)
}

/** Restarts the world behind a mail server that keeps its answer to the first mail until it is let go. */
async function slowPost(world: World) {
  let holding = false
  const { promise: gate, resolve: letGo } = Promise.withResolvers<void>()
  const server = createServer((client) => {
    const mailbox = connect(world.mailbox.smtpPort, '127.0.0.1')
    for (const socket of [client, mailbox]) socket.on('error', () => {})
    mailbox.pipe(client)
    client.on('data', (chunk: Buffer) => {
      if (!chunk.toString('latin1').endsWith('\r\n.\r\n')) return void mailbox.write(chunk)
      holding = true
      return void gate.then(() => mailbox.write(chunk))
    })
    client.on('close', () => mailbox.end())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  await world.stop()
  await world.start({ mail: { smtpUrl: `smtp://127.0.0.1:${address.port}` } })
  return {
    holds: () => holding,
    letGo,
    [Symbol.asyncDispose]: async () => {
      letGo()
      server.close()
    },
  }
}
