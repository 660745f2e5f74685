import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { callerOf, fileDetailsXml, formOf, opened, reportXml } from './caller.ts'
import { maximalDetails } from './maximal.ts'

const hourMs = 3_600_000
const bytes = Buffer.from('drawn bytes')
const md5 = createHash('md5').update(bytes).digest('hex')
const sha256 = createHash('sha256').update(bytes).digest('hex')

test('status greets the user, xsd gives the schema, and each answer has its own Request-ID', async () => {
  await using world = await opened()
  const status = await world.caller.call('status')
  expect(status).toMatchObject({ status: 200, root: 'reportResponse', code: '0', reportId: '' })
  expect(status.description).toBe('Remote User : sandbox, Remote Ip : 127.0.0.1')
  expect(status.headers.get('content-type')).toBe('application/xml;charset=UTF-8')
  expect(status.body).toMatch(/^<\?xml version="1.0" encoding="UTF-8" standalone="yes"\?>/)
  const xsd = await world.caller.call('xsd')
  expect(xsd.root).toBe('xs:schema')
  expect(xsd.headers.get('request-id')).not.toBe(status.headers.get('request-id'))
  expect(world.tip.inspect().calls.map((call) => call.requestId)).toContain(status.headers.get('request-id'))
})

test('a report is filed from submit to finish, and the receipt names its files in order', async () => {
  await using world = await opened({ keepBytes: true })
  const { caller, reportId, tip, clock } = world
  const first = await caller.upload(reportId, bytes, 'blåbær "1".jpg')
  expect(first).toMatchObject({ status: 200, code: '0', reportId, hash: md5 })
  expect(first.fileId).toMatch(/^[0-9a-f]{32}$/)
  const second = await caller.upload(reportId, Buffer.from('other'))
  const details = fileDetailsXml(reportId, ` ${first.fileId} `, maximalDetails)
  expect(await caller.fileinfo(details)).toMatchObject({ status: 200, code: '0', reportId })
  const done = await caller.finish(reportId)
  expect(done).toMatchObject({ status: 200, root: 'reportDoneResponse', code: '0', reportId, description: '' })
  expect(done.fileIds).toEqual([first.fileId, second.fileId])
  const [report] = tip.inspect().reports
  expect(report).toMatchObject({ state: 'finished', finishedAt: clock.now() })
  expect(report?.files[0]).toMatchObject({ md5, sha256, sizeBytes: bytes.length, fileDetailsXml: details, bytes })
  expect(report?.files[1]?.fileDetailsXml).toBeNull()
})

test('a report without files finishes with an empty list', async () => {
  await using world = await opened()
  expect((await world.caller.finish(world.reportId)).body).toContain('<files/>')
})

test('finish and retract also take url-encoded forms', async () => {
  await using world = await opened()
  const encoded = (id: string) => ({ method: 'POST', body: new URLSearchParams({ id }) })
  expect(await world.caller.call('finish', encoded(world.reportId))).toMatchObject({ code: '0' })
  const { reportId } = await world.caller.submit(reportXml())
  expect(await world.caller.call('retract', encoded(reportId))).toMatchObject({ code: '0', reportId })
})

test('after finish everything answers 5102, after retract 5101', async () => {
  await using world = await opened()
  const { caller } = world
  const end = async (id: string, act: 'finish' | 'retract') => {
    const { fileId } = await caller.upload(id, bytes)
    expect((await caller[act](id)).code).toBe('0')
    const late = [
      caller.upload(id, bytes),
      caller.fileinfo(fileDetailsXml(id, fileId)),
      caller.finish(id),
      caller.retract(id),
    ]
    return (await Promise.all(late)).map((reply) => [reply.status, reply.code, reply.root])
  }
  expect(await end(world.reportId, 'finish')).toEqual(Array(4).fill([400, '5102', 'reportResponse']))
  const { reportId } = await caller.submit(reportXml())
  expect(await end(reportId, 'retract')).toEqual(Array(4).fill([400, '5101', 'reportResponse']))
})

test('a report or file that is not there is 5001 or 5002', async () => {
  await using world = await opened()
  const { caller, reportId } = world
  expect(await caller.finish('12')).toMatchObject({ status: 404, code: '5001' })
  expect(await caller.upload('12', bytes)).toMatchObject({ status: 404, code: '5001' })
  expect(await caller.fileinfo(fileDetailsXml(reportId, 'f'.repeat(32)))).toMatchObject({ status: 404, code: '5002' })
})

test("another user's report does not exist", async () => {
  const rights = ['submit', 'update'] as const
  const other = { user: 'other', password: 'o', rights }
  await using world = await opened({ users: [{ user: 'one', password: 'with:colon', rights }, other] })
  expect(await callerOf(world.tip, other).finish(world.reportId)).toMatchObject({ code: '5001' })
  expect(await world.caller.finish(world.reportId)).toMatchObject({ code: '0' })
})

test('more than one root, and none, are malformed: 4110', async () => {
  await using world = await opened()
  for (const xml of [`${reportXml()}<report/>`, '', 'report', reportXml().replace('</report>', '')]) {
    expect(await world.caller.submit(xml)).toMatchObject({ status: 400, code: '4110' })
  }
})

test('the order at fileinfo is schema, report, file, then rules', async () => {
  await using world = await opened()
  const { caller, reportId } = world
  const { fileId } = await caller.upload(reportId, bytes)
  const seen = '<exifViewedByEsp>true</exifViewedByEsp>'
  expect((await caller.fileinfo(fileDetailsXml('12', fileId, `${seen}<b/>`))).code).toBe('4100')
  expect((await caller.fileinfo(fileDetailsXml('12', fileId, seen))).code).toBe('5001')
  expect((await caller.fileinfo(fileDetailsXml(reportId, 'x', seen))).code).toBe('5002')
  expect((await caller.fileinfo(fileDetailsXml(reportId, fileId, seen))).description).toContain('fileViewedByEsp')
  expect((await caller.fileinfo(fileDetailsXml(`+0${reportId}`, fileId))).code).toBe('0')
})

