// A list as the operator configured it: where it comes from, what a match means, how often and how long without.
import type { Algorithm, ListClass, ListPolicy } from '../entry.ts'
import type { NcmecFeed } from '../sources/address.ts'
import type { Format } from '../sources/file-rows.ts'

export type ListOrigin =
  | {
      readonly kind: 'ncmec'
      readonly feed: NcmecFeed
      readonly sandboxUrl: string | undefined
      readonly username: string
      readonly password: string
    }
  | {
      readonly kind: 'threatexchange'
      readonly sandboxUrl: string | undefined
      readonly token: string
      readonly privacyGroup: string
    }
  | {
      readonly kind: 'file'
      /** Absolute. */
      readonly path: string
      readonly format: Format | undefined
      readonly algorithm: Algorithm | undefined
      readonly source: string
    }

export interface ConfiguredList {
  readonly id: string
  readonly class: ListClass
  readonly origin: ListOrigin
  readonly policy: ListPolicy
  readonly everyMs: number
  /** Without a success for longer, the operator is alarmed. */
  readonly maxAgeMs: number
}
