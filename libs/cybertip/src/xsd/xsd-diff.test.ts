import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Judge, openJudge } from '../testing/judge.ts'
import { readXsd, type Xsd } from './read-xsd.ts'
import { type Difference, xsdDiff } from './xsd-diff.ts'

let judge: Judge
let text: string
beforeAll(async () => {
  judge = await openJudge()
  text = new TextDecoder().decode(await judge.xsd())
})
afterAll(() => judge[Symbol.asyncDispose]())

const bytes = (xsd: string) => new TextEncoder().encode(xsd)

function read(xsd: string): Xsd {
  const schema = readXsd(bytes(xsd))
  if (schema.kind !== 'xsd') throw new Error(schema.why)
  return schema
}

/** The schema with one thing planted; it must be there to be replaced. */
function planted(from: string | RegExp, to: string | ((found: string) => string)): readonly Difference[] {
  const changed = typeof to === 'string' ? text.replace(from, to) : text.replace(from, to)
  expect(changed).not.toBe(text)
  return xsdDiff(read(changed))
}

describe('a fetched schema beside our table', () => {
  it('one written by another hand from the same documentation does not differ at all', async () => {
    const schema = read(text)
    expect(xsdDiff(schema)).toEqual([])
    expect(schema.unread).toEqual([])
    expect(schema.facts.size).toBeGreaterThan(500)
    expect(schema.sha256).toBe(createHash('sha256').update(text).digest('hex'))
  })

  it('an element more: where, how often, of which kind; what is inside it is not listed', () => {
    expect(
      planted(
        '<xs:element name="platform"',
        '<xs:element name="app" type="address" minOccurs="0"/>\n<xs:element name="platform"',
      ),
    ).toEqual([{ kind: 'only_theirs', path: 'report/incidentSummary/app', what: '0..1 elements' }])
  })

  it('an element less, of a type that stands in many places', () => {
    const gone = planted(/ *<xs:element name="possibleProxy".*\n/, '')
    expect(gone.every(({ kind }) => kind === 'only_ours')).toBe(true)
    expect(gone.map(({ path }) => path)).toContain('fileDetails/ipCaptureEvent/possibleProxy')
    expect(gone.length).toBeGreaterThan(5)
  })

  it('an attribute more and an attribute that is required now', () => {
    expect(
      planted(
        '<xs:attribute name="thirdPartyHostedContent" type="xs:boolean"/>',
        '<xs:attribute name="thirdPartyHostedContent" type="xs:boolean" use="required"/><xs:attribute name="since" type="xs:date"/>',
      ),
    ).toEqual([
      { kind: 'only_theirs', path: 'report/internetDetails/webPageIncident/@since', what: '0..1 date' },
      {
        kind: 'differs',
        path: 'report/internetDetails/webPageIncident/@thirdPartyHostedContent',
        in: 'cardinality',
        ours: '0..1',
        theirs: '1..1',
      },
    ])
  })

  it.each([
    [
      'cardinality',
      '<xs:element ref="lawEnforcement" minOccurs="0"/>',
      '<xs:element ref="lawEnforcement" minOccurs="0" maxOccurs="3"/>',
      'report/lawEnforcement',
      '0..1',
      '0..3',
    ],
    [
      'type',
      '<xs:element name="vehicleDescription" type="xs:string"',
      '<xs:element name="vehicleDescription" type="xs:token"',
      'report/personOrUserReported/vehicleDescription',
      'string',
      'token',
    ],
    [
      'pattern',
      '[0-9]{1,3}',
      '[0-9]{1,4}',
      'report/reporter/reportingPerson/phone/@countryCallingCode',
      String.raw`\+[0-9]{1,3}`,
      String.raw`\+[0-9]{1,4}`,
    ],
    [
      'fixed',
      '<xs:element name="spam" type="xs:boolean" fixed="true"',
      '<xs:element name="spam" type="xs:boolean"',
      'report/incidentSummary/reportAnnotations/spam',
      'true',
      '',
    ],
    [
      'enumeration',
      '<xs:enumeration value="B2"/>',
      '<xs:enumeration value="B3"/>',
      'fileDetails/industryClassification',
      '"B2"',
      '"B3"',
    ],
    [
      'limits',
      '<xs:restriction base="xs:string">\n      <xs:enumeration value="A1"/>',
      '<xs:restriction base="xs:string">\n<xs:maxLength value="9"/>      <xs:enumeration value="A1"/>',
      'fileDetails/industryClassification',
      '',
      'maxLength=9',
    ],
  ])('another %s', (aspect, from, to, path, ours, theirs) => {
    expect(planted(from, to)).toContainEqual({ kind: 'differs', path, in: aspect, ours, theirs })
  })

  it('another order, and a group of another kind', () => {
    expect(planted(/(<xs:element name="agencyName".*\n)(.*<xs:element name="caseNumber".*\n)/, '$2$1')).toEqual([
      expect.objectContaining({ path: 'report/lawEnforcement', in: 'order' }),
    ])
    expect(
      planted(/<xs:complexType name="reportAnnotations">[\s\S]*?<\/xs:complexType>/, (found) =>
        found.replaceAll('xs:all', 'xs:sequence'),
      ),
    ).toContainEqual({
      kind: 'differs',
      path: 'report/incidentSummary/reportAnnotations',
      in: 'group',
      ours: 'all',
      theirs: 'sequence',
    })
  })

  it('a document nobody knew of, and one that is gone', () => {
    expect(planted('</xs:schema>', '<xs:element name="amendReport" type="reporter"/></xs:schema>')).toEqual([
      { kind: 'only_theirs', path: 'amendReport', what: '1..1 elements' },
    ])
    expect(planted('<xs:element name="reportDoneResponse" type="reportDoneResponse"/>', '')).toEqual([
      { kind: 'only_ours', path: 'reportDoneResponse', what: '1..1 elements' },
    ])
  })

  it('said in other words of the XSD language, the same is the same', () => {
    const group =
      '<xsd:group name="g"><xsd:sequence><xsd:element name="middle" type="xsd:string" minOccurs="0"/></xsd:sequence></xsd:group>'
    const other = text
      .replaceAll('xs:', 'xsd:')
      .replace('xmlns:xs=', 'xmlns:xsd=')
      .replace('</xsd:schema>', `${group}</xsd:schema>`)
    expect(xsdDiff(read(other))).toEqual([])
    const extended = other.replace(
      /<xsd:complexType name="reportDoneResponse">[\s\S]*?<\/xsd:complexType>/,
      `<xsd:complexType name="answer"><xsd:sequence><xsd:element name="responseCode" type="xsd:int"/></xsd:sequence></xsd:complexType>
      <xsd:complexType name="reportDoneResponse"><xsd:complexContent><xsd:extension base="answer"><xsd:sequence>
        <xsd:element name="reportId" type="xsd:long"/>
        <xsd:element name="files"><xsd:complexType><xsd:sequence>
          <xsd:element name="fileId" type="xsd:string" minOccurs="0" maxOccurs="unbounded"/><xsd:group ref="g" minOccurs="0"/>
        </xsd:sequence></xsd:complexType></xsd:element>
      </xsd:sequence></xsd:extension></xsd:complexContent></xsd:complexType>`,
    )
    expect(xsdDiff(read(extended))).toEqual([
      { kind: 'only_theirs', path: 'reportDoneResponse/files/middle', what: '0..1 string' },
    ])
  })

  it('what this reader does not understand it names, rather than say that all agree', () => {
    const odd = text
      .replace('<xs:element name="platform"', '<xs:any minOccurs="0"/><xs:element name="platform"')
      .replace('</xs:schema>', '<xs:import namespace="urn:x"/></xs:schema>')
    expect(read(odd).unread).toEqual(['any', 'import'])
  })
})

