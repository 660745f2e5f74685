// What the fetching of lists stands on.
import type { Clock, Environment, Log } from '#base'
import type { Database } from '#db'
import type { AlertSettings, ConfiguredList } from '#lists'
import type { Vault } from '#vault'

export interface FetchGround {
  readonly environment: Environment
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly vault: Vault
  readonly lists: readonly ConfiguredList[]
  /** Undefined: the log and the metrics alone say it. */
  readonly alerts: AlertSettings | undefined
  readonly wake: () => void
}
