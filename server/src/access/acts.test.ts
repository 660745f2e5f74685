import { expect, it } from 'vitest'
import { type Act, acts, type Caller, may, type Role, roles, type Scope, scopes, scopesOfRoles } from './access.ts'

const service = (held: readonly Scope[]): Caller => ({ keyId: 'key_1', personId: undefined, roles: [], scopes: held })
const person = (held: readonly Role[], with_: readonly Scope[] = [...scopesOfRoles(held)]): Caller => ({
  keyId: 'key_1',
  personId: 'person_1',
  roles: held,
  scopes: with_,
})
const everyAct = Object.keys(acts) as Act[]
const allowedTo = (caller: Caller) => everyAct.filter((act) => may(caller, act)).sort()

it('a service decides nothing and gives no rights, even with every scope there is', () => {
  const forbidden = everyAct.filter((act) => !may(service(scopes), act))
  expect(forbidden).toEqual([
    'decide_case',
    'read_appeals',
    'hear_appeal',
    'move_appeal',
    'read_letter',
    'decide_letter',
    'open_report_documents',
    'release_notice',
    'hold_notice',
    'read_holds',
    'decide_feedback',
    'end_pause',
    'open_selftest_window',
    'manage_people',
    'change_vault_key',
    'decide_repair',
    'request_approval',
    'decide_approval',
  ])
})

it('without a scope nobody may do anything', () => {
  expect(allowedTo(service([]))).toEqual([])
  for (const role of roles) expect(allowedTo(person([role], []))).toEqual([])
})

it.each<[Role, Act[]]>([
  ['integrator', ['scan', 'read_scan', 'add_context', 'enter_appeal', 'pull_notices', 'read_events', 'take_events']],
  [
    'operator',
    [
      'read_scan',
      'list_reports',
      'retry_report',
      'read_lists',
      'write_lists',
      'decide_feedback',
      'read_metrics',
      'read_jobs',
      'retry_job',
      'replay_event',
      'read_stats',
      'begin_pause',
      'end_pause',
      'send_test_card',
      'open_selftest_window',
    ],
  ],
  [
    'reviewer',
    [
      'read_scan',
      'list_cases',
      'read_case',
      'decide_case',
      'read_appeals',
      'hear_appeal',
      'read_letter',
      'decide_letter',
      'open_report_documents',
      'list_reports',
      'list_notices',
      'read_repairs',
      'decide_repair',
      'read_approvals',
      'request_approval',
      'decide_approval',
    ],
  ],
  [
    'counsel',
    [
      'list_cases',
      'read_case',
      'read_appeals',
      'read_letter',
      'open_report_documents',
      'list_reports',
      'list_notices',
      'release_notice',
      'hold_notice',
      'read_holds',
      'retry_report',
      'read_lists',
      'read_audit',
      'read_stats',
      'read_repairs',
      'decide_repair',
      'read_approvals',
      'request_approval',
      'decide_approval',
    ],
  ],
  [
    'auditor',
    [
      'list_cases',
      'read_case',
      'read_appeals',
      'list_reports',
      'list_notices',
      'read_holds',
      'read_lists',
      'read_audit',
      'read_metrics',
      'read_stats',
      'read_repairs',
      'read_approvals',
    ],
  ],
  ['administrator', everyAct],
])('a key with all that the role %s allows opens these acts and no others', (role, expected) => {
  expect(allowedTo(person([role]))).toEqual([...expected].sort())
})

it('a role adds nothing to a key that does not hold the scope', () => {
  expect(allowedTo(person(['administrator'], ['scans:write']))).toEqual(['scan'])
})
