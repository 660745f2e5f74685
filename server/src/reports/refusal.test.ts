import { CybertipFault, responseCode } from '@wardline/cybertip'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { refusalOf } from './refusal.ts'

const answered = (description: string, code = 4100) =>
  new CybertipFault('not_accepted', {
    responseCode: responseCode(code),
    httpStatus: 400,
    rawAnswer: Buffer.from(
      `<?xml version="1.0"?><reportResponse><responseCode>${code}</responseCode><responseDescription>${description}</responseDescription></reportResponse>`,
    ),
  })

it('a refusal names step, code, rule and elements', () => {
  const words =
    "Validation Failed - cvc-complex-type.2.4.a: Invalid content was found starting with element 'reporter'. One of '{incidentSummary, internetDetails}' is expected."
  expect(refusalOf('submit', answered(words))).toBe(
    'submit was refused; code 4100 (the document breaks a rule); rule cvc-complex-type.2.4.a; about reporter, incidentSummary, internetDetails',
  )
  expect(refusalOf('fileinfo:2', answered('fileDetails/ipCaptureEvent/port must be 1 to 65535'))).toBe(
    'fileinfo:2 was refused; code 4100 (the document breaks a rule); about fileDetails/ipCaptureEvent/port',
  )
})

it('nothing that the CyberTipline quotes of a report gets through', () => {
  const words =
    "cvc-pattern-valid: Value 'mallory@evil.example +49 170 1234567 C:/Users/mallory/x.jpg' is not facet-valid with respect to pattern 'x' for element 'phone'"
  const said = refusalOf('submit', answered(words))
  expect(said).toMatch(/rule cvc-pattern-valid; about phone$/)
  expect(said).not.toMatch(/mallory|evil|170|Users|jpg/)
  // A digest, an address, a name: whatever the words are, none of a length that says something passes.
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{3,12}[0-9]{2}[a-z0-9@./]{0,20}$/), (secret) => {
      const quoted = refusalOf('submit', answered(`Value '${secret}' of ${secret} is "${secret}" {${secret}}`))
      expect(quoted).toBe('submit was refused; code 4100 (the document breaks a rule)')
    }),
  )
})

it('an answer without XML leaves the HTTP status, and an unknown code its number', () => {
  const page = new CybertipFault('not_accepted', { httpStatus: 400, rawAnswer: Buffer.from('<html>no</html>') })
  expect(refusalOf('finish', page)).toBe('finish was refused; HTTP status 400')
  const unknown = new CybertipFault('unknown_code', { responseCode: responseCode(4999) })
  expect(refusalOf('submit', unknown)).toBe('submit was refused; code 4999 (unknown to this version)')
})
