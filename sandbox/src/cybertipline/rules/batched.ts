/** A batched report (viral, meme) names accounts only, and its one file little more (CyberTipline API, section 5.8). */
import type { Element } from '../xml/element.ts'
import { childNamed, childrenNamed, hasChild } from '../xml/element.ts'
import type { Rule } from './complaint.ts'

export const isBatched = (root: Element): boolean => hasChild(root, 'batchedReport')

export const batchedReport: Rule = function* (root) {
  if (!isBatched(root)) return
  for (const name of ['internetDetails', 'lawEnforcement', 'intendedRecipient', 'victim', 'additionalInfo']) {
    if (hasChild(root, name)) yield `report/${name}: not allowed in a batched report`
  }
  if (childrenNamed(root, 'incidentSummary').some((summary) => hasChild(summary, 'escalateToHighPriority'))) {
    yield 'report/incidentSummary/escalateToHighPriority: not allowed in a batched report'
  }
  for (const user of childrenNamed(root, 'personOrUserReported')) {
    if (user.children.length !== 1 || !hasChild(user, 'espIdentifier')) {
      yield 'report/personOrUserReported: a batched report gives only espIdentifier'
    }
  }
}

const forbiddenDetails = [
  'originalFileName',
  'locationOfFile',
  'originalFileHash',
  'ipCaptureEvent',
  'deviceId',
  'details',
  'additionalInfo',
]

/** The extra rules for the file of a batched report. */
export const batchedFile: Rule = function* (root) {
  for (const name of forbiddenDetails) {
    if (hasChild(root, name)) yield `fileDetails/${name}: not allowed in a batched report`
  }
  const flags = childNamed(root, 'fileAnnotations')?.children.map((flag) => flag.name) ?? []
  if (flags.length === 0) yield 'fileDetails: a batched report needs fileAnnotations with viral or potentialMeme'
  if (flags.some((flag) => flag !== 'viral' && flag !== 'potentialMeme')) {
    yield 'fileDetails/fileAnnotations: a batched report allows only viral and potentialMeme'
  }
  const relevance = childNamed(root, 'fileRelevance')
  if (relevance && relevance.text !== 'Reported')
    yield 'fileDetails/fileRelevance: must be Reported in a batched report'
}
