import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import type { Caller } from './caller.ts'
import { callerOf, fileDetailsXml, reportXml } from './caller.ts'
import type { Call, Cybertipline, Route } from './cybertipline.ts'
import { randomPlan, startCybertipline } from './cybertipline.ts'

const bytes = Buffer.from('drawn')
const about = (user: string) => reportXml({ user: `<espIdentifier>${user}</espIdentifier>` })
let tip: Cybertipline
let caller: Caller
beforeEach(async () => {
  tip = await startCybertipline({ clock: new StillClock() })
  caller = callerOf(tip)
})
afterEach(() => tip.close())

const calls = () => tip.inspect().calls
const faultsMet = () => calls().map(({ route, nth, fault }) => `${route} ${nth}${fault ? ` ${fault}` : ''}`)

test('a fault waits for the very call it was aimed at', async () => {
  tip.faults.at({ route: 'status', nth: 3 }, 'bad_gateway')
  expect(tip.faults.waiting()).toEqual([{ route: 'status', nth: 3, fault: { kind: 'bad_gateway' } }])
  for (let call = 0; call < 4; call++) await caller.call('status')
  expect(faultsMet()).toEqual(['status 1', 'status 2', 'status 3 bad_gateway', 'status 4'])
  expect(tip.faults.waiting()).toEqual([])
  expect(() => tip.faults.at({ route: 'status', nth: 4 }, 'bad_gateway')).toThrow('already')
  expect(() => tip.faults.at({ route: 'status', nth: 0 }, 'bad_gateway')).toThrow('from 1')
})

test('a fault finds the incident it was aimed at from the first submit on, and leaves all others alone', async () => {
  tip.faults.at({ route: 'submit', incident: 'ann' }, 'drop_before')
  tip.faults.at({ route: 'upload', incident: 'ann', nth: 2 }, 'drop_after')
  tip.faults.at({ route: 'finish', incident: 'ann' }, 'unavailable')
  const { reportId: bens } = await caller.submit(about('ben'))
  await expect(caller.submit(about('ann'))).rejects.toThrow()
  expect(tip.inspect().reports).toHaveLength(1)
  const { reportId: anns } = await caller.submit(about('ann'))
  await caller.upload(bens, bytes)
  await caller.upload(bens, bytes)
  await caller.upload(anns, bytes)
  await expect(caller.upload(anns, bytes)).rejects.toThrow()
  expect((await caller.finish(bens)).code).toBe('0')
  expect((await caller.finish(anns)).status).toBe(503)
  expect((await caller.finish(anns)).fileIds).toHaveLength(2)
  expect(tip.faults.waiting()).toEqual([])
})

test('a fault finds the n-th report, whatever its incident', async () => {
  tip.faults.at({ route: 'retract', report: 2 }, { kind: 'code', code: 1300 })
  const first = await caller.submit(reportXml())
  const second = await caller.submit(reportXml())
  expect((await caller.retract(first.reportId)).code).toBe('0')
  expect((await caller.retract(second.reportId)).code).toBe('1300')
  expect((await caller.retract(second.reportId)).code).toBe('0')
})

test('a rule sees each call of somebody who may, and what it is about', async () => {
  const seen: Call[] = []
  const end = tip.faults.rule((call) => {
    seen.push(call)
    return call.nthOfIncident === 1 && call.route === 'fileinfo' ? 'truncated_xml' : null
  })
  const { reportId } = await caller.submit(about('ann'))
  const { fileId } = await caller.upload(reportId, bytes)
  expect((await caller.fileinfo(fileDetailsXml(reportId, fileId))).body).not.toContain('</reportResponse>')
  await callerOf(tip, { user: 'nobody', password: 'x' }).finish(reportId)
  expect(seen).toMatchObject([
    { route: 'submit', nth: 1, nthOfIncident: 1, incident: 'ann', report: null, now: tip.clock.now() },
    { route: 'upload', incident: 'ann', report: 1 },
    { route: 'fileinfo', incident: 'ann', report: 1 },
  ])
  end()
  await caller.finish(reportId)
  expect(seen).toHaveLength(3)
})