test('details are given once, unless the sandbox is told otherwise', async () => {
  for (const [secondFileinfo, code] of [
    [4000, '4000'],
    ['allow', '0'],
  ] as const) {
    await using world = await opened({ secondFileinfo })
    const { fileId } = await world.caller.upload(world.reportId, bytes)
    const details = fileDetailsXml(world.reportId, fileId)
    expect((await world.caller.fileinfo(details)).code).toBe('0')
    expect((await world.caller.fileinfo(details)).code).toBe(code)
  }
})

const ip = '<ipCaptureEvent><ipAddress>1.2.3.4</ipAddress></ipCaptureEvent>'
test.each([
  ['two ipCaptureEvents', ip + ip, /cvc-complex-type\.2\.4\.a/],
  ['EXIF seen in a file unseen', '<exifViewedByEsp>true</exifViewedByEsp>', /fileViewedByEsp must be true/],
  ['<viral>false</viral>', '<fileAnnotations><viral>false</viral></fileAnnotations>', /cvc-elt\.5\.2\.2\.2\.2/],
  ['memes in both forms', '<potentialMeme>false</potentialMeme><fileAnnotations/>', /cvc-complex-type\.2\.4/],
  ['a hash without its kind', '<originalFileHash>x</originalFileHash>', /cvc-complex-type\.4: Attribute 'hashType'/],
  ['a long kind of hash', `<originalFileHash hashType="${'x'.repeat(65)}">x</originalFileHash>`, /longer than 64/],
  ['an upload to come', '<uploadedToEspTimestamp>2026-06-02T12:00:00Z</uploadedToEspTimestamp>', /in the past/],
  [
    'a classified side picture',
    '<fileRelevance>Supplemental Reported</fileRelevance><industryClassification>A1</industryClassification>',
    /supplemental/,
  ],
])('file details with %s are refused', async (_name, rest, words) => {
  await using world = await opened()
  const { fileId } = await world.caller.upload(world.reportId, bytes)
  const reply = await world.caller.fileinfo(fileDetailsXml(world.reportId, fileId, rest))
  expect(reply).toMatchObject({ status: 400, code: '4100' })
  expect(reply.description).toMatch(words)
})

test('a batched report takes one file with its one flag, and refuses to finish with two', async () => {
  const batch = reportXml({
    batched: '<batchedReport reason="VIRAL_POTENTIAL_MEME"/>',
    user: '<espIdentifier>1</espIdentifier>',
  })
  await using world = await opened({}, batch)
  const { caller, reportId, tip } = world
  const { fileId } = await caller.upload(reportId, bytes)
  const viral = '<fileAnnotations><viral/></fileAnnotations>'
  const named = `<originalFileName>a</originalFileName>${viral}`
  expect((await caller.fileinfo(fileDetailsXml(reportId, fileId))).code).toBe('4100')
  expect((await caller.fileinfo(fileDetailsXml(reportId, fileId, named))).code).toBe('4100')
  expect((await caller.fileinfo(fileDetailsXml(reportId, fileId, viral))).code).toBe('0')
  await caller.upload(reportId, bytes)
  expect(await caller.finish(reportId)).toMatchObject({ status: 400, code: '4100' })
  expect(tip.inspect().reports[0]?.state).toBe('open')
  expect((await caller.retract(reportId)).code).toBe('0')
})

test('an untouched report expires after 24 hours', async () => {
  await using world = await opened()
  world.clock.set(world.clock.now() + 24 * hourMs - 1)
  expect(world.tip.inspect().reports[0]?.state).toBe('open')
  world.clock.set(world.clock.now() + 1)
  expect(await world.caller.finish(world.reportId)).toMatchObject({ status: 404, code: '5001' })
  expect(world.tip.inspect().reports[0]?.state).toBe('expired')
})

test('an upload late in the day gives one more hour: the later limit counts', async () => {
  await using world = await opened({ expiredCode: 5101 })
  const { clock, caller, reportId } = world
  clock.set(clock.now() + 23.5 * hourMs)
  await caller.upload(reportId, bytes)
  clock.set(clock.now() + hourMs - 1)
  expect((await caller.upload(reportId, bytes)).code).toBe('0')
  clock.set(clock.now() + hourMs)
  expect((await caller.finish(reportId)).code).toBe('5101')
})

test('prior reports may be limited to known ids', async () => {
  await using world = await opened({ knownReportIds: ['77'] })
  const naming = (id: string) => world.caller.submit(reportXml({ user: `<priorCTReports>${id}</priorCTReports>` }))
  expect((await naming('77')).code).toBe('0')
  expect((await naming('78')).code).toBe('4100')
})

test('schema errors may be 4110 and the header may lie about the charset', async () => {
  await using world = await opened({ schemaErrorCode: 4110, charsetHeader: 'ISO-8859-1' })
  const reply = await world.caller.submit('<report/>')
  expect(reply.code).toBe('4110')
  expect(reply.headers.get('content-type')).toBe('application/xml;charset=ISO-8859-1')
})

test('a form without id is refused', async () => {
  await using world = await opened()
  expect(await world.caller.call('finish', { method: 'POST', body: formOf({ report: '1' }) })).toMatchObject({
    code: '4000',
  })
  expect(await world.caller.call('retract', { method: 'POST', body: 'id=1' })).toMatchObject({ code: '4000' })
})
