// Lives through a filing's outcomes, one call each, waiting out every wait.
import type { Outcome } from '../filing/after.ts'
import { after, begin, type FilingState, next } from '../filing/filing.ts'

export const start = new Date('2026-11-22T12:00:00Z')

/** `crash` dies before the result is written; the journal is JSON. */
export function live(
  state: FilingState,
  ...outcomes: (Outcome | 'crash')[]
): { state: FilingState; calls: string[]; at: Date } {
  let at = start
  const calls: string[] = []
  for (const outcome of outcomes) {
    let action = next(state, at)
    if (action.do === 'wait') {
      at = new Date(action.untilMs)
      action = next(state, at)
    }
    if (action.do === 'wait' || action.do === 'nothing') throw new Error(`nothing to do: ${state.kind}`)
    calls.push(action.do)
    const begun: FilingState = JSON.parse(JSON.stringify(begin(state, action)))
    state = outcome === 'crash' ? begun : after(begun, action, outcome, at)
  }
  return { state, calls, at }
}
