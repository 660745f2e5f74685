// Who was shown a file, in words. Only what Wardline can know: not what a moderator saw on the platform. Duties, section 11.
import { type CaseFile, type Displayed, type Reportable, type ViewEvent, viewsOf } from '#cases'
import type { ToldCase } from './draft-shape.ts'
import { iso } from './telling.ts'

/** Enough for a reader; the trail holds the others. */
const mostTold = 20

export function viewWords(file: Reportable<CaseFile>, { decision, views }: ToldCase): string[] {
  const seen = viewsOf(file, views)
  const elsewhere = 'Whether anyone at the company saw it otherwise is not known to Wardline.'
  const decider = seen.filter((one) => one.by === decision?.by && one.at <= (decision?.at ?? 0))
  const decided = decision === null ? [] : [decidedWords(decider)]
  if (seen.length === 0)
    return [
      `The software that made this report (Wardline) showed this file to nobody; it was found by hash matching. ${elsewhere}`,
      ...decided,
    ]
  return [
    ...displays(file, views, 'file'),
    ...(seen.some(({ displayed }) => displayed === 'full')
      ? []
      : [`The software that made this report (Wardline) showed it to nobody in full. ${elsewhere}`]),
    ...decided,
  ]
}

/** What whoever decided had been shown of it until then. */
function decidedWords(shown: readonly ViewEvent[]): string {
  if (shown.length === 0)
    return 'A person decided to report it from the results of the comparison; Wardline did not show it to them.'
  if (shown.some(({ displayed }) => displayed === 'full'))
    return 'A person who had been shown it, as told above, decided to report it.'
  return 'A person who had been shown a part of it, or it blurred, or its metadata, as told above, and never all of it, decided to report it.'
}

/** Each display to a person, none when there was none. */
export function displays(file: Reportable<CaseFile>, views: readonly ViewEvent[], what: 'file' | 'copy'): string[] {
  const seen = viewsOf(file, views)
  const further = seen.length - mostTold
  return [
    ...seen.slice(0, mostTold).map((one) => viewed(one, what)),
    ...(further > 0 ? [`It was displayed ${further} more times.`] : []),
  ]
}

/** Whether any file of the case was displayed to anybody; its copies are told of as well. */
export function anyView({ files, views }: ToldCase): boolean {
  return files.some((file) => viewsOf(file, views).length > 0)
}

/** The person by our own id, which the company can tell whose it is. */
function viewed({ by, displayed, at }: ViewEvent, what: 'file' | 'copy'): string {
  return `${whats[displayed](what)} to a person of the company (${by.replace(/^person:/, '')}) at ${iso(at)}.`
}

const whats: { readonly [D in Displayed]: (what: 'file' | 'copy') => string } = {
  full: (what) => `This ${what} was displayed in full`,
  blurred: (what) => `This ${what} was displayed blurred, not to be recognised,`,
  partial: (what) => `A part of this ${what} was displayed`,
  exif: (what) => `The metadata of this ${what} was displayed`,
}
