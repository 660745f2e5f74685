/** The business rules of a whole report, as /submit applies them after the schema (CyberTipline API, section 5). */
import type { Element } from '../xml/element.ts'
import { childNamed, childrenNamed, hasChild, walk } from '../xml/element.ts'
import { batchedReport } from './batched.ts'
import type { Rule } from './complaint.ts'
import { blanks, lengths } from './lengths.ts'
import { epochMs, times } from './times.ts'
import { places, values } from './values.ts'

const reporter: Rule = function* (root) {
  const person = childNamed(childNamed(root, 'reporter') ?? root, 'reportingPerson')
  if (person && !hasChild(person, 'email')) yield `${person.path}: at least one email is required`
}

const oneUser: Rule = function* (root) {
  if (!hasChild(root, 'batchedReport') && childrenNamed(root, 'personOrUserReported').length > 1) {
    yield 'report/personOrUserReported: only one unless the report is batched'
  }
}

/** When an account was closed, and when its user was told. */
const disabledAccounts: Rule = function* (root) {
  for (const { element } of walk(root)) {
    if (element.name !== 'accountTemporarilyDisabled' && element.name !== 'accountPermanentlyDisabled') continue
    const { disabledDate, userNotifiedDate, reenabledDate } = element.attributes
    if (disabledDate === undefined) continue
    if (userNotifiedDate !== undefined && epochMs(userNotifiedDate) < epochMs(disabledDate)) {
      yield `${element.path}/@userNotifiedDate: must not lie before disabledDate`
    }
    if (reenabledDate !== undefined && epochMs(reenabledDate) <= epochMs(disabledDate)) {
      yield `${element.path}/@reenabledDate: must lie after disabledDate`
    }
  }
}

const peoplePaths = [
  'personOrUserReported/personOrUserReportedPerson',
  'intendedRecipient/intendedRecipientPerson',
  'victim/victimPerson',
]

/** An address in an e-mail or newsgroup incident belongs to one of the people named. */
const incidentAddresses: Rule = function* (root) {
  const known = new Set<string>()
  for (const { element, parent } of walk(root)) {
    const belongs = parent !== undefined && peoplePaths.some((path) => parent.path === `report/${path}`)
    if (element.name === 'email' && belongs) known.add(fold(element))
  }
  for (const { element } of walk(root)) {
    if (element.name === 'emailAddress' && !known.has(fold(element))) {
      yield `${element.path}: must also appear as an email of the reported person, an intended recipient or a victim`
    }
  }
}

const fold = (element: Element): string => element.text.trim().toLowerCase()

export const reportRules: readonly Rule[] = [
  blanks,
  lengths,
  times,
  values,
  places,
  reporter,
  oneUser,
  disabledAccounts,
  incidentAddresses,
  batchedReport,
]
