import { describe, expect, it } from 'vitest'
import { live, start } from '../testing/live.ts'
import { fault } from '../testing/model.ts'
import type { Outcome } from './after.ts'
import { after, begin, draft, expiresAtMs, next, tryAgain, withdraw } from './filing.ts'

const hours = (n: number) => new Date(start.getTime() + n * 3_600_000)
const md5 = 'a'.repeat(32)
const oneFile = draft([{ localId: 'f', md5, details: true }])

const opened: Outcome = { kind: 'ok', reportId: '11' }
const uploaded: Outcome = { kind: 'ok', fileId: '22', hash: md5, sentMd5: md5 }
const done: Outcome = { kind: 'ok' }
const receipt: Outcome = { kind: 'ok', reportId: '11', fileIds: ['22'] }

describe('a filing', () => {
  it('goes from draft to receipt', () => {
    const { state, calls } = live(oneFile, opened, uploaded, done, receipt)
    expect(calls).toEqual(['submit', 'upload', 'fileinfo', 'finish'])
    expect(state).toMatchObject({
      kind: 'finished',
      reportId: '11',
      fileIds: ['22'],
      receipt: 'kept',
      filesAgree: true,
    })
    expect(next(state, start)).toEqual({ do: 'nothing', because: 'finished' })
  })

  it('knows its report id as soon as there is one, before anything is uploaded', () => {
    expect(JSON.parse(JSON.stringify(live(oneFile, opened).state))).toMatchObject({ report: { reportId: '11' } })
  })

  it('without files finishes at once; without details skips them', () => {
    expect(live(draft([]), opened, receipt).calls).toEqual(['submit', 'finish'])
    const bare = draft([{ localId: 'f', md5: md5.toUpperCase(), details: false }])
    expect(live(bare, opened, uploaded, receipt).calls).toEqual(['submit', 'upload', 'finish'])
  })

  it('expires at the later of a day after opening and an hour after the last change', () => {
    const report = { reportId: '1', openedAtMs: 0, lastChangeAtMs: 0 }
    expect(expiresAtMs(report)).toBe(24 * 3_600_000)
    expect(expiresAtMs({ ...report, lastChangeAtMs: 23.5 * 3_600_000 })).toBe(24.5 * 3_600_000)
    const { state } = live(oneFile, opened)
    expect(next(state, hours(23.9))).toMatchObject({ do: 'upload' })
    expect(next(state, hours(24))).toEqual({ do: 'retract', reportId: '11' })
  })
})

describe('when the answer is missing', () => {
  it.each([fault('timed_out'), 'crash' as const])('of a submit, it submits again and counts the orphan', (lost) => {
    const { state, calls } = live(oneFile, lost, opened)
    expect(calls).toEqual(['submit', 'submit'])
    expect(state).toMatchObject({ kind: 'open', orphans: 1 })
  })

  it.each([fault('timed_out'), 'crash' as const])('of an upload, it retracts and begins a new report', (lost) => {
    const { state, calls } = live(oneFile, opened, lost, done, { kind: 'ok', reportId: '12' })
    expect(calls).toEqual(['submit', 'upload', 'retract', 'submit'])
    expect(state).toMatchObject({
      kind: 'open',
      report: { reportId: '12' },
      past: [{ reportId: '11', ended: 'retracted', why: 'upload_unknown' }],
    })
  })

  it.each([fault('timed_out'), 'crash' as const])(
    'of a fileinfo, it repeats it; a refusal as duplicate is done',
    (lost) => {
      const { state, calls } = live(oneFile, opened, uploaded, lost, fault('not_accepted', 4000), receipt)
      expect(calls).toEqual(['submit', 'upload', 'fileinfo', 'fileinfo', 'finish'])
      expect(state).toMatchObject({ kind: 'finished', files: [{ detailed: 'assumed' }] })
    },
  )

  it('of a fileinfo, a refusal of the repetition that cannot be read is asked again, and not for ever', () => {
    const cut = { ...fault('not_accepted'), httpStatus: 400 }
    const { state, calls } = live(oneFile, opened, uploaded, 'crash', cut, cut, fault('not_accepted', 4000), receipt)
    expect(calls).toEqual(['submit', 'upload', 'fileinfo', 'fileinfo', 'fileinfo', 'fileinfo', 'finish'])
    expect(state).toMatchObject({ kind: 'finished', files: [{ detailed: 'assumed' }] })
    // A first one was not carried out, whatever the words were.
    expect(live(oneFile, opened, uploaded, cut).state).toMatchObject({ kind: 'retracting', why: 'not_accepted' })
    const endless = live(oneFile, opened, uploaded, 'crash', ...Array.from({ length: 5 }, () => cut))
    expect(endless.state).toMatchObject({ kind: 'retracting', why: 'not_accepted', afterwards: 'ask_a_person' })
  })

  it('a first fileinfo that is refused is no duplicate', () => {
    expect(live(oneFile, opened, uploaded, fault('not_accepted', 4000)).state).toMatchObject({ kind: 'retracting' })
    const unsent = live(oneFile, opened, uploaded, fault('unreachable'), fault('not_accepted', 4000))
    expect(unsent.state).toMatchObject({ kind: 'retracting' })
  })

  it.each([fault('timed_out'), 'crash' as const])(
    'of a finish, "already finished" on the retry means it worked',
    (lost) => {
      const { state } = live(oneFile, opened, uploaded, done, lost, fault('already_finished', 5102))
      expect(state).toMatchObject({ kind: 'finished', receipt: 'missing', fileIds: ['22'], filesAgree: true })
    },
  )

  it('"already finished" without a finish of ours is for a person', () => {
    expect(live(oneFile, opened, uploaded, done, fault('already_finished', 5102)).state).toMatchObject({
      kind: 'needs_person',
      why: 'finished_by_someone_else',
      reportMayStand: true,
    })
  })

  it.each([fault('already_retracted', 5101), fault('report_gone', 5001)])(
    'of a retract, "it is gone" is done',
    (gone) => {
      const { state } = live(oneFile, opened, fault('timed_out'), fault('timed_out'), gone)
      expect(state).toMatchObject({ kind: 'draft', past: [{ why: 'upload_unknown' }] })
    },
  )
})

