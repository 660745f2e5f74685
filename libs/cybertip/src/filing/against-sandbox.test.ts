// Whole filings over real sockets, with one thing going wrong at one step: NCMEC's status codes are not known, so both maps must do.
import { createHash } from 'node:crypto'
import { type Cybertipline, type FaultLike, type Route, StillClock, startCybertipline } from '@wardline/sandbox'
import { describe, expect, it } from 'vitest'
import { openCybertip } from '../client/client.ts'
import { type Material, perform } from '../client/perform.ts'
import { minimalReport } from '../testing/reports.ts'
import { toXml } from '../xml/to-xml.ts'
import { after, begin, draft, type FilingState, next } from './filing.ts'

const bytes = (localId: string) => Buffer.from(`drawn picture ${localId}`)
const files = ['a', 'b'].map((localId) => ({
  localId,
  md5: createHash('md5').update(bytes(localId)).digest('hex'),
  details: true,
}))
const start = Date.parse('2026-11-22T12:00:00Z')

const material: Material = {
  report: () => toXml('report', minimalReport),
  file: (localId) => ({ fileName: `${localId}.bin`, open: () => bytes(localId) }),
  fileDetails: ({ reportId, fileId }) => toXml('fileDetails', { reportId, fileId, fileViewedByEsp: false }),
}

/** Until there is nothing left to do; waits cost no time. */
async function file(tip: Cybertipline, clock: StillClock): Promise<FilingState> {
  const { user: username, password } = tip.credentials
  const client = openCybertip({ environment: 'sandbox', baseUrl: tip.baseUrl, username, password, timeoutMs: 5_000 })
  let state: FilingState = draft(files)
  for (let turns = 0; turns < 100; turns += 1) {
    const action = next(state, new Date(clock.now()))
    if (action.do === 'nothing') return state
    if (action.do === 'wait') clock.set(action.untilMs)
    else {
      state = JSON.parse(JSON.stringify(begin(state, action)))
      const result = await perform(client, action, material)
      const outcome = result.kind === 'fault' ? result.facts() : result
      state = JSON.parse(JSON.stringify(after(state, action, outcome, new Date(clock.now()))))
    }
  }
  throw new Error('it does not end')
}

const steps: readonly Route[] = ['submit', 'upload', 'fileinfo', 'finish']
const passing: readonly FaultLike[] = [
  'drop_before',
  'drop_after',
  'truncated_xml',
  'html_page',
  { kind: 'html_page', status: 200, processed: true },
  { kind: 'too_many_requests', retryAfter: 90 },
  'bad_gateway',
  { kind: 'bad_gateway', processed: true },
  { kind: 'unavailable', retryAfter: 90, processed: true },
  { kind: 'code', code: 1000 },
  { kind: 'code', code: 1111 },
  { kind: 'code', code: 2000 },
  { kind: 'code', code: 5001 },
  { kind: 'code', code: 5001, processed: true },
  'extra_elements',
]
const ofOneStep: readonly (readonly [Route, FaultLike])[] = [
  ['upload', 'wrong_md5'],
  ['upload', 'duplicate_file_id'],
  ['finish', 'report_response_root'],
  ['finish', { kind: 'code', code: 4999, processed: true }],
]
const plans = [...steps.flatMap((step) => passing.map((fault) => [step, fault] as const)), ...ofOneStep]

describe.each(['default', 'legacy200'] as const)('with the status map %s', (statusMap) => {
  it('one passing trouble at any step: exactly one finished report with both files, none left open', {
    timeout: 120_000,
  }, async () => {
    for (const [step, fault] of plans) {
      const clock = new StillClock(start)
      await using tip = await startCybertipline({ clock, statusMap, charsetHeader: 'ISO-8859-1' })
      tip.faults.next(step, fault)
      const state = await file(tip, clock)
      const plan = `${step} ${JSON.stringify(fault)}`
      // A submit that is told its report does not exist makes no sense, and a person looks at it.
      const wanted = step === 'submit' && plan.includes('5001') ? 'needs_person' : 'finished'
      expect([plan, state.kind]).toEqual([plan, wanted])
      const { reports } = tip.inspect()
      const finished = reports.filter((report) => report.state === 'finished')
      expect([plan, finished.map((report) => report.files.map(({ md5 }) => md5))]).toEqual([
        plan,
        wanted === 'finished' ? [files.map(({ md5 }) => md5)] : [],
      ])
      // What is still open has no file: its id never came.
      expect([plan, reports.filter((report) => report.state === 'open' && report.files.length > 0)]).toEqual([plan, []])
    }
  })

  it('what is refused for good is retracted at once, and a person is told the code', async () => {
    for (const step of ['upload', 'fileinfo', 'finish'] as const) {
      const clock = new StillClock(start)
      await using tip = await startCybertipline({ clock, statusMap })
      tip.faults.next(step, { kind: 'code', code: 4100 })
      expect(await file(tip, clock)).toMatchObject({
        kind: 'needs_person',
        why: 'not_accepted',
        fault: { responseCode: 4100 },
      })
      expect(tip.inspect().reports.map(({ state }) => state)).toEqual(['retracted'])
    }
  })
})
