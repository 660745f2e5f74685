import { once } from 'node:events'
import { setTimeout as realWait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { deploy, start, upload } from './deployment.ts'
import { kinds } from './world.ts'

describe.each(kinds)('on %s, when the evidence does not fit on the disk', (kind) => {
  it('the upload is answered with a problem and never with a verdict, and is held once there is room', async () => {
    await using outside = await deploy(kind)
    // A decoder reads the picture and passes over what follows it; the evidence is all of the bytes.
    const large = Buffer.concat([outside.bytes, Buffer.alloc(12 * 1024 * 1024)])
    const full = await start(outside, { largestFileKb: 8 * 1024 })
    expect(await upload(full.url, { ...outside, bytes: large })).toBe('problem 503')
    expect(full.steps).toEqual([])
    // What fits is still served.
    expect(await upload(full.url, { ...outside, requestKey: 'small' })).toBe('held')
    await outside.mailbox.waitFor(() => true, 30_000)
    full.child.kill('SIGTERM')
    await once(full.child, 'exit')

    const roomy = await start(outside)
    expect(await upload(roomy.url, { ...outside, bytes: large })).toBe('held')
    const finished = () => outside.cybertipline.inspect().reports.filter((report) => report.state === 'finished')
    for (let turn = 0; turn < 2_000 && finished().length < 2; turn += 1) await realWait(10)
    expect(finished().map((report) => report.files.map((file) => file.sizeBytes))).toEqual([
      [outside.bytes.byteLength],
      [large.byteLength],
    ])
    roomy.child.kill('SIGTERM')
    await once(roomy.child, 'exit')
  })
})
