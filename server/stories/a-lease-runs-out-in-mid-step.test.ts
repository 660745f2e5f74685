// A machine that slept in the middle of a call finds its report taken over: what it then says is not written over its heir's work.
import { drawPicture } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { countJobs } from '#jobs'
import { openWardline } from '../src/main.ts'
import { drawn, kinds, World } from './world.ts'

const routes = ['submit', 'upload', 'fileinfo', 'finish'] as const

describe.each(kinds)('on %s a lease that runs out', (database) => {
  it.each(routes)('in the middle of %s leaves one finished report, whoever goes on', async (route) => {
    await using world = await World.open({ database })
    await world.list([drawPicture(1)])
    let answer = () => {}
    const until = new Promise<void>((resolve) => {
      answer = resolve
    })
    world.cybertipline.faults.next(route, { kind: 'delay', processed: true, until })
    await world.upload(await drawn(1))
    await world.until('the call, which has taken effect', () => tookEffect(world, route))
    // Another one takes the job at once: the sleeper's lease has run out on the database's clock, and the job is due again.
    await world.database.transact((tx) =>
      tx
        .updateTable('jobs')
        .set({ state: 'waiting', lease: null, leased_until: null })
        .where('kind', '=', 'file')
        .execute(),
    )
    await using heir = await secondHand(world)
    try {
      await world.until('the heir has finished it', () => {
        heir.wake()
        return world.finishedReports().length === 1
      })
    } finally {
      answer()
    }
    await world.until('nobody works', async () => (await countJobs(world.database.read)).running === 0)
    await world.until('the notice', () => world.mailbox.messages().length === 1)
    await world.pass(60_000)
    const { reports } = world.cybertipline.inspect()
    expect(world.finishedReports()).toHaveLength(1)
    expect(world.finishedReports()[0]?.files).toHaveLength(1)
    // An orphan of a submit holds nothing and dies; one with a file was taken back.
    expect(reports.filter(({ state, files }) => state === 'open' && files.length > 0)).toEqual([])
    const report = await world.database.read.selectFrom('reports').selectAll().executeTakeFirstOrThrow()
    expect(report).toMatchObject({ state: 'finished', remote_id: world.finishedReports()[0]?.id, intent_id: null })
    expect(report.receipt_sealed).not.toBeNull()
    expect(world.mailbox.messages()).toHaveLength(1)
  })
})

/** At the CyberTipline, though nobody here knows. */
function tookEffect(world: World, route: (typeof routes)[number]): boolean {
  const [report] = world.cybertipline.inspect().reports
  switch (route) {
    case 'submit':
      return report !== undefined
    case 'upload':
      return report?.files.length === 1
    case 'fileinfo':
      return report?.files.some(({ fileDetailsXml }) => fileDetailsXml !== null) === true
    case 'finish':
      return report?.state === 'finished'
  }
}

/** A worker that is not asleep: on PostgreSQL a second server; SQLite has one process, whose other hands take it. */
async function secondHand({ wardline: { ground, river } }: World): Promise<AsyncDisposable & { wake(): void }> {
  if (ground.database.kind === 'sqlite') return { wake: river.wake, [Symbol.asyncDispose]: async () => {} }
  const { config, clock, log } = ground
  const other = await openWardline(config, { clock, log })
  return { wake: other.river.wake, [Symbol.asyncDispose]: () => other.close() }
}
