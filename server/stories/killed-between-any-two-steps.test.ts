import { once } from 'node:events'
import { setTimeout as realWait } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { type ConfigOverrides, loadConfig } from '#config'
import { openDatabase } from '#db'
import { databaseSettings } from '../src/ground.ts'
import { aMinuteLater, deploy, start, upload } from './deployment.ts'
import { type Kind, kinds } from './world.ts'

describe.each(kinds)('on %s, a server that is killed', (kind) => {
  it('ends with exactly one finished report and one notice, whichever journaled step it dies after', async () => {
    const steps = await life(kind, null)
    expect(steps).toEqual(
      expect.arrayContaining(['preserve', 'hold', 'settle', 'submit begun', 'upload:1 done', 'finish done']),
    )
    expect(steps.length).toBeGreaterThanOrEqual(13)
    await inLanes(4, steps, (step) => life(kind, step))
  }, 240_000)
})

/** One upload on a fresh deployment, the server dying once after `dieAfter`; asserts the end and gives the steps seen. */
async function life(kind: Kind, dieAfter: string | null): Promise<string[]> {
  await using outside = await deploy(kind)
  const first = await start(outside, { dieAfter })
  const died = once(first.child, 'exit')
  const answered = await upload(first.url, outside).catch(() => undefined)
  let running = first
  if (dieAfter !== null) {
    const [, signal] = await died
    expect(signal, `dies after "${dieAfter}"`).toBe('SIGKILL')
    if (answered === undefined) await aMinuteLater(outside)
    running = await start(outside)
    if (answered === undefined) expect(await upload(running.url, outside)).toBe('held')
  } else expect(answered).toBe('held')

  await outside.mailbox.waitFor(() => true, 60_000)
  await untilIdle(outside)
  const { reports } = outside.cybertipline.inspect()
  expect(
    reports.filter((report) => report.state === 'finished').map((report) => report.files.length),
    `after "${dieAfter}"`,
  ).toEqual([1])
  // A submit whose answer was lost may leave an empty report, which expires by itself; one with a file never stays open.
  expect(reports.filter((report) => report.state === 'open' && report.files.length > 0)).toEqual([])
  // No journaled step lies between the mail server's yes and our writing it down, so each of these lives sends one mail.
  expect(outside.mailbox.messages().length, `mails after "${dieAfter}"`).toBe(1)
  running.child.kill('SIGTERM')
  await once(running.child, 'exit')
  return running.steps
}

/** Until nothing is left to do, so that a second report or mail would have been seen. */
async function untilIdle({ config, folder }: { config: ConfigOverrides; folder: string }): Promise<void> {
  await using database = openDatabase(databaseSettings(loadConfig({ env: {}, overrides: config, folder })))
  for (let turn = 0; turn < 3_000; turn += 1) {
    const jobs = await database.read.selectFrom('jobs').select('id').execute()
    const notices = await database.read.selectFrom('notices').select('state').execute()
    if (jobs.length === 0 && notices.some(({ state }) => state === 'sent')) return
    await realWait(10)
  }
  throw new Error('work was left over')
}

async function inLanes<T>(lanes: number, all: readonly T[], work: (one: T) => Promise<unknown>): Promise<void> {
  const left = [...all]
  const lane = async () => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one)
  }
  await Promise.all(Array.from({ length: lanes }, lane))
}
