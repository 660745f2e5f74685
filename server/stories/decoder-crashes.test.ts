import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { setTimeout as realWait } from 'node:timers/promises'
import { drawPicture, encode } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { drawn, kinds, World } from './world.ts'

/** The decoders, children of this process, and their resident memory in MB. */
function decoders(): { pid: number; residentMb: number }[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,rss=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [pid, ppid, rss, ...args] = line.trim().split(/\s+/)
    const isOurs = Number(ppid) === process.pid && args.some((arg) => arg.includes('/hash/'))
    return isOurs ? [{ pid: Number(pid), residentMb: Number(rss) / 1024 }] : []
  })
}

/** Ends the decoder with a real crash once the large picture in it shows in its memory. */
async function crashInTheMiddle(): Promise<void> {
  const atRest = Math.max(...decoders().map(({ residentMb }) => residentMb))
  for (let turn = 0; turn < 5_000; turn += 1) {
    const busy = decoders().find(({ residentMb }) => residentMb > atRest + 40)
    if (busy) return void process.kill(busy.pid, 'SIGSEGV')
    await realWait(2)
  }
  throw new Error('no decoder was seen at work')
}

describe.each(kinds)('on %s, when the decoder crashes', (database) => {
  it('only its image is unscannable; the server answers the next one', async () => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    expect((await world.upload(await drawn(2))).body.verdict).toBe('clear')
    const large = await encode(drawPicture(3, { width: 6000, height: 4500 }), 'png')
    const answer = world.upload(large)
    await crashInTheMiddle()
    expect((await answer).body).toMatchObject({ verdict: 'unscannable', reason: 'decoder_crashed' })
    expect((await world.upload(await drawn(1))).body.verdict).toBe('held')
  })

  it('a file that is known by its digest is held although no picture could be read', async () => {
    await using world = await World.open({ database })
    const bytes = Buffer.concat([(await drawn(4)).subarray(0, 20), Buffer.alloc(2000, 7)])
    const value = createHash('sha1').update(bytes).digest('hex')
    await world.listRows([JSON.stringify({ source: 's', entryId: '1', algorithm: 'sha1', value, class: 'test' })])
    expect((await world.upload(bytes)).body.verdict).toBe('held')
    expect((await world.upload(bytes.subarray(1))).body.verdict).toBe('unscannable')
    await world.until('the report', () => world.finishedReports().length === 1)
  })
})
