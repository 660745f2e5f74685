// How much of what an investigator needs a report says, and what it lacks: in lines for a person at a terminal.
import type { Lack } from '@wardline/server/reports'

interface Measured {
  readonly score: number | null
  readonly lacking: readonly Lack[] | null
}

/** Nothing where there is no score; that a report lacks nothing is said only where it was looked at. */
export function tellActionability({ score, lacking }: Measured): string[] {
  if (score === null || lacking === null) return []
  if (lacking.length === 0) return [`Actionability ${score} of 100, lacking nothing that is looked for`]
  return [
    `Actionability ${score} of 100, lacking:`,
    ...lacking.map(
      ({ words, supply }) => `  ${words}${supply.length === 0 ? '' : ` (context: ${supply.join(' or ')})`}`,
    ),
  ]
}

/** Of a report, as it was when it was written: nothing that came later changed it. */
export function tellWritten({ isBatched, ...measured }: Measured & { readonly isBatched: boolean }): string[] {
  if (isBatched) return ['Actionability: not scored; a batched report may name the accounts and nothing else']
  const told = tellActionability(measured)
  return told.length > 0 ? told : ['Actionability: not known; it was not looked at when the report was written']
}
