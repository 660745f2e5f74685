// Small documents for tests: made-up people at reserved domains and addresses.
import type { FileDetails, Report } from '../schema/schema.ts'

export const now = new Date('2026-11-22T12:00:00Z')

export const minimalReport: Report = {
  incidentSummary: {
    incidentType: 'Child Pornography (possession, manufacture, and distribution)',
    incidentDateTime: '2026-11-21T08:15:00Z',
  },
  reporter: { reportingPerson: { email: ['safety@forum.example'] } },
}

export const fullReport: Report = {
  ...minimalReport,
  internetDetails: [
    { webPageIncident: { url: ['https://forum.example/post/1'], '@thirdPartyHostedContent': false } },
    { emailIncident: { emailAddress: ['Sender@mail.example'] } },
  ],
  personOrUserReported: [
    {
      additionalInfo: 'reported by rule',
      espService: 'Forum',
      espIdentifier: 'account-1',
      personOrUserReportedPerson: { email: [{ '#': 'sender@mail.example', '@type': 'Home', '@verified': true }] },
      accountPermanentlyDisabled: {
        '#': true,
        '@disabledDate': '2026-11-21T09:00:00Z',
        '@userNotified': true,
        '@userNotifiedDate': '2026-11-21T09:00:01Z',
      },
      ipCaptureEvent: [
        { port: 443, ipAddress: '192.0.2.7', eventName: 'Upload', dateTime: '2026-11-21T08:15:00+01:00' },
      ],
      associatedAccount: [
        {
          '@type': 'Linked',
          espIdentifier: 'account-2',
          espService: 'Chat',
          email: ['other@mail.example'],
          platform: { '#': 'Chat', '@thirdPartyUser': true },
          screenName: 'two',
          profileUrl: ['https://chat.example/two'],
          allEmailsReported: true,
          priorCTReport: ['123456789'],
        },
      ],
    },
  ],
  victim: [{ victimPerson: {} }],
}

export const minimalFile: FileDetails = { reportId: '1234567', fileId: '0123456789abcdef0123456789abcdef' }
