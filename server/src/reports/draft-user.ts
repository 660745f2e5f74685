// The account a report is about, from what the platform said with each file. CyberTipline API, section 5.5.
import type { Report } from '@wardline/cybertip'
import { deviceOf, distinct, implausible, ipEventOf, lines, type Occurrence, plausible, url } from './telling.ts'

type User = NonNullable<Report['personOrUserReported']>[number]

/** Undefined when neither an account nor a machine is known. */
export function draftUser(occurrences: readonly Occurrence[], nowMs: number): User | undefined {
  const accounts = occurrences.flatMap((one) => one.context.account ?? [])
  const ipCaptureEvent = distinct(occurrences.flatMap((one) => ipEventOf(one, nowMs) ?? []))
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
    deviceId: distinct(occurrences.flatMap((one) => deviceOf(one, nowMs) ?? [])),
    ...(disabled === undefined ? {} : standing(disabled, nowMs)),
    additionalInfo: lines(...distinct(accounts.flatMap((one) => organisation(one) ?? [])), ...told(accounts, nowMs)),
  }
}

type Account = NonNullable<Occurrence['context']['account']>

/** Our own notice follows the receipt, so only the platform's word can make `userNotified` true. Duties, section 13. */
function standing({ disabled, userNotifiedAt }: Account, nowMs: number): Partial<User> {
  if (disabled === undefined) return {}
  const words = {
    '#': true,
    '@disabledDate': plausible(disabled.at, nowMs),
    ...(userNotifiedAt === undefined
      ? {}
      : { '@userNotified': true, '@userNotifiedDate': plausible(userNotifiedAt, nowMs) }),
  }
  return disabled.permanently ? { accountPermanentlyDisabled: words } : { accountTemporarilyDisabled: words }
}

/** Without a disabled account the form has no place for it; nor, ever, for a time that cannot be true. */
function told(accounts: readonly Account[], nowMs: number): (string | undefined)[] {
  const at = accounts.findLast((one) => one.userNotifiedAt !== undefined)?.userNotifiedAt
  const disabledAt = accounts.findLast((one) => one.disabled !== undefined)?.disabled?.at
  const when = plausible(at, nowMs)
  return [
    at === undefined || disabledAt !== undefined
      ? undefined
      : `The platform told the user of its action${when === undefined ? '' : ` at ${when}`}.`,
    implausible('The time at which the user was told', at, nowMs),
    implausible('The time at which the account was disabled', disabledAt, nowMs),
  ]
}

function organisation({ organisation }: Account): string | undefined {
  if (organisation === undefined) return undefined
  const name = organisation.name === undefined ? '' : `, named ${organisation.name}`
  return `The account belongs to an organisation with the id ${organisation.id}${name}.`
}
