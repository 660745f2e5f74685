// Recipients, victims, police and what a person says of the whole incident reach the form, each in its own element.
import { validate } from '@wardline/cybertip'
import { describe, expect, it } from 'vitest'
import type { CaseRecord } from '#cases'
import { type Context, caseOf, drafted, everything, file, meant, now, told } from './testing/drafting.ts'

const child = { id: 'user-9', firstName: 'Kim', age: 12, schoolName: 'Example School', groupId: 'group-1' }
const context: Context = {
  surface: 'private_message',
  account: { id: 'user-7', emails: [{ address: 'seven@example.org' }] },
  recipients: [
    { id: 'user-8', screenName: 'eight', ipEvents: [{ ip: '192.0.2.8', kind: 'login', at: told }] },
    { emails: [{ address: 'nine@example.org', verified: false }] },
  ],
  victims: [child],
  police: {
    agency: 'Example Police',
    caseNumber: '12/26',
    officer: { lastName: 'Muster', emails: ['muster@police.example'] },
    reported: true,
    legalProcess: { domestic: false, international: true, country: 'DE' },
  },
}

const decided = (decision: Partial<NonNullable<CaseRecord['decision']>>, of: Context = everything): CaseRecord => ({
  ...caseOf(file(of)),
  decision: { by: 'person:1', at: now, reason: null, viewed: false, ...decision },
})

describe('a draft of an incident that touches others', () => {
  it('tells to whom it was sent, which child is known to be its victim, and which police know of it', () => {
    const { report } = drafted(caseOf(file(context)))
    expect(report.intendedRecipient).toMatchObject([
      {
        espIdentifier: 'user-8',
        screenName: 'eight',
        ipCaptureEvent: [{ ipAddress: '192.0.2.8', eventName: 'Login', dateTime: meant }],
      },
      { intendedRecipientPerson: { email: [{ '#': 'nine@example.org', '@verified': false }] } },
    ])
    expect(report.intendedRecipient?.[0]?.intendedRecipientPerson).toBeUndefined()
    expect(report.victim).toMatchObject([
      {
        victimPerson: { firstName: 'Kim', age: 12 },
        espIdentifier: 'user-9',
        schoolName: 'Example School',
        additionalInfo: 'Group: group-1',
      },
    ])
    expect(report.lawEnforcement).toMatchObject({
      agencyName: 'Example Police',
      caseNumber: '12/26',
      officerContact: { lastName: 'Muster', email: [{ '#': 'muster@police.example' }] },
      reportedToLe: true,
      servedLegalProcessDomestic: false,
      servedLegalProcessInternational: { '#': true, '@fleaCountry': 'DE' },
    })
    expect(validate('report', report, { now: new Date(now) })).toEqual({ ok: true })
  })

  it('tells one account once, with the last word on it, and of fifty others how many more there are', () => {
    const crowd = Array.from({ length: 20 }, (_, n) => n)
    const files = [0, 1, 2].map((turn) =>
      file(
        { ...context, recipients: crowd.map((n) => ({ id: `user-${100 * turn + n}`, screenName: 'x' })) },
        { id: `file_${turn}` },
      ),
    )
    const again = file({ ...context, recipients: [{ id: 'user-0', screenName: 'later' }] }, { id: 'file_9' })
    const { report } = drafted(caseOf(...files, again))
    expect(report.intendedRecipient).toHaveLength(50)
    expect(report.intendedRecipient?.[0]).toMatchObject({ espIdentifier: 'user-0', screenName: 'later' })
    expect(report.victim).toHaveLength(1)
    expect(report.additionalInfo).toContain('10 further recipients are kept with the case.')
  })

  it('is of high priority only by a person’s reason, which NCMEC reads word for word', () => {
    expect(drafted(caseOf(file(context))).report.incidentSummary.escalateToHighPriority).toBeUndefined()
    const { incidentSummary } = drafted(decided({ escalate: 'The child is in the room.' })).report
    expect(incidentSummary.escalateToHighPriority).toBe('The child is in the room.')
  })

  it('is annotated as a whole only by a person', () => {
    expect(drafted(caseOf(file(context))).report.incidentSummary.reportAnnotations).toBeUndefined()
    const { report } = drafted(decided({ annotations: ['sextortion', 'csam_solicitation'] }))
    expect(report.incidentSummary.reportAnnotations).toEqual({ sextortion: true, csamSolicitation: true })
    expect(validate('report', report, { now: new Date(now) })).toEqual({ ok: true })
  })
})
