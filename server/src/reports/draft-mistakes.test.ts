// Mistakes seen in other clients, or invited by the documentation: CyberTipline API, section 9. Those a draft could make.
import { scanContext } from '@wardline/api'
import { toXml } from '@wardline/cybertip'
import { expect, it } from 'vitest'
import { caseOf, drafted, everything, file, meant, now } from './testing/drafting.ts'

const second = file({ ...everything, uploadedAt: '2026-06-01T11:00:00+02:00' }, { id: 'file_2' })
const record = caseOf(file(everything), second)
const xmlOf = (change = {}) => {
  const { report, files } = drafted(record, change)
  const details = files.map((one) => toXml('fileDetails', { ...one.details, reportId: '1', fileId: 'f' }))
  return { report: toXml('report', report), details }
}
const inside = (xml: string, name: string) => new RegExp(`<${name}[ >].*?</${name}>`, 's').exec(xml)?.[0] ?? ''

it('fileViewedByEsp is not hard-coded: it is false until a person was shown this very file in full', () => {
  for (const xml of xmlOf().details) {
    expect(xml).toContain('<fileViewedByEsp>false</fileViewedByEsp>')
    expect(xml).toContain('<exifViewedByEsp>false</exifViewedByEsp>')
  }
  const view = { fileId: 'file_2', bytesKeyed: 'bytes-1', by: 'person:p', displayed: 'full', at: now } as const
  const seen = drafted({ ...record, views: [view] }).files.map((one) => one.details.fileViewedByEsp)
  expect(seen).toEqual([false, true])
})

it('a file has one ipCaptureEvent, however often and from wherever it came', () => {
  const [one] = record.files
  const { context } = one?.occurrences[0] ?? { context: everything }
  const elsewhere = { ...context, origin: { ip: '192.0.2.99' } }
  const occurrences = [context, elsewhere].map((each, index) => ({
    scanId: `s${index}`,
    receivedAt: now,
    context: each,
  }))
  const { report, files } = drafted(caseOf(file(context, { occurrences })))
  const details = toXml('fileDetails', { ...files[0]?.details, reportId: '1', fileId: 'f' })
  expect(details.match(/<ipCaptureEvent>/g)).toHaveLength(1)
  expect(toXml('report', report)).toContain('192.0.2.99')
})

it('the company’s name never comes into companyTemplate by our doing', () => {
  expect(xmlOf({ platform: 'Example Pictures' }).report).not.toContain('<companyTemplate>')
  const own = 'Legal process: legal@example.org'
  expect(inside(xmlOf({ platform: 'Example Pictures', companyTemplate: own }).report, 'companyTemplate')).toBe(
    `<companyTemplate>${own}</companyTemplate>`,
  )
})

it('thirdPartyUser stands on the platform of an associated account, type on the account itself, and no accountType', () => {
  const xml = inside(xmlOf().report, 'associatedAccount')
  expect(xml).toMatch(/^<associatedAccount type="Parent\/Guardian">/)
  expect(xml).toContain('<platform thirdPartyUser="true">Elsewhere</platform>')
  expect(xml).not.toMatch(/accountType|<thirdParty/)
})

it('no priorCTReports in the plural stands inside an associated account', () => {
  expect(inside(xmlOf().report, 'associatedAccount')).not.toContain('priorCTReports')
})

it('an associated account has its own order: service before identifier, profileUrl before screenName, all e-mails after e-mail', () => {
  const xml = inside(xmlOf().report, 'associatedAccount')
  const at = (name: string) => xml.indexOf(`<${name}>`)
  expect(at('espService')).toBeGreaterThan(0)
  expect(at('espService')).toBeLessThan(at('espIdentifier'))
  expect(at('profileUrl')).toBeLessThan(at('screenName'))
  expect(at('allEmailsReported')).toBeLessThan(at('address'))
  const user = xmlOf().report
  expect(user.indexOf('<espIdentifier>user-7')).toBeLessThan(user.indexOf('<espService>'))
})

it('no time without a zone comes in, and none goes out', () => {
  expect(scanContext.safeParse({ uploadedAt: '2026-06-01T10:00:00' }).success).toBe(false)
  expect(
    scanContext.safeParse({ account: { id: '7', ipEvents: [{ ip: '::1', at: '2026-06-01T10:00:00' }] } }).success,
  ).toBe(false)
  const { report, details } = xmlOf()
  const times = [report, ...details].join().match(/\d{4}-\d\d-\d\dT[\d:.]+[^<"\s;]*/g) ?? []
  expect(times.length).toBeGreaterThan(10)
  for (const time of times) expect(time).toMatch(/Z\.?$/)
})

it('local times are not sent with a Z: an offset is the same moment in UTC', () => {
  const { report, details } = xmlOf()
  expect(report).toContain(`<incidentDateTime>${meant}</incidentDateTime>`)
  expect(details[0]).toContain(`<uploadedToEspTimestamp>${meant}</uploadedToEspTimestamp>`)
  expect([report, ...details].join()).not.toContain('T10:00:00')
})
