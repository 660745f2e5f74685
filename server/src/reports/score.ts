// How much of what an investigator needs a report says: who, where, when, from which machine, which file. Pure, over what is sent.
import type { Draft } from './draft-shape.ts'

type Need = {
  /** Of 100. */
  readonly points: number
  readonly words: string
  /** Which keys of the scan context supply it. */
  readonly supply: readonly string[]
}

/** Without the account or the address nobody can be found at all; they weigh most. */
const needs = {
  account: { points: 25, words: 'whose account it is', supply: ['account.id'] },
  identifier: {
    points: 10,
    words: 'one more mark of the person beside the account’s id',
    supply: ['account.email', 'account.screenName', 'account.displayName', 'account.profileUrl'],
  },
  place: { points: 10, words: 'where it was found', supply: ['url', 'service'] },
  uploaded: { points: 15, words: 'when each file was uploaded, with the time zone', supply: ['uploadedAt'] },
  address: { points: 20, words: 'from which IP address it came', supply: ['origin.ip'] },
  addressTime: {
    points: 10,
    words: 'when that IP address was seen, with the time zone',
    supply: ['origin.at', 'uploadedAt'],
  },
  addressPort: {
    points: 5,
    words: 'the port, without which an address that many share leads to nobody',
    supply: ['origin.port'],
  },
  file: { points: 5, words: 'the file itself', supply: [] },
} as const satisfies Record<string, Need>

export type NeedName = keyof typeof needs

export const needNames = Object.keys(needs) as readonly NeedName[]

export type Score = {
  /** 0..100. */
  readonly points: number
  readonly lacking: readonly NeedName[]
}

export function score(draft: Draft): Score {
  const lacking = needNames.filter((name) => !has[name](draft))
  return {
    points: needNames.reduce((sum, name) => sum + (lacking.includes(name) ? 0 : needs[name].points), 0),
    lacking,
  }
}

/** For people and for the platform: what is missing, and which keys of the scan context supply it. */
export type Lack = { readonly name: NeedName; readonly words: string; readonly supply: string[] }

export const lackOf = (name: NeedName): Lack => ({ name, words: needs[name].words, supply: [...needs[name].supply] })

const has: { readonly [N in NeedName]: (draft: Draft) => boolean } = {
  account: ({ report }) => persons(report).some(({ espIdentifier }) => espIdentifier !== undefined),
  identifier: ({ report }) => persons(report).some(isMarked),
  place: ({ report }) =>
    (report.internetDetails ?? []).length > 0 || persons(report).some(({ espService }) => espService !== undefined),
  uploaded: ({ files }) => {
    const reported = files.filter(({ details }) => details.fileRelevance !== 'Supplemental Reported')
    return reported.length > 0 && reported.every(({ details }) => details.uploadedToEspTimestamp !== undefined)
  },
  address: (draft) => addresses(draft).length > 0,
  addressTime: (draft) => addresses(draft).some(({ dateTime }) => dateTime !== undefined),
  addressPort: (draft) => addresses(draft).some(({ port }) => port !== undefined),
  file: ({ files }) => files.length > 0,
}

const persons = ({ personOrUserReported }: Draft['report']) => personOrUserReported ?? []

function isMarked(person: NonNullable<Draft['report']['personOrUserReported']>[number]): boolean {
  const { personOrUserReportedPerson: known, screenName, displayName = [], profileUrl = [] } = person
  const contacts = [...(known?.email ?? []), ...(known?.phone ?? [])]
  return screenName !== undefined || [...contacts, ...displayName, ...profileUrl].length > 0
}

/** Of the account and of the files: the same machines, mostly. */
function addresses({ report, files }: Draft) {
  return [
    ...persons(report).flatMap(({ ipCaptureEvent = [] }) => ipCaptureEvent),
    ...files.flatMap(({ details }) => details.ipCaptureEvent ?? []),
  ]
}
