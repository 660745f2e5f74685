// What a test card leads to, once it was settled that cards count for whoever sent it. Pure, as every decision.
import type { Ground } from '#match'

/**
 * Asked only about an image that `decide` found clear: a real match is never made a test by a card beside it. Everywhere by
 * rule to a report, so that a test goes the way that a certain find goes; what becomes of the report is for `reports` to know.
 */
export function decideCard(
  grounds: readonly Ground[],
):
  | { readonly kind: 'clear' }
  | { readonly kind: 'held'; readonly route: 'report'; readonly grounds: readonly Ground[]; readonly why: string } {
  const [first] = grounds
  if (first === undefined) return { kind: 'clear' }
  const how = first.algorithm === 'pdq' ? 'the likeness of a drawing' : 'the bytes of a drawing'
  return { kind: 'held', route: 'report', grounds, why: `a test card: ${how} that comes with Wardline` }
}
