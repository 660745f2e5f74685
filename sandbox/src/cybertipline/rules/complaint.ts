/** What a business rule needs to know besides the document, and what it gives back. */
import type { Element } from '../xml/element.ts'

export interface RuleSetting {
  /** Epoch ms. */
  readonly now: number
  /** Ids that priorCTReports may name; undefined: any positive number. */
  readonly knownReportIds: readonly string[] | undefined
}

/** Gives one sentence for each breach; none means the rule holds. Paths are named, values are not. */
export type Rule = (root: Element, setting: RuleSetting) => Iterable<string>

export const firstComplaint = (rules: readonly Rule[], root: Element, setting: RuleSetting): string | undefined => {
  for (const rule of rules) for (const complaint of rule(root, setting)) return complaint
  return undefined
}
