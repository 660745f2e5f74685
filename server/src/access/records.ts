// What is kept about people, keys and approvals, and what a door knows of a caller.
import type { Role, Scope } from './roles.ts'

export interface Person {
  readonly id: string
  readonly name: string
  /** Lower case. */
  readonly email: string
  readonly roles: readonly Role[]
  readonly createdAt: number
  readonly disabledAt: number | null
}

export interface ApiKey {
  readonly id: string
  /** What people call it; says nothing about what it may do. */
  readonly label: string
  /** Null for a service's key. */
  readonly personId: string | null
  readonly scopes: readonly Scope[]
  readonly createdAt: number
  readonly expiresAt: number | null
  readonly revokedAt: number | null
}

export interface Approval {
  readonly id: string
  /** What is to be done, `destroy_evidence`. */
  readonly act: string
  /** To which of our things. */
  readonly subject: string
  readonly reason: string
  /** `open` and `approved` say nothing once `expiresAt` has come. */
  readonly state: 'open' | 'approved' | 'refused' | 'used'
  /** A person's id. */
  readonly requestedBy: string
  readonly requestedAt: number
  readonly expiresAt: number
  readonly decidedBy: string | null
  readonly decidedAt: number | null
  readonly decisionReason: string | null
}

export interface Caller {
  readonly keyId: string
  /** Undefined for a service. */
  readonly personId: string | undefined
  readonly roles: readonly Role[]
  /** What the key holds and, for a person, their roles still allow. */
  readonly scopes: readonly Scope[]
}

/** While it is open a test card counts for every key that may send images. */
export interface TestWindow {
  readonly id: string
  /** A person's id. */
  readonly openedBy: string
  /** Epoch milliseconds. */
  readonly openedAt: number
  readonly closesAt: number
}
