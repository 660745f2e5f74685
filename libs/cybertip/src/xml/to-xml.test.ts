import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, it } from 'vitest'
import { fullReport, minimalFile, minimalReport } from '../testing/reports.ts'
import { legal } from './characters.ts'
import { decodeEntities } from './decode.ts'
import { toXml } from './to-xml.ts'

const declaration = '<?xml version="1.0" encoding="UTF-8"?>'

/** The names of an element's children, in order. */
function childrenOf(name: string, xml: string): string[] {
  const inside = new RegExp(`<${name}[^>]*>(.*)</${name}>`, 's').exec(xml)?.[1] ?? ''
  return Object.keys(new XMLParser().parse(`<x>${inside}</x>`).x)
}

describe('a document on the wire', () => {
  it('the smallest report, byte for byte', () => {
    expect(toXml('report', minimalReport)).toBe(
      `${declaration}<report><incidentSummary>` +
        '<incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>' +
        '<incidentDateTime>2026-11-21T08:15:00Z</incidentDateTime></incidentSummary>' +
        '<reporter><reportingPerson><email>safety@forum.example</email></reportingPerson></reporter></report>',
    )
  })

  it("an associated account keeps its own order, whatever the caller's", () => {
    expect(childrenOf('associatedAccount', toXml('report', fullReport))).toEqual([
      'platform',
      'email',
      'allEmailsReported',
      'espService',
      'espIdentifier',
      'profileUrl',
      'screenName',
      'priorCTReport',
    ])
  })

  it('attributes stand where they belong', () => {
    const xml = toXml('report', fullReport)
    expect(xml).toContain('<associatedAccount type="Linked"><platform thirdPartyUser="true">Chat</platform>')
    expect(xml).toContain('<email type="Home" verified="true">sender@mail.example</email>')
    expect(xml).toContain('userNotifiedDate="2026-11-21T09:00:01Z">true</accountPermanentlyDisabled>')
    expect(xml).toContain('<victim><victimPerson/></victim>')
  })

  it('flags are empty elements, booleans have their text', () => {
    const xml = toXml('fileDetails', { ...minimalFile, fileViewedByEsp: false, fileAnnotations: { viral: true } })
    expect(xml).toContain('<fileViewedByEsp>false</fileViewedByEsp><fileAnnotations><viral/></fileAnnotations>')
  })

  it('what nobody said is not written: fileViewedByEsp least of all', () => {
    expect(toXml('fileDetails', minimalFile)).toBe(
      `${declaration}<fileDetails><reportId>1234567</reportId><fileId>${minimalFile.fileId}</fileId></fileDetails>`,
    )
  })

  it('optional elements of nothing are left out at any depth', () => {
    const empty = {
      ...minimalReport,
      additionalInfo: '\u0000',
      internetDetails: [],
      lawEnforcement: undefined,
      personOrUserReported: [
        { displayName: [''], personOrUserReportedPerson: { email: [''], address: [{ city: '' }] } },
      ],
    }
    expect(toXml('report', empty)).toBe(toXml('report', minimalReport))
  })

  it('a kind of incident said without more is still said', () => {
    expect(toXml('report', { ...minimalReport, internetDetails: [{ webPageIncident: {} }] })).toContain(
      '<internetDetails><webPageIncident/></internetDetails>',
    )
  })

  it('there is no namespace but the two xsi attributes, when asked for', () => {
    expect(toXml('report', fullReport)).not.toContain('xmlns')
    expect(toXml('report', minimalReport, { schemaLocation: true })).toContain(
      '<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd">',
    )
  })

  it('characters XML cannot carry are removed, all others arrive', () => {
    const bio = 'a\u0000b\u0008c\u{fffe}d\ud800e\udc00f <&>]]> "\' \u00e9 \u{1f600} &amp; &#0; &x; \r\n'
    const xml = toXml('report', { ...minimalReport, additionalInfo: bio })
    const raw = new XMLParser({ trimValues: false, processEntities: false }).parse(xml).report.additionalInfo
    expect(decodeEntities(raw)).toBe('abcdef <&>]]> "\' \u00e9 \u{1f600} &amp; &#0; &x; \r\n')
  })

  it('line ends and tabs arrive in an attribute as well', () => {
    const hash = { '#': 'x', '@hashType': 'a\nb\tc\rd"<&\'' }
    const xml = toXml('fileDetails', { ...minimalFile, originalFileHash: [hash] })
    expect(xml).toContain('hashType="a&#10;b&#9;c&#13;d&quot;&lt;&amp;\'"')
  })

  it('any text at all makes a well-formed document', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, hashType) => {
        const hash = { '#': text, '@hashType': hashType }
        const xml = toXml('fileDetails', { ...minimalFile, originalFileHash: [hash], additionalInfo: [text] })
        expect(XMLValidator.validate(xml)).toBe(true)
        expect(xml.isWellFormed()).toBe(true)
        const raw = new XMLParser({ trimValues: false, processEntities: false, parseTagValue: false }).parse(xml)
        // A parser normalises nothing here: every carriage return is a reference.
        expect(decodeEntities(raw.fileDetails.additionalInfo ?? '')).toBe(legal(text))
      }),
    )
  })

  it('a value that was not validated is not half written', () => {
    expect(() => toXml('fileDetails', { ...minimalFile, secret: 'x' } as never)).toThrow(
      'fileDetails has a name the schema does not know: validate first',
    )
    expect(() => toXml('fileDetails', { reportId: '1' } as never)).toThrow('fileDetails/fileId cannot be written')
  })
})
