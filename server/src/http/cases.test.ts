import type { CaseDetail, CaseSummary, ReportDetail } from '@wardline/api'
import { describe, expect, test } from 'vitest'
import { Fault } from '#base'
import { Door } from './testing.ts'

const read = async (answer: Response) => (await answer.json()) as Record<string, unknown>

const summary: CaseSummary = {
  id: 'case_1',
  number: 7,
  environment: 'sandbox',
  state: 'waiting_review',
  route: 'review',
  isTest: false,
  surface: 'upload',
  jurisdiction: null,
  openedAt: 0,
  settlesAt: 1000,
  changedAt: 0,
  decidedBy: null,
  decidedAt: null,
  factsDueAt: null,
  files: 1,
}
const detail: CaseDetail = {
  ...summary,
  context: { surface: 'upload' },
  decision: null,
  files: [],
  actionability: null,
  reports: [],
  notices: [],
  views: [],
  supplements: [],
  furtherSupplements: 0,
  lookUp: null,
  appeals: [],
}
const report: ReportDetail = {
  id: 'report_1',
  caseId: 'case_1',
  environment: 'sandbox',
  state: 'needs_person',
  isTest: false,
  remoteId: null,
  trouble: 'words',
  hasReceipt: false,
  isBatched: false,
  corrects: null,
  score: null,
  lacking: [],
  createdAt: 0,
  changedAt: 0,
  finishedAt: null,
  steps: [{ at: 0, step: 'submit', phase: 'intent', outcome: null, responseCode: null, requestId: null }],
}

