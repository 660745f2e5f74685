// Every move a case can make, in one table. What is not in it cannot happen.
import { caseStates } from '@wardline/api'
import { Fault } from '#base'

export { caseStates }

/**
 * settling: will be filed by rule once the settling time is over. set_aside: would be reported, but an entry it rests on was
 * hit by too many accounts and waits for a person. waiting_review: needs a person's decision. waiting_facts: says too
 * little to act on, and the platform has until a set hour to say more. reporting: a report is being filed. cannot_report:
 * preserved, but there are no working credentials; an operator is alerted. tested: a test card's case in production, whose report
 * was validated and not sent. closed: never reported, by its class, and a person has dealt with it elsewhere. repaired: it was an
 * error, an appeal said so, and what was done is undone. reviewed_again: reported, and in doubt since: a person looks once more.
 */
export type CaseState = (typeof caseStates)[number]

export const caseEvents = [
  'find_joined',
  'settled',
  'entry_set_aside',
  'entry_released',
  'confirmed',
  'confirmed_anew',
  'dismissed',
  'closed',
  'credentials_missing',
  'credentials_found',
  'report_finished',
  'filed_by_hand',
  'validated',
  'not_production',
  'facts_missing',
  'facts_came',
  'facts_overdue',
  'doubted',
  'repaired',
  'to_look_again',
  'report_stands',
] as const

export type CaseEvent = (typeof caseEvents)[number]

/**
 * state x event -> state. A reported or dismissed case takes no further find: a new one opens a new case.
 * filed_by_hand: a person filed it at NCMEC's own form and said so. not_production: a real match that an instance outside
 * production must not file by rule goes to a person. entry_set_aside from `reporting`: nothing was submitted yet.
 * confirmed from `settling`: a person knows something urgent and has it filed at once, in their words.
 * facts_missing from `reporting`: there is no report yet. confirmed from `waiting_facts`: a person has it filed as it is.
 * confirmed from `cannot_report`, and confirmed_anew while its report cannot be written: an earlier word lacked what is asked for
 * now, such as the incident type.
 * doubted: something it rests on was wrong and something else was not; of `reporting` only while nothing is submitted. to_look_again:
 * the same of a case that is reported: a second look, which files nothing, whatever comes of it. report_stands: it found nothing wrong.
 */
export const transitions: { readonly [S in CaseState]: { readonly [E in CaseEvent]?: CaseState } } = {
  settling: {
    find_joined: 'settling',
    settled: 'reporting',
    confirmed: 'reporting',
    entry_set_aside: 'set_aside',
    dismissed: 'dismissed',
    not_production: 'waiting_review',
    doubted: 'waiting_review',
  },
  set_aside: {
    entry_released: 'reporting',
    confirmed: 'reporting',
    dismissed: 'dismissed',
    closed: 'closed',
    doubted: 'waiting_review',
  },
  waiting_review: {
    find_joined: 'waiting_review',
    confirmed: 'reporting',
    dismissed: 'dismissed',
    closed: 'closed',
  },
  reporting: {
    confirmed_anew: 'reporting',
    credentials_missing: 'cannot_report',
    report_finished: 'reported',
    filed_by_hand: 'reported',
    validated: 'tested',
    entry_set_aside: 'set_aside',
    facts_missing: 'waiting_facts',
    doubted: 'waiting_review',
    repaired: 'repaired',
  },
  waiting_facts: {
    facts_came: 'reporting',
    facts_overdue: 'reporting',
    confirmed: 'reporting',
    dismissed: 'dismissed',
    doubted: 'waiting_review',
  },
  reported: { repaired: 'repaired', to_look_again: 'reviewed_again' },
  dismissed: {},
  closed: { repaired: 'repaired', doubted: 'waiting_review' },
  cannot_report: {
    credentials_found: 'reporting',
    confirmed: 'reporting',
    filed_by_hand: 'reported',
    doubted: 'waiting_review',
    repaired: 'repaired',
  },
  tested: {},
  reviewed_again: { report_stands: 'reported', repaired: 'repaired' },
  repaired: {},
}

/** The state after the event, or Fault `not_possible` saying where the case stands. */
export function nextState(state: CaseState, event: CaseEvent): CaseState {
  const next = transitions[state][event]
  if (next === undefined)
    throw new Fault('not_possible', `this case is "${state}"${because[state]}: it cannot be ${inWords(event)}`, {
      retry: 'never',
    })
  return next
}

/** As a person says it: the events of persons, and those of ours by their name. */
const inWords = (event: CaseEvent): string => words[event] ?? `moved by "${event}"`
const words: { readonly [E in CaseEvent]?: string } = {
  confirmed: 'confirmed',
  confirmed_anew: 'confirmed anew',
  dismissed: 'dismissed',
  closed: 'closed as dealt with elsewhere',
  repaired: 'repaired',
  to_look_again: 'looked at once more',
  report_stands: 'left to stand',
  filed_by_hand: 'closed as filed by hand',
}

/** What comes next, or who decided, where the name of the state does not say it. */
const because: { readonly [S in CaseState]: string } = {
  settling: ', and is reported by itself soon',
  set_aside: ', and waits for the decision about an entry',
  waiting_review: ', and waits for a person',
  waiting_facts: ', and waits for the platform to say more',
  reporting: ', and its report is under way',
  reported: '',
  dismissed: '',
  closed: '',
  cannot_report: ', for want of credentials',
  tested: ', by a test card',
  reviewed_again: ', and waits for a person’s second look (`wardline repair stands` or `error`)',
  repaired: ', after an appeal',
}
