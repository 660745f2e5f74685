import { afterAll, beforeAll, expect, test } from 'vitest'
import { StillClock } from '../clock/still.ts'
import type { Caller, Parts } from './caller.ts'
import { callerOf, fileDetailsXml, reportXml } from './caller.ts'
import type { Cybertipline } from './cybertipline.ts'
import { startCybertipline } from './cybertipline.ts'
import { maximalReport } from './maximal.ts'

let tip: Cybertipline
let caller: Caller
beforeAll(async () => {
  tip = await startCybertipline({ clock: new StillClock(), firstReportId: 4_000_001 })
  caller = callerOf(tip)
})
afterAll(() => tip.close())

test('a minimal report is taken and kept as it came', async () => {
  const reply = await caller.submit(reportXml())
  expect(reply).toMatchObject({ status: 200, root: 'reportResponse', code: '0' })
  expect(reply.reportId).toMatch(/^[0-9]{7,9}$/)
  expect(tip.inspect().reports.at(-1)).toMatchObject({ id: reply.reportId, state: 'open', submittedXml: reportXml() })
})

test('a report with every element is taken', async () => {
  expect(await caller.submit(maximalReport)).toMatchObject({ status: 200, code: '0' })
})

const schemaErrors: [string, string, RegExp][] = [
  [
    'the wrong order',
    '<report><reporter><reportingPerson/></reporter></report>',
    /cvc-complex-type\.2\.4\.a: Invalid content was found starting with element 'reporter'\. One of '\{.*incidentSummary\}' is expected\./,
  ],
  ['an unknown element', reportXml({ user: '<nickname>x</nickname>' }), /2\.4\.a: .*'nickname'/],
  ['nothing after the end', reportXml({ rest: '<additionalInfo/><more/>' }), /2\.4\.d: .*'more'/],
  ['an incomplete element', reportXml({ rest: '<victim/>' }), /2\.4\.b: .*'victim' is not complete/],
  ['an unknown attribute', reportXml({ rest: '<additionalInfo x="1"/>' }), /cvc-complex-type\.3\.2\.2: Attribute 'x'/],
  ['a missing attribute', reportXml({ user: '<associatedAccount/>' }), /cvc-complex-type\.4: Attribute 'type'/],
  ['accountType', reportXml({ user: '<associatedAccount accountType="Other"/>' }), /3\.2\.2: Attribute 'accountType'/],
  ['an empty boolean', reportXml({ user: '<compromisedAccount/>' }), /cvc-datatype-valid\.1\.2\.1: '' .*'boolean'/],
  [
    'a flag that says false',
    reportXml({ summary: '<reportAnnotations><spam>false</spam></reportAnnotations>' }),
    /cvc-elt\.5\.2\.2\.2\.2: The value 'false' of element 'spam'/,
  ],
  [
    'generativeAi on the report',
    reportXml({ summary: '<reportAnnotations><generativeAi/></reportAnnotations>' }),
    /2\.4\.[ad]: .*'generativeAi'/,
  ],
  [
    'a padded enumeration',
    reportXml({ user: '<ipCaptureEvent><ipAddress>1.2.3.4</ipAddress><eventName> Login</eventName></ipCaptureEvent>' }),
    /cvc-enumeration-valid: Value ' Login'/,
  ],
  [
    'a calling code without plus',
    reportXml({ rest: '<victim><victimPerson><phone countryCallingCode="1">5</phone></victimPerson></victim>' }),
    /cvc-pattern-valid: Value '1'/,
  ],
  ['a blank instead of T', reportXml({ when: '2026-05-01 10:00:00Z' }), /cvc-datatype-valid/],
  ['an empty internetDetails', reportXml({ internet: '<internetDetails/>' }), /2\.4\.b/],
  [
    'plural prior reports in an account',
    reportXml({ user: '<associatedAccount type="Other"><priorCTReports>1</priorCTReports></associatedAccount>' }),
    /2\.4/,
  ],
  ['a namespace', reportXml().replace('<report>', '<report xmlns="urn:ncmec">'), /cvc-elt\.1\.a: .*'report'/],
  ['an unknown root', '<tip/>', /cvc-elt\.1\.a: Cannot find the declaration of element 'tip'/],
  ['a declared but wrong root', fileDetailsXml('1', '2'), /cvc-elt\.1\.a: .*'fileDetails'/],
]

