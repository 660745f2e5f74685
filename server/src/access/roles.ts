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
