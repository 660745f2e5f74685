import { afterAll, beforeAll, expect, test } from 'vitest'
import { StillClock } from '../../clock/still.ts'
import type { Caller, Parts } from '../caller.ts'
import { callerOf, fileDetailsXml, reportXml } from '../caller.ts'
import type { Cybertipline } from '../cybertipline.ts'
import { startCybertipline } from '../cybertipline.ts'

let tip: Cybertipline
let caller: Caller
beforeAll(async () => {
  tip = await startCybertipline({ clock: new StillClock(), secondFileinfo: 'allow' })
  caller = callerOf(tip)
})
afterAll(() => tip.close())

const batch: Parts = {
  batched: '<batchedReport reason="VIRAL_POTENTIAL_MEME"/>',
  user: '<espIdentifier>1</espIdentifier>',
}
const ip = '<ipCaptureEvent><ipAddress>192.0.2.7</ipAddress></ipCaptureEvent>'
const device = '<deviceId><idType>IMEI</idType><idValue>x</idValue></deviceId>'
const meme = '<fileAnnotations><potentialMeme/></fileAnnotations>'

const forbiddenInBatch: [string, Parts][] = [
  ['escalateToHighPriority', { summary: '<escalateToHighPriority>x</escalateToHighPriority>' }],
  ['internetDetails', { internet: '<internetDetails><webPageIncident/></internetDetails>' }],
  ['lawEnforcement', { law: '<lawEnforcement><agencyName>x</agencyName></lawEnforcement>' }],
  ['intendedRecipient', { rest: '<intendedRecipient/>' }],
  ['victim', { rest: '<victim><victimPerson/></victim>' }],
  ['additionalInfo', { rest: '<additionalInfo/>' }],
  ['personOrUserReported', { user: '' }],
  ['personOrUserReported', { user: '<espIdentifier>1</espIdentifier><espService>x</espService>' }],
  ['personOrUserReported', { rest: '<personOrUserReported><screenName>x</screenName></personOrUserReported>' }],
]
test.each(forbiddenInBatch)('a batched report has no such %s: %o', async (name, parts) => {
  const reply = await caller.submit(reportXml({ ...batch, ...parts }))
  expect(reply).toMatchObject({ code: '4100', description: expect.stringContaining(name) })
})

const ofBatchedFiles: [string, string, boolean][] = [
  ['a meme', meme, true],
  ['viral and a meme', '<fileAnnotations><viral/><potentialMeme/></fileAnnotations>', true],
  [
    'who saw it, when it came, whether all could',
    '<uploadedToEspTimestamp>2026-05-01T10:00:00Z</uploadedToEspTimestamp><fileViewedByEsp>true</fileViewedByEsp><exifViewedByEsp>true</exifViewedByEsp><publiclyAvailable>true</publiclyAvailable><fileRelevance>Reported</fileRelevance>' +
      meme +
      '<industryClassification>A1</industryClassification>',
    true,
  ],
  ['no annotations', '', false],
  ['empty annotations', '<fileAnnotations/>', false],
  ['the legacy meme alone', '<potentialMeme>true</potentialMeme>', false],
  ['another flag beside it', '<fileAnnotations><viral/><infant/></fileAnnotations>', false],
  ['another flag alone', '<fileAnnotations><generativeAi/></fileAnnotations>', false],
  [
    'supplemental',
    '<fileRelevance>Supplemental Reported</fileRelevance><fileAnnotations><viral/></fileAnnotations>',
    false,
  ],
  ['its name', `<originalFileName>x</originalFileName>${meme}`, false],
  ['where it was', `<locationOfFile>https://wild.example/1</locationOfFile>${meme}`, false],
  ['a hash', `${meme}<originalFileHash hashType="MD5">x</originalFileHash>`, false],
  ['an address', meme + ip, false],
  ['a device', meme + device, false],
  ['details', `${meme}<details><nameValuePair><name>n</name><value>v</value></nameValuePair></details>`, false],
  ['additional words', `${meme}<additionalInfo>x</additionalInfo>`, false],
]
test.each(ofBatchedFiles)('the rules judge the file of a batched report with %s', async (_name, rest, taken) => {
  const { reportId } = await caller.submit(reportXml(batch))
  const { fileId } = await caller.upload(reportId, Buffer.from('drawn'))
  expect((await caller.fileinfo(fileDetailsXml(reportId, fileId, rest))).code).toBe(taken ? '0' : '4100')
  expect((await caller.finish(reportId)).code).toBe(taken ? '0' : '4100')
})