test.each(schemaErrors)('the schema refuses %s', async (_name, xml, words) => {
  const reply = await caller.submit(xml)
  expect(reply).toMatchObject({ status: 400, root: 'reportResponse', code: '4100', reportId: '' })
  expect(reply.description).toMatch(words)
})

test.each([
  ['two roots', `${reportXml()}<report/>`],
  ['no root', ''],
  ['an open tag', '<report>'],
  ['an undefined entity', reportXml({ rest: '<additionalInfo>&nope;</additionalInfo>' })],
  ['a control character', reportXml({ rest: '<additionalInfo>\u0001</additionalInfo>' })],
  ['a DOCTYPE', `<!DOCTYPE report [<!ENTITY a "b">]>${reportXml().slice(reportXml().indexOf('<report>'))}`],
])('%s is malformed: 4110', async (_name, xml) => {
  expect(await caller.submit(xml)).toMatchObject({ status: 400, code: '4110' })
})

test('bytes that are not UTF-8 are malformed: 4110', async () => {
  const body = new Uint8Array(Buffer.from(reportXml({ rest: '<additionalInfo>é</additionalInfo>' }), 'latin1'))
  const reply = await caller.call('submit', { method: 'POST', body, headers: { 'content-type': 'text/xml' } })
  expect(reply.code).toBe('4110')
})

test.each(['application/json', 'text/plain', 'text/xml; charset=iso-8859-1'])(
  'the content type %s is refused: 4000',
  async (type) => {
    const reply = await caller.call('submit', { method: 'POST', body: reportXml(), headers: { 'content-type': type } })
    expect(reply).toMatchObject({ status: 400, code: '4000' })
  },
)

const person = (inside: string): Parts => ({
  user: `<personOrUserReportedPerson>${inside}</personOrUserReportedPerson>`,
})
const from = (inside: string): Parts => ({ user: `<ipCaptureEvent>${inside}</ipCaptureEvent>` })
const at = (address: string) => `<ipAddress>${address}</ipAddress>`
const disabled = (attributes: string): Parts => ({
  user: `<accountTemporarilyDisabled ${attributes}>true</accountTemporarilyDisabled>`,
})
const located = (inside: string): Parts => ({ user: `<estimatedLocation>${inside}</estimatedLocation>` })
const account = (inside: string): Parts => ({ user: `<associatedAccount type="Other">${inside}</associatedAccount>` })
const web = (url: string): Parts => ({
  internet: `<internetDetails><webPageIncident><url>${url}</url></webPageIncident></internetDetails>`,
})
const cell = (inside: string): Parts => ({
  internet: `<internetDetails><cellPhoneIncident>${inside}</cellPhoneIncident></internetDetails>`,
})
const long = (length: number) => 'x'.repeat(length)
const batched = { batched: '<batchedReport reason="VIRAL_POTENTIAL_MEME"/>' }

