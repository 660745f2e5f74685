// The roles of people, the scopes of keys, and which scopes a role's key may hold. Readable as documentation.

/**
 * - integrator: builds the platform's side; sends images and asks what became of them.
 * - operator: runs the machine; lists, jobs, reports that are stuck, numbers. Sees no case.
 * - reviewer: looks at cases and decides them.
 * - counsel: answers for the duty; reads cases, reports and the trail, and takes part in approvals.
 * - auditor: reads everything that was done, and does nothing.
 * - administrator: gives and takes rights. On a small forum this is the only person, so it may do all the others' acts.
 */
export const roles = ['integrator', 'operator', 'reviewer', 'counsel', 'auditor', 'administrator'] as const
export type Role = (typeof roles)[number]

export const scopes = [
  'scans:write',
  'scans:read',
  'scans:context',
  'events:read',
  'events:take',
  'cases:read',
  'cases:decide',
  'appeals:write',
  'appeals:read',
  'appeals:decide',
  'reports:read',
  'reports:retry',
  'notices:deliver',
  'lists:read',
  'lists:write',
  'audit:read',
  'metrics:read',
  'stats:read',
  'jobs:retry',
  'people:write',
  'selftest',
] as const
export type Scope = (typeof scopes)[number]

/** What the API asks for each of them for, for whoever makes a key; the acts' table (`acts`) names the scope of each act. */
export const scopeWords: Readonly<Record<Scope, string>> = {
  'scans:write': 'POST /v1/scans',
  'scans:read': 'GET /v1/scans/ID',
  'scans:context': 'POST /v1/scans/ID/context: what the platform says later',
  'events:read': 'GET /v1/events',
  'events:take': 'take events: what is taken counts as delivered',
  'cases:read':
    'GET /v1/cases..., /v1/corrections, /v1/set-aside, /v1/notices, /v1/repairs; /v1/notice-holds with a person’s key',
  'cases:decide':
    'confirm, dismiss and close cases, corrections, what was set aside, repairs; release notices and hold them (/v1/notice-holds)',
  'appeals:write': 'enter what a user wrote in the platform’s own product',
  'appeals:read': 'GET /v1/appeals...',
  'appeals:decide': 'hear appeals',
  'reports:read': 'GET /v1/reports...',
  'reports:retry': 'retry a report',
  'notices:deliver': 'GET /v1/notices/due, and what became of each',
  'lists:read': 'GET /v1/feedback',
  'lists:write': 'with an operator’s key: approve and refuse feedback',
  'audit:read': 'no route yet: `wardline audit` at the terminal',
  'metrics:read': 'GET /metrics, where metrics.port is null',
  'stats:read': 'GET /v1/stats',
  'jobs:retry': 'GET /v1/events/ID, POST /v1/events/ID/replay',
  'people:write': 'no route yet: `wardline people` at the terminal',
  selftest: 'beside scans:write: test cards count, without an open window',
}

const allowed: Readonly<Record<Role, readonly Scope[]>> = {
  integrator: [
    'scans:write',
    'scans:read',
    'scans:context',
    'appeals:write',
    'notices:deliver',
    'events:read',
    'events:take',
  ],
  operator: [
    'scans:read',
    'reports:read',
    'reports:retry',
    'lists:read',
    'lists:write',
    'metrics:read',
    'stats:read',
    'jobs:retry',
    'selftest',
  ],
  reviewer: ['scans:read', 'cases:read', 'cases:decide', 'appeals:read', 'appeals:decide', 'reports:read'],
  counsel: [
    'cases:read',
    'cases:decide',
    'appeals:read',
    'reports:read',
    'reports:retry',
    'lists:read',
    'audit:read',
    'stats:read',
  ],
  auditor: ['cases:read', 'appeals:read', 'reports:read', 'lists:read', 'audit:read', 'metrics:read', 'stats:read'],
  administrator: scopes,
}

/** What the keys of a person with these roles may hold. */
export function scopesOfRoles(held: readonly Role[]): ReadonlySet<Scope> {
  return new Set(held.flatMap((role) => allowed[role]))
}