describe('cases and reports', () => {
  test('are listed page by page, times in ISO 8601', async () => {
    await using door = await Door.open()
    const key = await door.key(['cases:read', 'reports:read'])
    const asked: unknown[] = []
    door.stages.listCases = async ({ caller: _, ...page }) => {
      asked.push(page)
      return [summary]
    }
    const page = await read(await door.ask('/v1/cases?state=waiting_review&limit=1&before=9', key))
    expect(page).toEqual({
      cases: [
        {
          ...summary,
          openedAt: '1970-01-01T00:00:00.000Z',
          settlesAt: '1970-01-01T00:00:01.000Z',
          changedAt: '1970-01-01T00:00:00.000Z',
        },
      ],
      next: 7,
    })
    expect(await read(await door.ask('/v1/cases', key))).toMatchObject({ next: null })
    expect(asked).toEqual([
      { state: 'waiting_review', limit: 1, before: 9 },
      { state: undefined, limit: 50, before: undefined },
    ])
    door.stages.listReports = async () => [report]
    expect(await read(await door.ask('/v1/reports?limit=1', key))).toMatchObject({
      reports: [{ id: 'report_1' }],
      next: 'report_1',
    })
  })

  test('show one; a number that is none, or of no case, is refused in words', async () => {
    await using door = await Door.open()
    const key = await door.key(['cases:read', 'reports:read'])
    door.stages.showCase = async (number) => {
      if (number !== 7) throw new Fault('no_such_case', 'no such case', { retry: 'never' })
      return detail
    }
    door.stages.showReport = async () => report
    expect(await read(await door.ask('/v1/cases/7', key))).toMatchObject({ number: 7, decision: null })
    expect(await read(await door.ask('/v1/cases/8', key))).toMatchObject({ status: 404, code: 'no_such_case' })
    expect(await read(await door.ask('/v1/cases/x', key))).toMatchObject({
      status: 400,
      code: 'request_wrong',
      wrong: [{ path: 'number' }],
    })
    expect(await read(await door.ask('/v1/cases?stat=x&limit=900', key))).toMatchObject({
      status: 400,
      wrong: [{ path: 'limit' }, { path: 'stat' }],
    })
    expect(await read(await door.ask('/v1/reports/report_1', key))).toMatchObject({
      steps: [{ at: '1970-01-01T00:00:00.000Z', step: 'submit' }],
    })
  })

  test('a decision: dismissal wants a reason, confirmation takes none or one, and what is not possible says why', async () => {
    await using door = await Door.open()
    const key = await door.personKey('reviewer', ['cases:read', 'cases:decide'])
    const reasons: unknown[] = []
    door.stages.confirmCase = async ({ number, reason }) => {
      reasons.push(reason)
      if (number === 8)
        throw new Fault('not_possible', 'this case is "reported": it cannot be confirmed', {
          retry: 'never',
        })
      return { number, state: 'reporting', viewed: false }
    }
    const json = { 'content-type': 'application/json' }
    expect((await door.ask('/v1/cases/7/confirm', key, { method: 'POST' })).status).toBe(200)
    expect(
      (await door.ask('/v1/cases/7/confirm', key, { method: 'POST', body: '{"reason":"seen"}', headers: json })).status,
    ).toBe(200)
    expect(reasons).toEqual([undefined, 'seen'])
    expect(await read(await door.ask('/v1/cases/8/confirm', key, { method: 'POST' }))).toMatchObject({
      status: 409,
      code: 'not_possible',
      detail: 'this case is "reported": it cannot be confirmed',
    })
    for (const body of ['{}', '{"reason":" "}', '{"reason":"x","viewed":true}'])
      expect(
        await read(await door.ask('/v1/cases/7/dismiss', key, { method: 'POST', body, headers: json })),
      ).toMatchObject({ status: 400, code: 'request_wrong' })
    expect(
      await read(await door.ask('/v1/cases/7/dismiss', key, { method: 'POST', body: '{', headers: json })),
    ).toMatchObject({ status: 400, code: 'request_wrong' })
  })

  test('what a person says of single files goes through, and words that nobody knows do not', async () => {
    await using door = await Door.open()
    const key = await door.personKey('reviewer', ['cases:read', 'cases:decide'])
    const said: unknown[] = []
    door.stages.confirmCase = async ({ number, files }) => {
      said.push(files)
      return { number, state: 'reporting', viewed: false }
    }
    const headers = { 'content-type': 'application/json' }
    const confirm = async (files: unknown) =>
      door.ask('/v1/cases/7/confirm', key, { method: 'POST', body: JSON.stringify({ files }), headers })
    const files = [{ fileId: 'file_1', classification: 'A1', annotations: ['infant'] }]
    expect((await confirm(files)).status).toBe(200)
    expect(said).toEqual([files])
    for (const odd of [
      [{ fileId: 'file_1', classification: 'C1' }],
      [{ annotations: [] }],
      [{ fileId: 'f', viewed: true }],
    ])
      expect(await read(await confirm(odd))).toMatchObject({ status: 400, code: 'request_wrong' })
    expect(said).toHaveLength(1)
  })

  test('what a person says of the whole incident goes through; an empty reason to escalate is none', async () => {
    await using door = await Door.open()
    const key = await door.personKey('reviewer', ['cases:read', 'cases:decide'])
    const said: unknown[] = []
    door.stages.confirmCase = async ({ number, annotations, escalate }) => {
      said.push({ annotations, escalate })
      return { number, state: 'reporting', viewed: false }
    }
    const headers = { 'content-type': 'application/json' }
    const confirm = async (body: object) =>
      door.ask('/v1/cases/7/confirm', key, { method: 'POST', body: JSON.stringify(body), headers })
    const choice = { annotations: ['sextortion'], escalate: 'a child is at risk now' }
    expect((await confirm(choice)).status).toBe(200)
    expect(said).toEqual([choice])
    for (const odd of [{ escalate: ' ' }, { escalate: true }, { annotations: ['infant'] }])
      expect(await read(await confirm(odd))).toMatchObject({ status: 400, code: 'request_wrong' })
    expect(said).toHaveLength(1)
  })

  test('a stuck report is tried again by whoever may', async () => {
    await using door = await Door.open()
    door.stages.retryReport = async () => ({ ...report, state: 'filing' })
    const operator = await door.personKey('operator', ['reports:read', 'reports:retry'])
    const answer = await door.ask('/v1/reports/report_1/retry', operator, { method: 'POST' })
    expect(await read(answer)).toMatchObject({ state: 'filing' })
    const reader = await door.key(['reports:read'])
    expect((await door.ask('/v1/reports/report_1/retry', reader, { method: 'POST' })).status).toBe(403)
  })
})
