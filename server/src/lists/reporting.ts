// Which classes may become a report, and by whose word. A property of the class: no setting and no person changes it.
import type { ListClass } from './entry.ts'

/**
 * by_rule: a match may be filed without a person. by_person: only when a person confirmed the case and said what incident
 * it is. never: whatever anybody decides, nothing of it goes to NCMEC. (`test` is no real find; production does not count it.)
 */
export const reporting = {
  csam: 'by_rule',
  test: 'by_rule',
  exploitative: 'by_person',
  generative_ai: 'by_person',
  intimate: 'never',
  never_match: 'never',
} as const satisfies Record<ListClass, 'by_rule' | 'by_person' | 'never'>

/** What a draft of a report is written from: `intimate` and `never_match` are not of this type. */
export type ReportableClass = {
  [Class in ListClass]: (typeof reporting)[Class] extends 'never' ? never : Class
}[ListClass]

export function isReportable(named: ListClass): named is ReportableClass {
  return reporting[named] !== 'never'
}
