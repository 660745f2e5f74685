import { expect, test } from 'vitest'
import { opened, type Parts, reportXml } from './caller.ts'

const flagged = (flag: string): Parts => ({ summary: `<reportAnnotations>${flag}</reportAnnotations>` })
const person = (inside: string): Parts => ({
  user: `<personOrUserReportedPerson>${inside}</personOrUserReportedPerson>`,
})
const account = (inside: string): Parts => ({ user: `<associatedAccount type="Other">${inside}</associatedAccount>` })
const doubt = '<ageAssertionDiscrepancy>true</ageAssertionDiscrepancy>'

const newer: [string, Parts][] = [
  ['informational', flagged('<informational/>')],
  ['potentialAggravatingFactors', flagged('<potentialAggravatingFactors/><spam/>')],
  ['instrumentalUse', flagged('<sextortion/><instrumentalUse>true</instrumentalUse>')],
  ['a doubted age of a person', person(`<age>12</age>${doubt}<dateOfBirth>1990-01-01</dateOfBirth>`)],
  ['a doubted age of an account', account(`<approximateAge>12</approximateAge>${doubt}`)],
]
const neverRight: [string, Parts][] = [
  ['informational that says false', flagged('<informational>false</informational>')],
  ['the doubt before the age', person(`${doubt}<age>12</age>`)],
  ['the doubt after the birth', account(`<dateOfBirth>1990-01-01</dateOfBirth>${doubt}`)],
]

test('elements of newer reports are refused, unless the sandbox was told to take them where they belong', async () => {
  await using usual = await opened()
  await using drifted = await opened({ acceptDrift: true })
  for (const [what, parts] of newer) {
    expect([what, (await usual.caller.submit(reportXml(parts))).code]).toEqual([what, '4100'])
    expect([what, (await drifted.caller.submit(reportXml(parts))).code]).toEqual([what, '0'])
  }
  for (const [what, parts] of neverRight) {
    expect([what, (await drifted.caller.submit(reportXml(parts))).code]).toEqual([what, '4100'])
  }
  expect((await usual.caller.call('xsd')).body).not.toMatch(/^ *<xs:element name="informational"/m)
  expect((await drifted.caller.call('xsd')).body).toMatch(/^ *<xs:element name="informational"/m)
})