const side = '<fileRelevance>Supplemental Reported</fileRelevance>'
const ofFiles: [string, string, boolean][] = [
  ['a side picture, flagged', `${side}<fileAnnotations><viral/></fileAnnotations>`, true],
  ['a side picture that is a meme', side + meme, false],
  ['a side picture that is a meme in the legacy form', `${side}<potentialMeme>true</potentialMeme>`, false],
  ['a side picture, classified', `${side}<industryClassification>B2</industryClassification>`, false],
  [
    'EXIF data seen in a file seen',
    '<fileViewedByEsp>true</fileViewedByEsp><exifViewedByEsp>1</exifViewedByEsp>',
    true,
  ],
  [
    'EXIF data seen in a file not seen',
    '<fileViewedByEsp>0</fileViewedByEsp><exifViewedByEsp>1</exifViewedByEsp>',
    false,
  ],
]
test.each(ofFiles)('the rules judge the details of %s', async (_name, rest, taken) => {
  const { reportId } = await caller.submit(reportXml())
  const { fileId } = await caller.upload(reportId, Buffer.from('drawn'))
  expect((await caller.fileinfo(fileDetailsXml(reportId, fileId, rest))).code).toBe(taken ? '0' : '4100')
})

const mail = (kind: string, address: string): Parts => ({
  internet: `<internetDetails><${kind}><emailAddress>${address}</emailAddress></${kind}></internetDetails>`,
})
const person = (inside: string) => `<personOrUserReportedPerson>${inside}</personOrUserReportedPerson>`
const known = person('<email>Known@Mail.example</email>')
const disabled = (attributes: string) => `<accountPermanentlyDisabled ${attributes}>true</accountPermanentlyDisabled>`
const located = (inside: string): Parts => ({ user: `<estimatedLocation>${inside}</estimatedLocation>` })
const ofReports: [string, Parts, boolean][] = [
  ['an e-mail of the reported person', { ...mail('emailIncident', 'known@mail.example'), user: known }, true],
  [
    'a newsgroup address of the reported person',
    { ...mail('newsgroupIncident', 'known@mail.example'), user: known },
    true,
  ],
  ['a newsgroup address of nobody', { ...mail('newsgroupIncident', 'other@mail.example'), user: known }, false],
  ["an e-mail of the reporter's own", mail('emailIncident', 'safety@wild.example'), false],
  [
    'an e-mail of an intended recipient',
    {
      ...mail('emailIncident', 'r@mail.example'),
      rest: '<intendedRecipient><intendedRecipientPerson><email>r@mail.example</email></intendedRecipientPerson></intendedRecipient>',
    },
    true,
  ],
  [
    'an e-mail of an associated account only',
    {
      ...mail('emailIncident', 'a@mail.example'),
      user: '<associatedAccount type="Other"><email>a@mail.example</email></associatedAccount>',
    },
    false,
  ],
  [
    'a date of verification on what is said to be unverified',
    { user: person('<email verified="false" verificationDate="2026-01-01T00:00:00Z">a@mail.example</email>') },
    false,
  ],
  [
    'told as it was done',
    { user: disabled('disabledDate="2026-05-02T00:00:00Z" userNotifiedDate="2026-05-02T02:00:00+02:00"') },
    true,
  ],
  [
    'told a second before it was done',
    { user: disabled('disabledDate="2026-05-02T00:00:00Z" userNotifiedDate="2026-05-02T01:59:59+02:00"') },
    false,
  ],
  ['told tomorrow', { user: disabled('userNotifiedDate="2026-06-02T12:00:00Z"') }, false],
  ['age beside birth of a person', { user: person('<age>30</age><dateOfBirth>1996-01-01</dateOfBirth>') }, true],
  ['a US city in a state', located('<city>x</city><region>TX</region><countryCode>US</countryCode>'), true],
  ['a US city in a blank state', located('<city>x</city><region/><countryCode>US</countryCode>'), false],
  ['the US alone', located('<countryCode>US</countryCode>'), true],
  ['a state without a country', { user: person('<address><state>CA</state></address>') }, true],
  ['a phone without its calling code', { user: person('<phone countryCallingCode="+1">202 555 0100</phone>') }, true],
  [
    'a prior report of an account that is none',
    { user: '<associatedAccount type="Other"><priorCTReport>0</priorCTReport></associatedAccount>' },
    false,
  ],
]
test.each(ofReports)('the rules judge a report of %s', async (_name, parts, taken) => {
  const reply = await caller.submit(reportXml(parts))
  expect(reply.code).toBe(taken ? '0' : '4100')
  expect(reply.description).not.toContain('cvc-')
})
