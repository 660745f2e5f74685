// What people see of a report to NCMEC: where it stands and its steps. Never the XML.
import { z } from 'zod'
import { moment } from './moment.ts'

export const reportStates = [
  'waiting',
  'filing',
  'finished',
  'needs_person',
  'cannot_report',
  'filed_by_hand',
  'withdrawn',
  'validated_not_sent',
] as const

const lack = z.object({
  name: z.string(),
  words: z.string().describe('what is missing'),
  supply: z.array(z.string()).describe('keys of the scan context that supply it, one of them is enough'),
})
export const lacks = z.array(lack)

export const reportSummary = z
  .object({
    id: z.string(),
    caseId: z.string(),
    environment: z.string().describe('anything but production was not reported to NCMEC'),
    state: z
      .enum(reportStates)
      .describe('validated_not_sent: of a test card, in production; it was written and validated, and sent to nobody'),
    isTest: z.boolean().describe('made by a test card'),
    remoteId: z.string().nullable().describe('the CyberTipline’s own id; of `filed_by_hand` what a person said it is'),
    trouble: z.string().nullable().describe('what is in the way, in words'),
    hasReceipt: z.boolean(),
    isBatched: z
      .boolean()
      .describe('one report of one picture on many accounts, which a person called viral or a meme'),
    corrects: z
      .string()
      .nullable()
      .describe(
        'it takes this earlier report of ours back, which was an error: of no person, without files; null of any other',
      ),
    score: z
      .int()
      .nullable()
      .describe(
        'how much of what an investigator needs it says, 0 to 100; null of a batched report, which may say nothing',
      ),
    lacking: lacks
      .nullable()
      .describe('what was missing when it was written; null: that is not known, or it is a batched report'),
    createdAt: moment,
    changedAt: moment,
    finishedAt: moment.nullable(),
  })
  .meta({ id: 'ReportSummary' })
export type ReportSummary = z.infer<typeof reportSummary>

export const reportDetail = reportSummary
  .extend({
    steps: z.array(
      z.object({
        at: moment,
        step: z.string(),
        phase: z.enum(['intent', 'result']),
        outcome: z.string().nullable(),
        responseCode: z.int().nullable(),
        requestId: z.string().nullable().describe('NCMEC asks for it in support mail'),
      }),
    ),
  })
  .meta({ id: 'ReportDetail' })
export type ReportDetail = z.infer<typeof reportDetail>

export const reportPage = z
  .object({ reports: z.array(reportSummary), next: z.string().nullable().describe('`before` of the next page') })
  .meta({ id: 'ReportPage' })