test('an upload that a rule drops before was read to its end and left nothing', async () => {
  tip.faults.rule(({ route }) => (route === 'upload' ? 'drop_before' : null))
  const { reportId } = await caller.submit(reportXml())
  await expect(caller.upload(reportId, bytes)).rejects.toThrow()
  expect(tip.inspect().reports[0]?.files).toEqual([])
})

test('a connection cut midway took effect, and half an answer arrived', async () => {
  const { reportId } = await caller.submit(reportXml())
  tip.faults.next('finish', 'drop_midway')
  await expect(caller.finish(reportId)).rejects.toThrow()
  expect(tip.inspect().reports[0]).toMatchObject({ state: 'finished', receipts: [{ whole: false }] })
  expect(calls().at(-1)).toMatchObject({ route: 'finish', status: 200, fault: 'drop_midway' })
})

const whatFails = (seed: number, share: number, order: readonly string[]): string[] => {
  const rule = randomPlan({ seed, share, most: 2 })
  const counts = new Map<string, number>()
  const failing: string[] = []
  for (const [place, name] of order.entries()) {
    const [incident = '', route = ''] = name.split(' ')
    const nthOfIncident = (counts.get(name) ?? 0) + 1
    counts.set(name, nthOfIncident)
    const fault = rule({ route: route as Route, nth: place + 1, nthOfIncident, incident, report: 1, now: 0 })
    if (fault) failing.push(`${name} ${nthOfIncident} ${JSON.stringify(fault)}`)
  }
  return failing.sort()
}

test('a random plan is the same for an incident whatever came between, never more than so many, and another by another seed', () => {
  const own = ['submit', 'upload', 'upload', 'fileinfo', 'fileinfo', 'finish'].map((route) => `ann ${route}`)
  const others = fc.array(fc.tuple(fc.constantFrom('ben', 'cleo'), fc.constantFrom('submit', 'upload', 'finish')))
  fc.assert(
    fc.property(fc.integer(), others, (seed, strangers) => {
      const alone = whatFails(seed, 0.5, own)
      const between = own.flatMap((call, place) => [
        call,
        ...strangers.slice(place, place + 1).map((one) => one.join(' ')),
      ])
      expect(whatFails(seed, 0.5, between).filter((one) => one.startsWith('ann'))).toEqual(alone)
      expect(alone.length).toBeLessThanOrEqual(2)
    }),
  )
  expect(whatFails(1, 0, own)).toEqual([])
  expect(whatFails(1, 1, own)).toHaveLength(2)
  expect(new Set(Array.from({ length: 20 }, (_, seed) => whatFails(seed, 0.5, own).join())).size).toBeGreaterThan(10)
})

test('a random plan that is none says why', () => {
  expect(() => randomPlan({ seed: Number.NaN, share: 1 })).toThrow('seed')
  expect(() => randomPlan({ seed: 1, share: 2 })).toThrow('between 0 and 1')
  expect(() => randomPlan({ seed: 1, share: 1, most: -1 })).toThrow('most')
  expect(() => randomPlan({ seed: 1, share: 1, routes: ['nowhere' as Route] })).toThrow('nowhere')
  expect(() => randomPlan({ seed: 1, share: 1, faults: ['earthquake' as 'delay'] })).toThrow('earthquake')
})

test('a hundred filings under a random plan all end once, for a caller who tries again and starts anew when in doubt', async () => {
  tip.faults.rule(
    randomPlan({ seed: 11, share: 0.4, faults: ['drop_before', 'drop_after', 'drop_midway', 'bad_gateway'] }),
  )
  const again = async (act: () => Promise<{ code: string | undefined }>): Promise<string> => {
    for (;;) {
      const code = await act().then(
        (reply) => reply.code,
        () => undefined,
      )
      if (code !== undefined) return code
    }
  }
  for (let number = 0; number < 100; number++) {
    let reportId = ''
    await again(async () => {
      const reply = await caller.submit(about(`user-${number}`))
      reportId = reply.reportId
      return reply
    })
    expect(['0', '5102']).toContain(await again(() => caller.finish(reportId)))
  }
  const { reports, calls } = tip.inspect()
  expect(reports.filter(({ state }) => state === 'finished')).toHaveLength(100)
  expect(calls.filter(({ fault }) => fault !== null).length).toBeGreaterThan(50)
})
