import { once } from 'node:events'
import { expect, it } from 'vitest'
import { deploy, start, upload } from './deployment.ts'
import { openPlatform, secretOf } from './platform.ts'
import { kinds } from './world.ts'

it.each(kinds)(
  'on %s, a server that is killed while the platform takes an event sends it again, as the same',
  async (kind) => {
    await using outside = await deploy(kind)
    await using platform = await openPlatform({ now: () => Date.now() })
    const config = { ...outside.config, webhooks: { url: platform.url, secrets: [secretOf(7)] } }
    const first = await start({ ...outside, config })
    // It has the event, and the server never hears so.
    platform.state.hangs = true
    const answered = upload(first.url, outside).catch(() => undefined)
    await expect.poll(() => platform.state.tries, { timeout: 20_000 }).toBeGreaterThan(0)
    const died = once(first.child, 'exit')
    first.child.kill('SIGKILL')
    await died
    await answered
    platform.state.hangs = false
    const second = await start({ ...outside, config })
    await expect
      .poll(() => platform.types().sort(), { timeout: 30_000 })
      .toEqual(['account.action_requested', 'case.held', 'notice.sent', 'report.finished'])
    const cut = platform.begun[0]
    expect(platform.heard.filter(({ id }) => id === cut?.id).map(({ body }) => body)).toEqual([cut?.body])
    const gone = once(second.child, 'exit')
    second.child.kill('SIGTERM')
    await gone
  },
  90_000,
)