describe('a schema that means harm', () => {
  it.each([
    ['a DOCTYPE', () => `<!DOCTYPE x [<!ENTITY a "b">]>${text.replace(/^<\?xml.*?\?>/, '')}`, 'doctype'],
    ['no schema', () => '<html/>', 'not_a_schema'],
    ['a schema of another language', () => '<schema xmlns="urn:other"/>', 'not_a_schema'],
    ['half a schema', () => text.slice(0, -40), 'not_xml'],
    ['a schema without end', () => text.replace('</xs:schema>', `${' '.repeat(1 << 20)}</xs:schema>`), 'too_long'],
    [
      'a person inside a person',
      () =>
        text.replace(
          '<xs:complexType name="contactPerson">\n    <xs:sequence>',
          '<xs:complexType name="contactPerson">\n    <xs:sequence><xs:element name="boss" type="contactPerson"/>',
        ),
      'endless',
    ],
    [
      'a type that extends itself',
      () =>
        text.replace(
          '<xs:complexType name="batchedReport">',
          '<xs:complexType name="batchedReport"><xs:complexContent><xs:extension base="batchedReport"/></xs:complexContent></xs:complexType><xs:complexType name="other">',
        ),
      'endless',
    ],
    [
      'groups that double at every step',
      () =>
        text
          .replace('</xs:schema>', `${doubling()}</xs:schema>`)
          .replace('<xs:element name="platform"', '<xs:group ref="g0"/><xs:element name="platform"'),
      'endless',
    ],
  ])('%s is refused', (_, make, why) => {
    const started = performance.now()
    expect(readXsd(bytes(make()))).toMatchObject({
      kind: 'unreadable',
      why,
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it('names that would forge a path or harm an object are passed over', () => {
    const harmful = ['a/b', '@c', 'constructor', '__proto__', 'x'.repeat(200)]
      .map((name) => `<xs:element name="${name}" type="xs:string" minOccurs="0"/>`)
      .join('')
    const odd = text.replace('<xs:element name="platform"', `${harmful}<xs:element name="platform"`)
    expect(xsdDiff(read(odd))).toEqual([])
    expect(read(odd).unread).toEqual(['name'])
  })

  it('restrictions in a circle are no type that is known', () => {
    const odd = text.replace(
      '<xs:simpleType name="extension">\n    <xs:restriction base="xs:string">',
      '<xs:simpleType name="extension">\n    <xs:restriction base="extension">',
    )
    expect(xsdDiff(read(odd))).toContainEqual(expect.objectContaining({ in: 'type', theirs: 'anyType' }))
  })
})

function doubling(): string {
  const group = (n: number) =>
    `<xs:group name="g${n}"><xs:sequence>${`<xs:group ref="g${n + 1}"/>`.repeat(2)}</xs:sequence></xs:group>`
  return Array.from({ length: 30 }, (_, n) => group(n)).join('')
}
