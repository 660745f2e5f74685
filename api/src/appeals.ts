// Appeals: the words of whoever holds the link of a notice, who can add words and read nothing; what a platform enters for a user; and
// what the people see who hear them.
import { z } from 'zod'
import { moment } from './moment.ts'

/** The most characters of one appeal, as a browser counts them. */
export const appealWords = 10_000

// A form sends two characters for each new line; the person saw one.
const said = z
  .string()
  .overwrite((text) => text.replaceAll('\r\n', '\n'))
  .trim()
  .min(1)
  .max(appealWords)

export const appealRequest = z
  .strictObject({
    token: z.string().min(1).max(200).describe('from the link in the notice'),
    words: said,
  })
  .meta({ id: 'AppealRequest' })
export type AppealRequest = z.infer<typeof appealRequest>

export const appealReceived = z.object({ received: z.literal(true) }).meta({ id: 'AppealReceived' })

/** What a platform enters for a user who objects in its own product. */
export const platformAppeal = z
  .strictObject({
    account: z.string().min(1).max(255).describe('your id of the account that the notice is about'),
    words: said.describe('the user’s own'),
  })
  .meta({ id: 'PlatformAppeal' })

export const platformAppealStanding = z
  .object({ state: z.enum(['none', 'received', 'decided']) })
  .meta({ id: 'PlatformAppealStanding' })
export type PlatformAppealStanding = z.infer<typeof platformAppealStanding>

export const appealOutcomes = ['upheld', 'overturned_entry', 'overturned_match', 'overturned_context'] as const
export const appealStates = ['waiting', 'assigned', 'second_look', ...appealOutcomes] as const

const state = z
  .enum(appealStates)
  .describe(
    'waiting: nobody sits over it yet. assigned: a person is to decide it. second_look: upheld by one person, and another one ' +
      'looks before that is final. upheld: the decision about the case stands. overturned_entry: the list’s entry is wrong. ' +
      'overturned_match: the entry may be right, and this picture is not it. overturned_context: neither is wrong, and what ' +
      'is around it makes it no violation.',
  )

const words = z.object({
  receivedAt: moment,
  door: z.enum(['link', 'api', 'mail']),
  words: z.string().describe('a stranger’s: plain text, never markup'),
  isLater: z.boolean().describe('came when the appeal was decided'),
})

const appealHead = z.object({
  id: z.string(),
  number: z.int().describe('what people call it by'),
  caseId: z.string(),
  noticeId: z.string(),
  state,
  openedAt: moment,
  dueAt: moment.describe('by then it is to be decided'),
  decidedAt: moment.nullable(),
  assignedTo: z.string().nullable().describe('a person’s id'),
  repairId: z.string().nullable().describe('the repair that answered it before its hearing did'),
})

export const caseAppeal = appealHead.extend({ words: z.array(words) })

export const appealSummary = appealHead
  .extend({ caseNumber: z.int(), isTest: z.boolean(), words: z.int().describe('how often somebody wrote') })
  .meta({ id: 'AppealSummary' })
export type AppealSummary = z.infer<typeof appealSummary>

export const appealPage = z
  .object({ appeals: z.array(appealSummary), next: z.int().nullable().describe('`before` of the next page') })
  .meta({ id: 'AppealPage' })

const namedGround = z.strictObject({
  fileId: z.string().max(100),
  index: z.int().min(0).max(10_000).describe('of the file’s matches, from 0'),
})

const decision = z.object({ by: z.string(), at: moment, reason: z.string().nullable(), viewed: z.boolean() }).nullable()

export const appealDetail = caseAppeal
  .extend({
    caseNumber: z.int(),
    isTest: z.boolean(),
    files: z.array(
      z.object({
        id: z.string(),
        why: z.string().describe('why it was held, in words'),
        matches: z
          .array(
            z.object({
              class: z.string(),
              algorithm: z.string(),
              distanceBits: z.int().describe('of 256'),
              radiusBits: z.int(),
            }),
          )
          .describe('by their places, from 0, `overturned_entry` names them'),
      }),
    ),
    decision: decision.describe('about the case, before the appeal; null: a rule filed it, and nobody decided'),
    cases: z
      .array(
        z.object({ number: z.int(), state: z.string().describe('of the case'), decision, files: z.array(z.string()) }),
      )
      .describe('all that the notice speaks for, with the ids of the files that are theirs'),
    hearings: z.array(
      z.object({
        round: z.int().describe('2: the second look'),
        person: z.string(),
        assignedAt: moment,
        endedAt: moment.nullable(),
        ending: z
          .enum(['decided', 'handed_back', 'moved', 'unfit', 'settled'])
          .nullable()
          .describe(
            'moved: taken from them by an administrator. unfit: disabled, without the right, or decided about the case meanwhile. settled: a repair answered the appeal',
          ),
        outcome: z.enum(appealOutcomes).nullable(),
        reason: z.string().nullable(),
        grounds: z.array(namedGround),
        files: z.array(z.string()),
      }),
    ),
    repairNumber: z.int().nullable().describe('what people call the repair of `repairId` by'),
    refusedRepairs: z
      .array(
        z.object({
          number: z.int().describe('of the repair'),
          refusals: z.array(z.object({ by: z.string(), at: moment, reason: z.string() })),
        }),
      )
      .describe(
        'what an earlier hearing of it began and people refused, with their reasons: for that it is heard anew',
      ),
    waits: z
      .object({ why: z.enum(['nobody_may', 'all_decided', 'all_out']), words: z.string(), next: z.string() })
      .nullable()
      .describe('why nobody can hear it, and what to do'),
  })
  .meta({ id: 'AppealDetail' })
export type AppealDetail = z.infer<typeof appealDetail>

export const nextAppeal = z.object({ appeal: appealDetail.nullable() }).meta({ id: 'NextAppeal' })

const reason = z.string().trim().min(1).max(2000).describe('kept sealed; never told to whoever objects')

export const appealVerdict = z
  .strictObject({
    outcome: z.enum(appealOutcomes),
    reason,
    grounds: z.array(namedGround).min(1).max(100).optional().describe('with overturned_entry: whose entry is wrong'),
    files: z.array(z.string().max(100)).min(1).max(100).optional().describe('with overturned_match; all, unless said'),
  })
  .refine(({ outcome, grounds }) => outcome === 'overturned_entry' || grounds === undefined, {
    error: 'grounds go with overturned_entry',
    path: ['grounds'],
  })
  .refine(({ outcome, files }) => outcome === 'overturned_match' || files === undefined, {
    error: 'files go with overturned_match',
    path: ['files'],
  })
  .meta({ id: 'AppealVerdict' })
export type AppealVerdict = z.infer<typeof appealVerdict>

export const appealHandBack = z.strictObject({ reason }).meta({ id: 'AppealHandBack' })
