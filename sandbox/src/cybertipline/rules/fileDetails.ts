/** The business rules of one file's details, as /fileinfo applies them after the schema (CyberTipline API, section 7). */
import type { Element } from '../xml/element.ts'
import { childNamed, hasChild, isTrue } from '../xml/element.ts'
import type { Rule } from './complaint.ts'
import { blanks, lengths } from './lengths.ts'
import { times } from './times.ts'
import { values } from './values.ts'

/** Whoever saw the EXIF data of a file in full saw the file, says the documentation. */
const viewing: Rule = function* (root) {
  const saw = (name: string) => isTrue(childNamed(root, name)?.text)
  if (saw('exifViewedByEsp') && !saw('fileViewedByEsp')) {
    yield 'fileDetails: fileViewedByEsp must be true when exifViewedByEsp is true'
  }
}

const relevance: Rule = function* (root) {
  if (childNamed(root, 'fileRelevance')?.text !== 'Supplemental Reported') return
  if (hasChild(root, 'industryClassification')) yield 'fileDetails/industryClassification: not for supplemental files'
  if (saysMeme(root)) yield 'fileDetails/potentialMeme: not for supplemental files'
}

const saysMeme = (root: Element): boolean => {
  const annotations = childNamed(root, 'fileAnnotations')
  return (
    isTrue(childNamed(root, 'potentialMeme')?.text) ||
    (annotations !== undefined && hasChild(annotations, 'potentialMeme'))
  )
}

export const fileDetailsRules: readonly Rule[] = [blanks, lengths, times, values, viewing, relevance]