describe('when NCMEC has other bytes than we sent', () => {
  it.each([
    ['another MD5', { ...uploaded, hash: 'b'.repeat(32) }, 'md5_mismatch'],
    ['no MD5', { ...uploaded, hash: undefined }, 'md5_missing'],
  ])('%s ends the report: retract, begin again', (_, answer, why) => {
    const { state, calls } = live(oneFile, opened, answer, done)
    expect(calls).toEqual(['submit', 'upload', 'retract'])
    expect(state).toMatchObject({ kind: 'draft', files: [{ localId: 'f', md5 }], past: [{ why }] })
    expect(JSON.stringify(state)).not.toContain('fileId')
  })

  it('again and again, a person has to look', () => {
    const bad = [opened, { ...uploaded, hash: 'b'.repeat(32) }, done]
    const { state } = live(oneFile, ...bad, ...bad, ...bad, ...bad, ...bad, ...bad)
    expect(state).toMatchObject({ kind: 'needs_person', why: 'too_many_restarts', reportMayStand: false })
    expect(next(tryAgain(state), start)).toEqual({ do: 'submit' })
  })

  it('if our own bytes have changed, no new report helps', () => {
    const { state } = live(oneFile, opened, { ...uploaded, sentMd5: 'c'.repeat(32) }, done)
    expect(state).toMatchObject({ kind: 'needs_person', why: 'sent_bytes_differ' })
  })

  it('a retract that comes too late for a report we never finished is for a person', () => {
    const { state } = live(oneFile, opened, { ...uploaded, hash: 'b' }, fault('already_finished', 5102))
    expect(state).toMatchObject({ kind: 'needs_person', reportMayStand: true })
    expect(tryAgain(state)).toMatchObject({ kind: 'needs_person' })
  })
})

