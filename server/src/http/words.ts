// What a refusal or fault says to a caller.
export interface Words {
  readonly status: number
  readonly title: string
  /** Left out where the fault's own message says it. */
  readonly detail?: string
  readonly next: string
  readonly retryAfterSeconds?: number
}
