import fc from 'fast-check'
import { expect, it } from 'vitest'
import { schema } from '../schema/schema.ts'
import { anyReport } from '../testing/any-document.ts'
import { type Judge, openJudge } from '../testing/judge.ts'
import { minimalReport, now } from '../testing/reports.ts'
import { validate } from '../validate/validate.ts'
import { toXml } from '../xml/to-xml.ts'
import { extendSchema } from './extend.ts'
import { readXsd, type Xsd } from './read-xsd.ts'
import { xsdDiff } from './xsd-diff.ts'

const annotations = 'report/incidentSummary/reportAnnotations'
const person = 'report/personOrUserReported/personOrUserReportedPerson'

async function schemaOf(judge: Judge, change: (text: string) => string = (text) => text): Promise<Xsd> {
  const read = readXsd(new TextEncoder().encode(change(new TextDecoder().decode(await judge.xsd()))))
  if (read.kind !== 'xsd') throw new Error(read.why)
  return read
}

const newer = {
  incidentSummary: { ...minimalReport.incidentSummary, reportAnnotations: { informational: true, spam: true } },
  reporter: minimalReport.reporter,
  personOrUserReported: [
    { personOrUserReportedPerson: { dateOfBirth: '1990-12-31', ageAssertionDiscrepancy: true, age: 30 } },
  ],
}

it("elements of a newer schema can be sent once the operator's fetched schema has them, and only then", async () => {
  await using today = await openJudge()
  const paths = [`${annotations}/informational`, `${person}/ageAssertionDiscrepancy`]
  const unchanged = extendSchema(await schemaOf(today), paths)
  expect(unchanged).toEqual({ schema, added: [], refused: paths.map((path) => ({ path, why: 'not_in_their_schema' })) })

  await using tomorrow = await openJudge({ acceptDrift: true })
  const extended = extendSchema(await schemaOf(tomorrow), paths)
  expect(extended).toMatchObject({ added: paths, refused: [] })
  expect(validate('report', newer, { now }).ok).toBe(false)
  expect(validate('report', newer, { now, schema: extended.schema })).toEqual({ ok: true })
  expect(await tomorrow.submit(newer, extended.schema)).toHaveProperty('reportId')
  expect(await today.submit(newer, extended.schema)).toHaveProperty('refusal')
  // In the place that their order has, whatever the caller's.
  expect(toXml('report', newer, { schema: extended.schema })).toContain(
    '<age>30</age><ageAssertionDiscrepancy>true</ageAssertionDiscrepancy><dateOfBirth>',
  )
})

it('with everything of theirs added nothing differs, and random reports of the whole are accepted', {
  timeout: 120_000,
}, async () => {
  await using tomorrow = await openJudge({ acceptDrift: true })
  const theirs = await schemaOf(tomorrow)
  const extended = extendSchema(theirs)
  expect(extended.added).toHaveLength(9)
  expect(xsdDiff(theirs, extended.schema)).toEqual([])
  let used = 0
  await fc.assert(
    fc.asyncProperty(anyReport(extended.schema), async (report) => {
      expect(validate('report', report, { now, schema: extended.schema })).toEqual({ ok: true })
      if (/informational|ageAssertionDiscrepancy/.test(JSON.stringify(report))) used += 1
      expect(await tomorrow.submit(report, extended.schema)).toHaveProperty('reportId')
    }),
    { numRuns: 100 },
  )
  expect(used).toBeGreaterThan(10)
})

it('a flag of theirs is a flag, a boolean a boolean, and a batched report has room for neither', async () => {
  await using tomorrow = await openJudge({ acceptDrift: true })
  const { schema: table } = extendSchema(await schemaOf(tomorrow))
  const rules = (report: object) => {
    const verdict = validate('report', report, { now, schema: table })
    return verdict.ok ? [] : verdict.problems.map(({ path, rule }) => `${path}: ${rule}`)
  }
  const flagged = { ...newer.incidentSummary, reportAnnotations: { informational: false } }
  expect(rules({ ...newer, incidentSummary: flagged })).toEqual([`${annotations}/informational: flag`])
  const user = [{ personOrUserReportedPerson: { ageAssertionDiscrepancy: 'yes' } }]
  expect(rules({ ...newer, personOrUserReported: user })).toEqual([
    `${person.replace('Reported/', 'Reported[0]/')}/ageAssertionDiscrepancy: type`,
  ])
})

