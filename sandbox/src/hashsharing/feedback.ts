/** What members may say of each other's entries: the reasons they can choose from, and the document they send. */

import type { Element } from '../cybertipline/xml/element.ts'
import { readXml, trimXml } from '../cybertipline/xml/element.ts'
import { hexOf, stateOf, wordOf } from '../lists/seeded.ts'
import type { PathKind } from './entry.ts'
import { pathKinds } from './entry.ts'
import { namespace } from './render.ts'

export interface Reason {
  readonly guid: string
  readonly name: string
  readonly type: PathKind
}

/** Our own words; the real ones are not public. Their ids are fixed per environment. */
const names = ['Benign content', 'Wrong classification', 'Fingerprint matches too much']

export const reasonsOf = (environment: string): readonly Reason[] =>
  pathKinds.flatMap((type) => names.map((name) => ({ guid: guidOf(`${environment} ${type} ${name}`), name, type })))

/** The same text gives the same id, of the usual form. */
export const guidOf = (text: string): string => {
  const state = [...text].reduce((sum, letter) => stateOf(sum, letter.codePointAt(0) ?? 0), 1)
  const hex = hexOf(state, wordOf(state, 0) % 64, 4)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** reasons: guids; null is affirmative. */
export type Submission = { readonly reasons: readonly string[] | null } | { readonly wrong: string }

/** Reads a feedbackSubmission; `wrong` names what is wrong with it, without a value. */
export const submissionIn = (body: Buffer): Submission => {
  const reading = readXml(body)
  if (reading.kind === 'malformed') return { wrong: 'not well-formed' }
  const inNamespace = reading.document.root.namespaceUri === namespace
  reading.document.dispose()
  const { root } = reading
  if (root.name !== 'feedbackSubmission') return { wrong: 'root element' }
  if (!inNamespace) return { wrong: 'namespace' }
  const [said, more] = root.children
  if (!said || more || stray(root)) return { wrong: 'feedbackSubmission holds one of affirmative and negative' }
  if (said.name === 'affirmative') {
    return said.children.length > 0 || stray(said) ? { wrong: 'affirmative is empty' } : { reasons: null }
  }
  const [ids, others] = said.children
  if (said.name !== 'negative' || ids?.name !== 'reasonIds' || others || stray(said) || stray(ids)) {
    return { wrong: 'negative holds reasonIds' }
  }
  if (ids.children.length === 0 || ids.children.some((guid) => guid.name !== 'guid' || guid.children.length > 0)) {
    return { wrong: 'reasonIds holds guids' }
  }
  const reasons = ids.children.map((guid) => trimXml(guid.text))
  return new Set(reasons).size < reasons.length ? { wrong: 'a guid twice' } : { reasons }
}

const stray = (element: Element): boolean =>
  trimXml(element.text) !== '' || Object.keys(element.attributes).some((name) => !name.startsWith('xmlns'))
