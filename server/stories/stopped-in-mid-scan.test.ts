import { once } from 'node:events'
import { setTimeout as realWait } from 'node:timers/promises'
import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { deploy, start, upload } from './deployment.ts'
import { kinds } from './world.ts'

describe.each(kinds)('on %s, a server that is asked to stop in the middle of a scan', (kind) => {
  it('answers it, takes no more, and what it held is reported after the next start', async () => {
    await using outside = await deploy(kind)
    const first = await start(outside)
    const gone = once(first.child, 'exit')
    const bytes = await encode(drawPicture(1, { width: 6000, height: 4500 }), 'png')
    const answer = upload(first.url, { ...outside, bytes })
    await realWait(400)
    first.child.kill('SIGTERM')
    expect(await answer).toBe('held')
    expect(await gone).toEqual([0, null])
    await expect(upload(first.url, outside)).rejects.toThrow()

    const second = await start(outside)
    await outside.mailbox.waitFor(() => true, 30_000)
    expect(outside.cybertipline.inspect().reports.filter((report) => report.state === 'finished')).toHaveLength(1)
    second.child.kill('SIGTERM')
    await once(second.child, 'exit')
  })
})
