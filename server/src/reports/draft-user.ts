// The account a report is about, from what the platform said with each file. CyberTipline API, section 5.5.
import type { Report } from '@wardline/cybertip'
import { deviceOf, distinct, ipEventOf, iso, lines, type Occurrence, url } from './telling.ts'

type User = NonNullable<Report['personOrUserReported']>[number]

/** Undefined when neither an account nor a machine is known. */
export function draftUser(occurrences: readonly Occurrence[]): User | undefined {
  const accounts = occurrences.flatMap((one) => one.context.account ?? [])
  const ipCaptureEvent = distinct(occurrences.flatMap((one) => ipEventOf(one) ?? []))
  // What the platform said last is nearest to the truth.
  const account = accounts.at(-1)
  if (account === undefined) return ipCaptureEvent.length === 0 ? undefined : { ipCaptureEvent }
  const emails = distinct(
    accounts.flatMap(({ email, emailVerified }) => (email === undefined ? [] : [{ email, emailVerified }])),
  )
  const disabled = accounts.findLast((one) => one.disabled !== undefined)
  return {
    personOrUserReportedPerson:
      emails.length === 0
        ? undefined
        : { email: emails.map(({ email, emailVerified }) => ({ '#': email, '@verified': emailVerified })) },
    espIdentifier: account.id,
    espService: occurrences.findLast((one) => one.context.service !== undefined)?.context.service,
    screenName: accounts.findLast((one) => one.screenName !== undefined)?.screenName,
    displayName: distinct(accounts.flatMap((one) => one.displayName ?? [])),
    profileUrl: distinct(accounts.flatMap((one) => (one.profileUrl === undefined ? [] : url(one.profileUrl)))),
    ipCaptureEvent,
    deviceId: distinct(occurrences.flatMap((one) => deviceOf(one) ?? [])),
    ...(disabled === undefined ? {} : standing(disabled)),
    additionalInfo: lines(...distinct(accounts.flatMap((one) => organisation(one) ?? [])), told(accounts)),
  }
}

type Account = NonNullable<Occurrence['context']['account']>

/** Our own notice follows the receipt, so only the platform's word can make `userNotified` true. Duties, section 13. */
function standing({ disabled, userNotifiedAt }: Account): Partial<User> {
  if (disabled === undefined) return {}
  const words = {
    '#': true,
    '@disabledDate': iso(disabled.at),
    ...(userNotifiedAt === undefined ? {} : { '@userNotified': true, '@userNotifiedDate': iso(userNotifiedAt) }),
  }
  return disabled.permanently ? { accountPermanentlyDisabled: words } : { accountTemporarilyDisabled: words }
}

/** Without a disabled account the form has no place for it. */
function told(accounts: readonly Account[]): string | undefined {
  const last = accounts.findLast((one) => one.userNotifiedAt !== undefined)
  if (last?.userNotifiedAt === undefined || accounts.some((one) => one.disabled !== undefined)) return undefined
  return `The platform told the user of its action at ${iso(last.userNotifiedAt)}.`
}

function organisation({ organisation }: Account): string | undefined {
  if (organisation === undefined) return undefined
  const name = organisation.name === undefined ? '' : `, named ${organisation.name}`
  return `The account belongs to an organisation with the id ${organisation.id}${name}.`
}
