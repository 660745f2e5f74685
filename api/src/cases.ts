// What people see of a case: class, algorithm and distance of a match, never a hash value, list or entry.
import { z } from 'zod'
import { scanContext } from './context.ts'
import { moment } from './moment.ts'
import { reportSummary } from './reports.ts'

export const caseStates = ['settling', 'waiting_review', 'reporting', 'reported', 'dismissed', 'cannot_report'] as const

const head = z.object({
  id: z.string(),
  number: z.int().describe('what people call it by'),
  environment: z.string(),
  state: z
    .enum(caseStates)
    .describe(
      'settling: will be filed by rule once the settling time is over. waiting_review: needs a person. reporting: a ' +
        'report is being filed. cannot_report: preserved, but without working credentials.',
    ),
  route: z.enum(['report', 'review']),
  surface: z.string(),
  jurisdiction: z.string().nullable(),
  openedAt: moment,
  settlesAt: moment,
  changedAt: moment,
  decidedBy: z.string().nullable(),
  decidedAt: moment.nullable(),
})

export const caseSummary = head.extend({ files: z.int().describe('how many') }).meta({ id: 'CaseSummary' })
export type CaseSummary = z.infer<typeof caseSummary>

const match = z.object({
  class: z.string(),
  algorithm: z.string(),
  distanceBits: z.int().describe('of 256'),
  radiusBits: z.int(),
  pictureIndex: z.int().nullable(),
})

const caseFile = z.object({
  id: z.string(),
  addedAt: moment,
  sizeBytes: z.int(),
  mediaType: z.string().nullable(),
  why: z.string().describe('why it was held, in words'),
  pictures: z.array(z.object({ width: z.int(), height: z.int(), quality: z.number() })),
  matches: z.array(match),
  occurrences: z.array(z.object({ scanId: z.string(), receivedAt: moment, context: scanContext })),
  furtherOccurrences: z.int(),
})

const caseNotice = z.object({
  id: z.string(),
  addressee: z.enum(['user', 'organisation']),
  state: z.enum(['waiting', 'sending', 'sent', 'not_sent', 'dead']),
  reason: z.string().nullable(),
  dueAt: moment,
  sentAt: moment.nullable(),
})

const caseAppeal = z.object({ id: z.string(), receivedAt: moment, words: z.string() })

export const caseDetail = head
  .extend({
    context: scanContext,
    decision: z
      .object({ by: z.string(), at: moment, reason: z.string().nullable(), viewed: z.boolean() })
      .nullable()
      .describe('viewed: whether the person saw the file before deciding'),
    files: z.array(caseFile),
    reports: z.array(reportSummary),
    notices: z.array(caseNotice),
    appeals: z.array(caseAppeal),
  })
  .meta({ id: 'CaseDetail' })
export type CaseDetail = z.infer<typeof caseDetail>

export const casePage = z
  .object({ cases: z.array(caseSummary), next: z.int().nullable().describe('`before` of the next page') })
  .meta({ id: 'CasePage' })

const reason = z.string().trim().min(1).max(2000)

/** A person decides without viewing: nothing in this version shows the file. */
export const caseConfirmation = z.strictObject({ reason: reason.optional() }).meta({ id: 'CaseConfirmation' })
export const caseDismissal = z.strictObject({ reason }).meta({ id: 'CaseDismissal' })

export const caseDecided = z
  .object({ number: z.int(), state: z.enum(caseStates), viewed: z.boolean() })
  .meta({ id: 'CaseDecided' })
export type CaseDecided = z.infer<typeof caseDecided>
