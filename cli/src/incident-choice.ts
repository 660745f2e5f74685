// What a person says of the whole incident when they confirm a case: `--incident sextortion,spam`, `--escalate "why"`.
import { type ReportAnnotation, reportAnnotations } from '@wardline/api'
import { usage } from './words.ts'

export const incidentAnnotationOption = [
  '--incident <words>',
  `what you say of the whole incident, with commas: ${reportAnnotations.join(', ')}`,
] as const

export const escalateOption = [
  '--escalate <why>',
  'a child is at immediate risk: why, in words that NCMEC reads; the report is then of high priority',
] as const

export interface IncidentOptions {
  readonly incident?: string
  readonly escalate?: string
}

export function incidentChoiceOf({ incident, escalate }: IncidentOptions): {
  readonly annotations: readonly ReportAnnotation[] | undefined
  readonly escalate: string | undefined
} {
  if (escalate !== undefined && (escalate.trim() === '' || escalate.length > 3000))
    throw usage('--escalate wants the reason in words, at most 3000 characters')
  return { annotations: incident?.split(',').map((word) => annotation(word.trim())), escalate }
}

function annotation(word: string): ReportAnnotation {
  const known = reportAnnotations.find((one) => one === word)
  if (known === undefined) throw usage(`--incident wants some of ${reportAnnotations.join(', ')}`)
  return known
}
