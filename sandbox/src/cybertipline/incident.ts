/** What a report names as its incident, so that a test can count the reports of one and the same. */
import type { Element } from './xml/element.ts'
import { childNamed, childrenNamed } from './xml/element.ts'

/** The pattern's first group (or the whole match) anywhere in the document; without one, the first reported espIdentifier. */
export const incidentOf = (root: Element, xml: string, pattern: RegExp | undefined): string | null => {
  if (pattern === undefined) return espIdentifierOf(root) ?? null
  // A pattern with the flag g would remember where it stopped.
  const found = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')).exec(xml)
  return found ? (found[1] ?? found[0]) : null
}

const espIdentifierOf = (root: Element): string | undefined =>
  childrenNamed(root, 'personOrUserReported')
    .map((user) => childNamed(user, 'espIdentifier')?.text)
    .find((text) => text !== undefined && text !== '')
