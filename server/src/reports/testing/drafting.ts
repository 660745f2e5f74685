// For tests: a case as it is drafted, in memory, with an account of which a platform said all that it can say.
import type { AssociatedAccount } from '@wardline/api'
import type { CaseFile, CaseRecord } from '#cases'
import { exact, near } from '../../cases/testing.ts'
import { draft } from '../draft.ts'
import type { ReportSettings } from '../settings.ts'

export const now = Date.UTC(2026, 5, 1, 12)
const settings: ReportSettings = {
  environment: 'sandbox',
  reporter: { email: 'trust@example.org' },
  platform: 'Forum',
}

export type Context = CaseRecord['context']

export function file(context: Context, change: Partial<CaseFile> = {}): CaseFile {
  const print = { hash: 'a5'.repeat(32), quality: 100 }
  return {
    id: 'file_1',
    vaultId: 'evidence_1',
    bytesKeyed: 'bytes-1',
    addedAt: now,
    sizeBytes: 100,
    mediaType: 'image/jpeg',
    digests: { md5: '1'.repeat(32), sha1: '2'.repeat(40), sha256: '3'.repeat(64) },
    pictures: [{ width: 10, height: 10, commandLine: print, fullResolution: print }],
    grounds: [exact, near],
    why: 'exact',
    occurrences: [{ scanId: 'scan_1', receivedAt: now - 1000, context }],
    furtherOccurrences: 0,
    ...change,
  }
}

export function caseOf(...files: readonly CaseFile[]): CaseRecord {
  return {
    id: 'case_1',
    number: 1,
    environment: 'sandbox',
    state: 'reporting',
    route: 'report',
    isTest: false,
    surface: 'upload',
    jurisdiction: null,
    openedAt: now,
    settlesAt: now,
    changedAt: now,
    decidedBy: null,
    decidedAt: null,
    factsDueAt: null,
    decision: null,
    context: files[0]?.occurrences[0]?.context ?? { surface: 'other' },
    files,
    views: [],
    supplements: [],
    furtherSupplements: 0,
    lookUp: null,
  }
}

export function drafted(record: CaseRecord, change: Partial<ReportSettings> = {}) {
  const result = draft(record, { ...settings, ...change }, now)
  if (result.kind !== 'drafted') throw new Error(result.words)
  return result.draft
}

/** Local time, two hours ahead of UTC: what is sent must be the same moment. */
export const told = '2026-06-01T10:00:00+02:00'
export const meant = '2026-06-01T08:00:00.000Z'

const marks: Omit<AssociatedAccount, 'type' | 'id'> = {
  firstName: 'Sam',
  lastName: 'Seven',
  age: 40,
  dateOfBirth: '1986-02-01',
  emails: [
    { address: 'seven@example.org', type: 'home', verified: true, verifiedAt: told },
    { address: 'second@example.org', type: 'recovery', verified: false },
  ],
  allEmailsReported: true,
  phones: [
    { number: '+49 151 2345', type: 'mobile', callingCode: '+49', verified: true, verifiedAt: told },
    { number: '555 0100', type: 'work', extension: '12' },
  ],
  addresses: [
    { type: 'home', street: '1 Example Street', city: 'Springfield', postalCode: '12345', region: 'CA', country: 'US' },
    { type: 'billing', city: 'Graz', region: 'Steiermark', country: 'AT' },
  ],
  service: 'Boards',
  screenName: 'seven',
  displayNames: ['Seven', 'The Seventh'],
  profileUrls: ['https://forum.example.org/u/seven'],
  profileBio: 'I like bridges.',
  ipEvents: [
    { ip: '192.0.2.7', kind: 'login', at: told, port: 40_000, possibleProxy: true },
    { ip: '2001:db8::8', kind: 'registration', at: '2026-01-01T00:00:00Z' },
  ],
  devices: [{ type: 'IMEI', id: '490154203237518', kind: 'login', at: told }],
  groupId: 'group-9',
  compromised: false,
  disabled: { at: told, permanently: false, reenabledAt: '2026-09-01T00:00:00Z' },
  userNotified: true,
  userNotifiedAt: '2026-06-01T09:00:00Z',
}

/** Everything that the schema has a place for. */
export const everything: Context = {
  surface: 'public_post',
  service: 'Boards',
  url: 'https://forum.example.org/posts/1',
  conversationId: 'c-1',
  requestId: 'r-1',
  fileName: 'sunset.jpg',
  uploadedAt: told,
  publiclyAvailable: true,
  account: {
    id: 'user-7',
    email: 'seven@example.org',
    emailVerified: true,
    displayName: 'Seven',
    profileUrl: 'https://forum.example.org/u/seven',
    organisation: { id: 'acme', name: 'Acme' },
    ...marks,
    thirdParty: false,
    estimatedLocation: { city: 'Springfield', region: 'CA', country: 'US', verified: false, at: told },
    associatedAccounts: [
      { ...marks, type: 'parent_guardian', id: 'user-1', platform: 'Elsewhere', thirdParty: true, middleName: 'M' },
    ],
  },
  origin: {
    ip: '2001:db8::7',
    port: 50_000,
    at: told,
    possibleProxy: false,
    device: { type: 'IMEI', id: '1' },
  },
  place: { kind: 'chat', client: 'Helper', room: 'Lobby', content: 'look at this', note: 'A room for all.' },
  exif: [{ name: 'Model', value: 'Camera 1' }],
  annotations: ['live_streaming'],
}
