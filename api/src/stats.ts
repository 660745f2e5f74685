// Figures from the audit trail: how many, how long, how often wrong. Nothing of a person and nothing of an entry; lists by their names.
import { z } from 'zod'
import { moment } from './moment.ts'

const spread = z
  .object({
    count: z.int().describe('of how many it is known'),
    medianSeconds: z.number(),
    p90Seconds: z.number().describe('nine of ten took no longer'),
  })
  .nullable()
  .describe('null: it is known of none. Beyond 4096 of them within 1 % of the true figure')

const figures = z.object({
  cases: z.object({
    opened: z.int(),
    stillOpen: z.int().describe('of those that were opened: not ended by the end of the time'),
    reported: z.int().describe('their report was finished'),
    filedByHand: z.int(),
    dismissed: z.int(),
    closed: z.int().describe('never reported by their class, and dealt with elsewhere'),
    repaired: z.int().describe('undone after an appeal'),
  }),
  notices: z.object({
    planned: z.int(),
    sent: z.int(),
    notSent: z
      .int()
      .describe(
        'by policy, for want of an address, or withheld since: another notice took its place, or a person said so',
      ),
    givenUp: z.int().describe('undeliverable; one that was sent later is counted in both'),
  }),
  appeals: z.object({
    opened: z.int(),
    stillOpen: z.int().describe('of those that were opened: not finally decided by the end of the time'),
    upheld: z.int(),
    overturnedEntry: z.int(),
    overturnedMatch: z.int(),
    overturnedContext: z.int(),
    overturnRate: z.number().nullable().describe('0 to 1, of those that were finally decided; null: none was'),
  }),
  timeToReport: spread.describe('from the case’s opening to the finished report'),
  timeToNotice: spread.describe('from the finished report to the notice about it that was sent'),
  timeToDecision: spread.describe('from the case’s opening to the first decision of a person about it'),
  timeToHearing: spread.describe('from the appeal’s opening to its final decision'),
})
export type Figures = z.output<typeof figures>

export const stats = z
  .object({
    environment: z.enum(['sandbox', 'test', 'production']),
    since: moment.nullable().describe('null: from the first line of the trail'),
    until: moment.describe('what happened before this moment'),
    all: figures,
    byRoute: z.array(figures.extend({ route: z.enum(['report', 'review', 'unknown']) })),
    byList: z
      .array(figures.extend({ list: z.string().nullable().describe('null: it is not known which') }))
      .describe('a case that several lists grounded is counted under each'),
    listsKnownSince: moment.nullable().describe('cases that were opened before are under null; null: of no case yet'),
    linesRead: z.int(),
  })
  .meta({ id: 'Stats' })
export type Stats = z.output<typeof stats>
