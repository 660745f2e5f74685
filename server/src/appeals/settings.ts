// What the operator decided about hearings; values come from the configuration.
export type HearingSettings = {
  /** From the receipt of a notice, how long its holder may object. */
  readonly withinMs: number
  /** From the first words to the decision. */
  readonly hearingMs: number
  /** An upheld appeal is final only once another person has looked. */
  readonly secondLook: boolean
}