describe('when NCMEC refuses', () => {
  it('the report itself for good, nothing is open and a person looks', () => {
    expect(live(oneFile, fault('not_accepted', 4100)).state).toMatchObject({
      kind: 'needs_person',
      why: 'not_accepted',
    })
  })

  it('for good, the person is told what it answered, through the retract', () => {
    const refused = { ...fault('not_accepted', 4100), requestId: 'r-1', httpStatus: 400 }
    for (const outcomes of [[refused], [opened, uploaded, refused, done]]) {
      const { state } = live(oneFile, ...outcomes)
      expect(state).toMatchObject({ kind: 'needs_person', fault: { responseCode: 4100, requestId: 'r-1' } })
    }
  })

  it('a retract, it asks three times; then a person has the report that is still open', () => {
    const refused = fault('not_accepted', 4000)
    const { state, calls } = live(oneFile, opened, { ...uploaded, hash: 'b' }, refused, refused, refused)
    expect(calls.filter((call) => call === 'retract')).toHaveLength(3)
    expect(state).toMatchObject({ kind: 'needs_person', why: 'retract_refused', report: { reportId: '11' } })
    // Nothing new is opened before that one is gone.
    expect(next(tryAgain(state), start)).toEqual({ do: 'retract', reportId: '11' })
    expect(live(withdraw(state), done).state).toMatchObject({ kind: 'retracted', past: [{ reportId: '11' }] })
  })

  it('a submit with a server error may have opened a report all the same', () => {
    expect(live(oneFile, fault('temporarily_refused', 1000), opened).state).toMatchObject({ kind: 'open', orphans: 1 })
  })

  it('the credentials or the address, the whole queue stops; anything else is this report only', () => {
    const stops = (code: Parameters<typeof fault>[0]) => next(live(oneFile, fault(code)).state, start)
    for (const code of ['credentials', 'redirected', 'wrong_endpoint', 'untrusted_certificate'] as const) {
      expect(stops(code)).toMatchObject({ do: 'wait', stopQueue: true, alert: true })
    }
    for (const code of ['too_busy', 'unreachable', 'server_failed', 'contradictory_answer'] as const) {
      expect(stops(code)).toMatchObject({ do: 'wait', stopQueue: false })
    }
  })

  it('what passes by itself is told to nobody, until it has not passed for hours', () => {
    const alert = (times: number) =>
      live(oneFile, ...Array<Outcome>(times).fill(fault('server_failed'))).state.wait?.alert
    expect([1, 7, 8].map(alert)).toEqual([false, false, true])
  })

  it('a later step for good, the report is retracted at once', () => {
    const { state, calls } = live(oneFile, opened, uploaded, done, fault('not_accepted', 4100), done)
    expect(calls.at(-1)).toBe('retract')
    expect(state).toMatchObject({ kind: 'needs_person', why: 'not_accepted', past: [{ ended: 'retracted' }] })
  })

  it('an upload for now, it is sent again into the same report', () => {
    const { calls } = live(oneFile, opened, fault('temporarily_refused', 1110), uploaded)
    expect(calls).toEqual(['submit', 'upload', 'upload'])
  })

  it('an upload with a server error, which may have come after the file was stored: a new report, so that no file is there twice', () => {
    const { state, calls } = live(oneFile, opened, fault('temporarily_refused', 1000), done, opened, uploaded)
    expect(calls).toEqual(['submit', 'upload', 'retract', 'submit', 'upload'])
    expect(state.past).toMatchObject([{ ended: 'retracted', why: 'upload_unknown' }])
  })

  it('the credentials, it waits where it is, alerts, and goes on when they are mended', () => {
    const { state } = live(oneFile, opened, uploaded, fault('credentials', 2000))
    expect(next(state, start)).toMatchObject({ do: 'wait', because: 'credentials', alert: true })
    expect(next(tryAgain(state), start)).toMatchObject({ do: 'fileinfo' })
  })

  it('as retracted what we never retracted: a new report', () => {
    expect(live(oneFile, opened, uploaded, done, fault('already_retracted', 5101)).state).toMatchObject({
      kind: 'draft',
      past: [{ reportId: '11', ended: 'gone', why: 'report_gone' }],
    })
  })

  it('as unknown what we never ended: a retract asks once more before a new report', () => {
    const gone = fault('report_gone', 5001)
    expect(live(oneFile, opened, uploaded, done, gone, gone).state).toMatchObject({
      kind: 'draft',
      past: [{ reportId: '11', ended: 'gone', why: 'report_gone' }],
    })
    expect(live(oneFile, opened, gone, done).state).toMatchObject({ kind: 'draft', past: [{ ended: 'retracted' }] })
    // The finish had worked, and only the first answer was wrong.
    expect(live(oneFile, opened, uploaded, done, gone, fault('already_finished', 5102)).state).toMatchObject({
      kind: 'finished',
      reportId: '11',
      receipt: 'missing',
    })
  })

  it('waits grow, obey Retry-After and end at an hour', () => {
    const waits = [1, 2, 3, 20].map((n) => {
      const { state, at } = live(oneFile, ...Array<Outcome>(n).fill(fault('unreachable')))
      return (state.wait?.untilMs ?? 0) - at.getTime()
    })
    expect(waits).toEqual([30_000, 60_000, 120_000, 3_600_000])
    const asked = { ...fault('too_busy'), retryAfterMs: 600_000 }
    expect(live(oneFile, asked).state.wait?.untilMs).toBe(start.getTime() + 600_000)
  })
})

describe('when a person no longer wants it', () => {
  it('an open report is retracted, a draft just ends, a finish cannot be taken back', () => {
    const open = withdraw(live(oneFile, opened, uploaded).state)
    expect(live(open, done).state).toMatchObject({ kind: 'retracted', past: [{ why: 'withdrawn' }] })
    expect(withdraw(oneFile)).toMatchObject({ kind: 'retracted' })
    const finishing = live(oneFile, opened, uploaded, done, 'crash').state
    expect(withdraw(finishing)).toEqual(finishing)
  })
})

it('a batched report has one file at most, and that one has details', () => {
  const file = { localId: 'a', md5, details: true }
  expect(draft([file], { batched: true })).toMatchObject({ kind: 'draft' })
  expect(() => draft([file, { ...file, localId: 'b' }], { batched: true })).toThrow('at most one file')
  expect(() => draft([{ ...file, details: false }], { batched: true })).toThrow('has details')
})

it('a result of another call than was begun is a mistake in the caller', () => {
  const begun = begin(oneFile, { do: 'submit' })
  expect(() => after(begun, { do: 'finish', reportId: '1' }, done, start)).toThrow('has not begun to finish')
})
