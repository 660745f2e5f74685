// Mistakes seen in other clients, or invited by the documentation (CyberTipline API, section 9): each of those that a library can make has
// its test here. The rest (the company's name as companyTemplate, one report per user at a time, local times with Z, the journal) are its
// caller's to make.
import { createReadStream, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type Cybertip, openCybertip } from './client/client.ts'
import { CybertipFault } from './client/fault.ts'
import { draft, expiresAtMs, next } from './filing/filing.ts'
import { parseResponse } from './response/parse.ts'
import { live, start } from './testing/live.ts'
import { fault } from './testing/model.ts'
import { minimalFile, minimalReport, now } from './testing/reports.ts'
import { answering, code, reply } from './testing/server.ts'
import { validate } from './validate/validate.ts'
import { toXml } from './xml/to-xml.ts'

const openAt = (baseUrl: string): Cybertip =>
  openCybertip({ environment: 'sandbox', baseUrl, username: 'u', password: 'p', timeoutMs: 5_000 })
const md5 = 'a'.repeat(32)
const oneFile = draft([{ localId: 'f', md5, details: true }])
const opened = { kind: 'ok', reportId: '11' } as const
const uploaded = { kind: 'ok', fileId: '22', hash: md5, sentMd5: md5 } as const
const ok = { kind: 'ok' } as const

function rules(root: 'report' | 'fileDetails', value: object): string[] {
  const verdict = validate(root, value, { now })
  return verdict.ok ? [] : verdict.problems.map(({ path, rule }) => `${path}: ${rule}`)
}
const account = (more: object) =>
  rules('report', { ...minimalReport, personOrUserReported: [{ associatedAccount: [{ '@type': 'Linked', ...more }] }] })
const at = 'report/personOrUserReported[0]/associatedAccount[0]'

