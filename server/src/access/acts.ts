// The one table of who may do what. Every door asks `may(caller, act)` and nothing else decides.
import type { Caller } from './records.ts'
import type { Role, Scope } from './roles.ts'

interface Rule {
  /** The caller's key must hold this. */
  readonly scope: Scope
  /** The caller's key must belong to a person who holds one of these; without it, a service's key will do. */
  readonly person?: readonly Role[]
}

const table = {
  // the platform's side
  scan: { scope: 'scans:write' },
  read_scan: { scope: 'scans:read' },
  add_context: { scope: 'scans:context' },

  read_events: { scope: 'events:read' },
  // what is taken counts as delivered: a notice as sent, a restore as done
  take_events: { scope: 'events:take' },

  // cases: somebody answers for a decision by name, so a service never decides
  list_cases: { scope: 'cases:read' },
  read_case: { scope: 'cases:read' },
  decide_case: { scope: 'cases:decide', person: ['reviewer', 'administrator'] },

  // appeals: a platform enters what a user wrote in its own product; words are read and appeals heard by people
  enter_appeal: { scope: 'appeals:write' },
  read_appeals: { scope: 'appeals:read', person: ['reviewer', 'counsel', 'auditor', 'administrator'] },
  hear_appeal: { scope: 'appeals:decide', person: ['reviewer', 'administrator'] },
  // taken from one person and given to chance again: for who is away
  move_appeal: { scope: 'appeals:decide', person: ['administrator'] },
  // letters: a stranger's words, which somebody reads and answers for
  read_letter: { scope: 'appeals:read', person: ['reviewer', 'counsel', 'administrator'] },
  decide_letter: { scope: 'appeals:decide', person: ['reviewer', 'administrator'] },

  // reports
  list_reports: { scope: 'reports:read' },
  // what was sent holds all that is known of a person
  open_report_documents: { scope: 'cases:read', person: ['reviewer', 'counsel', 'administrator'] },
  retry_report: { scope: 'reports:retry' },

  // notices: nobody is told before its time by a machine's word, nor kept from hearing
  list_notices: { scope: 'cases:read' },
  release_notice: { scope: 'cases:decide', person: ['counsel', 'administrator'] },
  hold_notice: { scope: 'cases:decide', person: ['counsel', 'administrator'] },
  // that an instrument holds a notice may itself be what nobody may be told
  read_holds: { scope: 'cases:read', person: ['counsel', 'auditor', 'administrator'] },
  pull_notices: { scope: 'notices:deliver' },

  // lists
  read_lists: { scope: 'lists:read' },
  write_lists: { scope: 'lists:write' },
  // what is told to a list's source leaves the house: somebody answers for it
  decide_feedback: { scope: 'lists:write', person: ['operator', 'administrator'] },

  // the machine
  read_audit: { scope: 'audit:read' },
  read_metrics: { scope: 'metrics:read' },
  read_jobs: { scope: 'jobs:retry' },
  retry_job: { scope: 'jobs:retry' },
  replay_event: { scope: 'jobs:retry' },

  // figures name lists, which the platform's side must not learn
  read_stats: { scope: 'stats:read' },

  // a pause holds everything that goes outward; who ends it answers for what goes out then
  begin_pause: { scope: 'jobs:retry' },
  end_pause: { scope: 'jobs:retry', person: ['operator', 'administrator'] },

  // test cards: with the scope a card counts, and a service may have it; for everybody's keys only a person opens a window
  send_test_card: { scope: 'selftest' },
  open_selftest_window: { scope: 'selftest', person: ['operator', 'administrator'] },

  // rights: a service that could make people could make itself a reviewer
  manage_people: { scope: 'people:write', person: ['administrator'] },

  // the vault's keys: whoever may take one into use or end one could lock everybody out of the evidence
  change_vault_key: { scope: 'people:write', person: ['administrator'] },

  // repairs: two of these people, of whom none has decided one of the cases before
  read_repairs: { scope: 'cases:read' },
  decide_repair: { scope: 'cases:decide', person: ['reviewer', 'counsel', 'administrator'] },

  // two-person acts: counsel may decide an approval, and still decides no case
  read_approvals: { scope: 'cases:read' },
  request_approval: { scope: 'cases:read', person: ['reviewer', 'counsel', 'administrator'] },
  decide_approval: { scope: 'cases:decide', person: ['reviewer', 'counsel', 'administrator'] },
} as const satisfies Record<string, Rule>

export type Act = keyof typeof table

export const acts: Readonly<Record<Act, Rule>> = table

export function may(caller: Caller, act: Act): boolean {
  const { scope, person } = acts[act]
  if (!caller.scopes.includes(scope)) return false
  if (person === undefined) return true
  return caller.personId !== undefined && person.some((role) => caller.roles.includes(role))
}

/** Scopes that only open acts of people: a service's key would hold them in vain. */
export function needsPerson(scope: Scope): boolean {
  const opened = Object.values(acts).filter((rule) => rule.scope === scope)
  return opened.length > 0 && opened.every((rule) => rule.person !== undefined)
}