it('containers, attributes and branches of a choice have their place too', async () => {
  await using judge = await openJudge()
  const theirs = await schemaOf(judge, (text) =>
    text
      .replace(
        '<xs:element name="caseNumber"',
        '<xs:element name="court" type="court" minOccurs="0" maxOccurs="unbounded"/><xs:element name="caseNumber"',
      )
      .replace(
        '<xs:element name="emailIncident"',
        '<xs:element name="vrIncident" type="court"/><xs:element name="emailIncident"',
      )
      .replace(
        '</xs:schema>',
        '<xs:complexType name="court"><xs:sequence><xs:element name="name" type="xs:string"/><xs:element name="state" type="state" minOccurs="0"/></xs:sequence><xs:attribute name="since" type="xs:date" use="required"/></xs:complexType></xs:schema>',
      )
      .replace(
        '<xs:attribute name="fleaCountry"',
        '<xs:attribute name="treaty" type="xs:boolean"/><xs:attribute name="fleaCountry"',
      )
      .replace('<xs:element name="reportedToLe" type="xs:boolean"', '<xs:element name="reportedToLe" type="dated"')
      .replace(
        '</xs:schema>',
        '<xs:complexType name="dated"><xs:simpleContent><xs:extension base="xs:boolean"><xs:attribute name="on" type="xs:dateTime"/></xs:extension></xs:simpleContent></xs:complexType></xs:schema>',
      ),
  )
  const { schema: table, added, refused } = extendSchema(theirs)
  expect(refused).toEqual([])
  expect(added).toHaveLength(4)
  expect(xsdDiff(theirs, table)).toEqual([])
  const court = { '@since': '2001-02-03', name: 'a', state: 'NY' }
  const report = {
    ...minimalReport,
    internetDetails: [{ vrIncident: court }],
    lawEnforcement: {
      agencyName: 'b',
      court: [court, court],
      reportedToLe: { '#': true, '@on': '2026-11-21T08:15:00Z' },
      servedLegalProcessInternational: { '#': true, '@treaty': true },
    },
  }
  expect(validate('report', report, { now, schema: table })).toEqual({ ok: true })
  expect(toXml('report', report, { schema: table })).toContain(
    '<agencyName>b</agencyName><court since="2001-02-03"><name>a</name><state>NY</state></court><court since',
  )
  const late = {
    ...report,
    lawEnforcement: { ...report.lawEnforcement, reportedToLe: { '#': true, '@on': '2027-11-21T08:15:00Z' } },
  }
  expect(validate('report', late, { now, schema: table }).ok).toBe(false)
})

it('what must be written, what has no place, what is ours already and what cannot be checked is refused', async () => {
  await using judge = await openJudge()
  const theirs = await schemaOf(judge, (text) =>
    text
      .replace(
        '<xs:element name="caseNumber"',
        '<xs:element name="judge" type="xs:string"/><xs:element name="key" type="xs:base64Binary" minOccurs="0"/><xs:element name="court" type="reporter" minOccurs="0"/><xs:element name="caseNumber"',
      )
      .replace('</xs:schema>', '<xs:element name="amendReport" type="reporter"/></xs:schema>'),
  )
  const at = 'report/lawEnforcement'
  const { refused } = extendSchema(theirs, [
    `${at}/judge`,
    `${at}/key`,
    `${at}/caseNumber`,
    `${at}/court/legalURL`,
    'amendReport',
    `${at}/nothing`,
  ])
  expect(refused.map(({ why }) => why)).toEqual([
    'not_optional',
    'kind_unknown',
    'already_ours',
    'no_place',
    'no_place',
    'not_in_their_schema',
  ])
})