describe('mistakes that are not made here', () => {
  it('a hard-coded fileViewedByEsp=true: what nobody said is not sent', () => {
    expect(toXml('fileDetails', minimalFile)).not.toContain('Viewed')
    expect(toXml('fileDetails', { ...minimalFile, fileViewedByEsp: false })).toContain('<fileViewedByEsp>false<')
    expect(rules('fileDetails', { ...minimalFile, exifViewedByEsp: true })).toHaveLength(1)
  })

  it('the returned MD5 ignored: another one, or none, ends the report before it is finished', () => {
    for (const hash of ['b'.repeat(32), undefined]) {
      const { state, calls } = live(oneFile, opened, { ...uploaded, hash }, ok)
      expect(calls).toEqual(['submit', 'upload', 'retract'])
      expect(state.kind).toBe('draft')
    }
  })

  it('the response code of a finish not read: HTTP 200 with a code is no receipt', async () => {
    await using server = await answering((_, response) => reply(response, code(4100), 200))
    const result = await openAt(server.url).finish('11')
    expect(result).toMatchObject({ kind: 'fault', code: 'not_accepted' })
    if (!(result instanceof CybertipFault)) throw new Error('expected a fault')
    const { state } = live(oneFile, opened, uploaded, ok, result.facts())
    expect(state.kind).toBe('retracting')
  })

  it('a submit in blind retries of milliseconds: one call each, and a wait of its own between two', async () => {
    await using server = await answering((_, response) => response.destroy())
    expect((await openAt(server.url).submit('<report/>')).kind).toBe('fault')
    expect(server.seen).toHaveLength(1)
    const waits = [1, 2, 3, 4].map((times) => {
      const { state, at } = live(oneFile, ...Array(times).fill(fault('timed_out')))
      return (state.wait?.untilMs ?? 0) - at.getTime()
    })
    expect(waits).toEqual([30_000, 60_000, 120_000, 240_000])
  })

  it('an upload retried with a stream that is used up: each attempt opens the file anew', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cybertip-'))
    writeFileSync(join(folder, 'file'), 'drawn picture')
    let calls = 0
    await using server = await answering((_, response) => {
      calls += 1
      if (calls === 1) return reply(response, code(1110), 500)
      return reply(response, `${code(0)}<reportId>11</reportId><fileId>22</fileId>`)
    })
    const file = { fileName: 'a', open: () => createReadStream(join(folder, 'file')), sizeBytes: 13 }
    const client = openAt(server.url)
    expect(await client.upload('11', file)).toMatchObject({ kind: 'fault', code: 'temporarily_refused' })
    expect(await client.upload('11', file)).toMatchObject({ kind: 'ok', sentBytes: 13 })
    expect(server.seen.map(({ body }) => body.includes('drawn picture'))).toEqual([true, true])
    rmSync(folder, { recursive: true })
  })

  it('no retract on failure: what is refused for good is retracted at once, not left to expire', () => {
    for (const before of [[opened], [opened, uploaded], [opened, uploaded, ok]]) {
      const { state } = live(oneFile, ...before, fault('not_accepted', 4100))
      expect(next(state, start)).toEqual({ do: 'retract', reportId: '11' })
    }
  })

  it('the report id known only after the finish: the state has it as soon as there is one', () => {
    expect(live(oneFile, opened).state).toMatchObject({ kind: 'open', report: { reportId: '11' } })
    expect(live(oneFile, opened, 'crash').state).toMatchObject({ report: { reportId: '11' } })
  })

  it('ipCaptureEvent as a list in fileDetails: there is one', () => {
    const event = { ipAddress: '192.0.2.1' }
    expect(rules('fileDetails', { ...minimalFile, ipCaptureEvent: [event] })).toEqual([
      'fileDetails/ipCaptureEvent: cardinality',
    ])
  })

  it('thirdPartyUser or accountType on associatedAccount: the first belongs to platform, the second is called type', () => {
    expect(account({ '@thirdPartyUser': true })).toEqual([`${at}/@thirdPartyUser: unknown_name`])
    expect(account({ '@accountType': 'Linked' })).toEqual([`${at}/@accountType: unknown_name`])
    expect(account({ platform: { '#': 'Chat', '@thirdPartyUser': true } })).toEqual([])
  })

  it('priorCTReports inside associatedAccount: there it is singular', () => {
    expect(account({ priorCTReports: ['12'] })).toEqual([`${at}/priorCTReports: unknown_name`])
    expect(account({ priorCTReport: ['12'] })).toEqual([])
  })

  it('the order of the reported person used for associatedAccount: it has its own', () => {
    const both = { espIdentifier: 'a', espService: 'b', screenName: 'c', profileUrl: ['https://forum.example/d'] }
    const user = {
      ...both,
      associatedAccount: [{ '@type': 'Linked' as const, ...both, allEmailsReported: true, email: ['a@b.example'] }],
    }
    const xml = toXml('report', { ...minimalReport, personOrUserReported: [user] })
    const names = (text = '') => [...text.matchAll(/<([a-zA-Z]+)>/g)].map(([, name]) => name)
    expect(names(/<personOrUserReported>(.*?)<associatedAccount/.exec(xml)?.[1])).toEqual([
      'espIdentifier',
      'espService',
      'screenName',
      'profileUrl',
    ])
    expect(names(/<associatedAccount.*?>(.*)<\/associatedAccount>/.exec(xml)?.[1])).toEqual([
      'email',
      'allEmailsReported',
      'espService',
      'espIdentifier',
      'profileUrl',
      'screenName',
    ])
  })

  it('a time without zone, which only the schema accepts', () => {
    expect(rules('fileDetails', { ...minimalFile, uploadedToEspTimestamp: '2026-11-21T08:15:00' })).toEqual([
      'fileDetails/uploadedToEspTimestamp: zone',
    ])
  })

  it('expiry with AND instead of the later of the two', () => {
    const hour = 3_600_000
    const report = (lastChange: number) => ({ reportId: '1', openedAtMs: 0, lastChangeAtMs: lastChange * hour })
    // Changed long ago, opened today: alive. Opened long ago, changed just now: alive.
    expect([0, 5, 23, 30].map((last) => expiresAtMs(report(last)) / hour)).toEqual([24, 24, 24, 31])
  })

  it('the file id parsed as a number', () => {
    const files = '<files><fileId>00012345678901234567890123456789</fileId></files>'
    const answer = `<reportDoneResponse><responseCode>0</responseCode><reportId>9007199254740993</reportId>${files}</reportDoneResponse>`
    expect(parseResponse(new TextEncoder().encode(answer))).toMatchObject({
      reportId: '9007199254740993',
      fileIds: ['00012345678901234567890123456789'],
    })
  })

  it('only HTTP 200 read: the code and the words of a 400 are kept', async () => {
    await using server = await answering((_, response) => reply(response, code(5001), 400))
    const result = await openAt(server.url).finish('11')
    if (!(result instanceof CybertipFault)) throw new Error('expected a fault')
    expect(result).toMatchObject({ code: 'report_gone', responseCode: 5001, requestId: 'request-1' })
    expect(new TextDecoder().decode(result.rawAnswer())).toContain('words')
  })

  it('a 401 with code 1000 retried as a server error: it is about credentials, and stops the queue', async () => {
    await using server = await answering((_, response) => reply(response, code(1000), 401))
    const result = await openAt(server.url).submit('<report/>')
    if (!(result instanceof CybertipFault)) throw new Error('expected a fault')
    expect(result).toMatchObject({ code: 'credentials', retry: 'ask_a_person' })
    expect(next(live(oneFile, result.facts()).state, start)).toMatchObject({ do: 'wait', stopQueue: true, alert: true })
  })
})