const breaches: [string, Parts][] = [
  ['a time without zone', { when: '2026-05-01T10:00:00' }],
  ['a time to come', { when: '2026-06-01T12:00:06Z' }],
  ['a birth to come', person('<dateOfBirth>2026-06-03</dateOfBirth>')],
  ['a birth with a zone', person('<dateOfBirth>1990-01-01Z</dateOfBirth>')],
  ['a reporter without email', { reporter: '<reportingPerson/>' }],
  ['two users', { user: '', rest: '<personOrUserReported/>' }],
  ['an email without domain', { reporter: '<reportingPerson><email>me@</email></reportingPerson>' }],
  ['a long local part', { reporter: `<reportingPerson><email>${long(65)}@a.example</email></reportingPerson>` }],
  ['a long screen name', { user: `<screenName>${long(257)}</screenName>` }],
  ['a long service', { user: `<espService>${long(101)}</espService>` }],
  ['a screen name of 129 foxes', { user: `<screenName>${'🦊'.repeat(129)}</screenName>` }],
  ['a blank reason to escalate', { summary: '<escalateToHighPriority> </escalateToHighPriority>' }],
  ['a blank address', from(at(' '))],
  ['an address beyond 255', from(at('256.1.1.1'))],
  ['an address with a zone', from(at('fe80::1%eth0'))],
  ['port 0', from(`${at('1.2.3.4')}<port>0</port>`)],
  ['port 65536', from(`${at('1.2.3.4')}<port>65536</port>`)],
  ['age 151', person('<age>151</age>')],
  ['a URL with a blank', web('https://a.example/a b')],
  ['a URL without scheme', web('a.example/x')],
  ['a long URL', web(`https://a.example/${long(2083)}`)],
  ['latitude NaN', cell('<latitude>NaN</latitude>')],
  ['latitude 90.1', cell('<latitude>90.1</latitude>')],
  ['longitude INF', cell('<longitude>INF</longitude>')],
  ['a phone with its calling code twice', person('<phone countryCallingCode="+44">+44 20</phone>')],
  ['a verified date on an unverified phone', person('<phone verificationDate="2026-01-01T00:00:00Z">1</phone>')],
  ['country XK', person('<address><country>XK</country></address>')],
  ['a US state in France', person('<address><state>CA</state><country>FR</country></address>')],
  ['a location without country', located('<city>x</city>')],
  ['a US city without state', located('<city>x</city><countryCode>US</countryCode>')],
  ['a US region by name', located('<region>Texas</region><countryCode>US</countryCode>')],
  ['told before it was done', disabled('disabledDate="2026-05-02T00:00:00Z" userNotifiedDate="2026-05-01T00:00:00Z"')],
  ['given back at once', disabled('disabledDate="2026-05-02T00:00:00Z" reenabledDate="2026-05-02T00:00:00Z"')],
  ['disabled tomorrow', disabled('disabledDate="2026-06-02T12:00:00Z"')],
  ['prior report 0', { user: '<priorCTReports>0</priorCTReports>' }],
  ['age and birth of an account', account('<approximateAge>3</approximateAge><dateOfBirth>2000-01-01</dateOfBirth>')],
  [
    'an incident address of nobody',
    {
      internet:
        '<internetDetails><emailIncident><emailAddress>x@y.example</emailAddress></emailIncident></internetDetails>',
    },
  ],
  [
    'a batched report with a screen name',
    { ...batched, user: '<espIdentifier>1</espIdentifier><screenName>x</screenName>' },
  ],
  ['a batched report with internetDetails', { ...batched, ...web('https://a.example/') }],
  ['a batched report that escalates', { ...batched, summary: '<escalateToHighPriority>x</escalateToHighPriority>' }],
]

test.each(breaches)('the rules refuse %s', async (_name, parts) => {
  const reply = await caller.submit(reportXml(parts))
  expect(reply).toMatchObject({ status: 400, code: '4100' })
  expect(reply.description).not.toContain('cvc-')
})

const allowed: [string, Parts][] = [
  ['a time of this moment', { when: '2026-06-01T12:00:05Z' }],
  ['a birthday today', person('<dateOfBirth>2026-06-01</dateOfBirth>')],
  ['a service of 100', { user: `<espService>${long(100)}</espService>` }],
  ['a mapped address', from(at('::ffff:1.2.3.4'))],
  ['a French city', located('<city>Paris</city><countryCode>FR</countryCode>')],
  [
    'many users in a batch',
    {
      ...batched,
      user: '<espIdentifier>1</espIdentifier>',
      rest: '<personOrUserReported><espIdentifier>2</espIdentifier></personOrUserReported>',
    },
  ],
  ['an account back in 2099', disabled('disabledDate="2026-05-02T00:00:00Z" reenabledDate="2099-05-02T00:00:00Z"')],
]

test.each(allowed)('the rules allow %s', async (_name, parts) => {
  expect(await caller.submit(reportXml(parts))).toMatchObject({ status: 200, code: '0' })
})

test('the schema speaks before the rules', async () => {
  const both = reportXml({ when: '2099-01-01T00:00:00', rest: '<victim/>' })
  expect((await caller.submit(both)).description).toMatch(/cvc-complex-type\.2\.4\.b/)
})
