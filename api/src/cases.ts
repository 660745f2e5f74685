// What people see of a case: class, algorithm and distance of a match, never a hash value, list or entry.
import { z } from 'zod'
import { account } from './account.ts'
import { caseAppeal } from './appeals.ts'
import { caseContext } from './context.ts'
import { fileChoice } from './file-choices.ts'
import { incidentTypes } from './incident-types.ts'
import { moment } from './moment.ts'
import { incidentChoice, reportAnnotations } from './people.ts'
import { lacks, reportSummary } from './reports.ts'
import { supplementKinds } from './supplements.ts'

export const caseStates = [
  'settling',
  'set_aside',
  'waiting_review',
  'waiting_facts',
  'reporting',
  'reported',
  'dismissed',
  'cannot_report',
  'tested',
  'closed',
  'reviewed_again',
  'repaired',
] as const

const actionability = z.object({
  score: z.int().describe('0 to 100'),
  lacking: lacks,
})

const head = z.object({
  id: z.string(),
  number: z.int().describe('what people call it by'),
  environment: z.string(),
  state: z
    .enum(caseStates)
    .describe(
      'settling: will be filed by rule once the settling time is over. set_aside: waits, because too many accounts hit ' +
        'an entry it rests on; a person reviews that entry. waiting_review: needs a person. waiting_facts: ' +
        'would be filed and says too little to act on; filed at `factsDueAt` as it is. reporting: a report is being filed. ' +
        'cannot_report: preserved, but without working credentials. tested: of a test card, in production; its report was ' +
        'validated and not sent. closed: of a class that is never reported; a person has dealt with it elsewhere. ' +
        'reviewed_again: reported, and something it rests on was wrong: a person looks once more, and nothing ' +
        'is reported twice. repaired: it was an error and what was done is undone.',
    ),
  route: z.enum(['report', 'review']),
  isTest: z.boolean().describe('a test card made it; nothing real is in it'),
  surface: z.string(),
  jurisdiction: z.string().nullable(),
  openedAt: moment,
  settlesAt: moment,
  changedAt: moment,
  decidedBy: z.string().nullable(),
  decidedAt: moment.nullable(),
  factsDueAt: moment.nullable().describe('until when it waits, or waited, for facts; null: it never had to'),
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
  unread: z
    .string()
    .nullable()
    .describe(
      'why the file was not read to its end, as `reason` of a scan: more may be in it than was compared. null: it was read ' +
        'whole, or came to a version that did not note it',
    ),
  pictures: z.array(z.object({ width: z.int(), height: z.int(), quality: z.number() })),
  matches: z.array(match),
  occurrences: z.array(
    z.object({
      scanId: z.string(),
      receivedAt: moment,
      context: caseContext.describe('with what was said of it later, where that was missing'),
      filledIn: z
        .array(z.object({ at: moment, path: z.string() }))
        .describe('which keys of the context were missing at first and said later'),
      differing: z
        .array(z.object({ at: moment, path: z.string(), said: z.string() }))
        .describe('what was said later and is not what was said before; the report tells it in words'),
    }),
  ),
  furtherOccurrences: z.int(),
  copyOf: z
    .object({ fileId: z.string(), distanceBits: z.int().describe('of 256') })
    .nullable()
    .describe('the file of this case that shows the same picture: this one is evidence, and told with it in words'),
})

const caseView = z.object({
  fileId: z.string(),
  by: z.string(),
  displayed: z.enum(['full', 'blurred', 'partial', 'exif']),
  at: moment,
})

const caseSupplement = z.object({
  id: z.string(),
  kind: z.enum(supplementKinds),
  mediaType: z.string(),
  sizeBytes: z.int(),
  receivedAt: moment,
})

const caseLookUp = z.object({
  state: z
    .enum(['waiting', 'answered', 'unknown', 'given_up'])
    .describe('unknown: your system has no such account. given_up: it did not answer in time'),
  askedAt: moment,
  waitUntil: moment.describe('no report waits for the answer beyond this'),
  endedAt: moment.nullable(),
  trouble: z.string().nullable(),
  account: account.nullable(),
})

const caseNotice = z.object({
  id: z.string(),
  addressee: z.enum(['user', 'organisation', 'operator']),
  isTest: z.boolean(),
  state: z.enum(['waiting', 'sending', 'sent', 'not_sent', 'dead']),
  reason: z.string().nullable(),
  dueAt: moment,
  sentAt: moment.nullable(),
})

export const caseDetail = head
  .extend({
    context: caseContext,
    decision: z
      .object({
        by: z.string(),
        at: moment,
        reason: z.string().nullable(),
        viewed: z.boolean(),
        incidentType: z.enum(incidentTypes).optional(),
        files: z.array(fileChoice).optional(),
        annotations: z.array(z.enum(reportAnnotations)).optional(),
        escalate: z.string().optional(),
      })
      .nullable()
      .describe('viewed: whether the person saw the file before deciding'),
    files: z.array(caseFile),
    actionability: actionability
      .nullable()
      .describe(
        'how much of what an investigator needs its report would say if it were written now; what one that is written ' +
          'says stands with it in `reports`. null: there can be none',
      ),
    views: z.array(caseView).describe('each time a file was displayed to a person'),
    supplements: z.array(caseSupplement),
    furtherSupplements: z.int().describe('how many more came than are kept'),
    lookUp: caseLookUp.nullable().describe('what your own system was asked about the account; null: it was not'),
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
export const caseConfirmation = z
  .strictObject({
    reason: reason.optional(),
    incidentType: z
      .enum(incidentTypes)
      .optional()
      .describe(
        'needed when a file matched nothing but generative_ai or exploitative entries: a person says what it is',
      ),
    files: z
      .array(fileChoice)
      .max(100)
      .optional()
      .describe('what the person says of single files; nothing is taken from a list'),
    ...incidentChoice,
  })
  .meta({ id: 'CaseConfirmation' })
export const caseDismissal = z
  .strictObject({
    reason,
    falseMatch: z
      .boolean()
      .optional()
      .describe(
        'the entries are wrong about these pictures: prepares feedback to their source, for an operator to approve',
      ),
  })
  .meta({ id: 'CaseDismissal' })

export const caseClosing = z
  .strictObject({ reason: reason.describe('how it was dealt with outside of Wardline') })
  .meta({ id: 'CaseClosing' })

export const caseDecided = z
  .object({ number: z.int(), state: z.enum(caseStates), viewed: z.boolean() })
  .meta({ id: 'CaseDecided' })
export type CaseDecided = z.infer<typeof caseDecided>

const batchBy = {
  file: z.string().max(100).optional().describe('id of a file: cases that hold its very bytes'),
  entry: z.string().max(100).optional().describe('id of an entry that is set aside: cases that rest on it'),
}
const either = ({ file, entry }: { file?: string | undefined; entry?: string | undefined }) =>
  (file === undefined) !== (entry === undefined)
const eitherWords = { error: 'name either a file or an entry' }

export const batchQuestion = z
  .strictObject({ ...batchBy, incidentType: z.enum(incidentTypes).optional() })
  .refine(either, eitherWords)

/** Several accounts, one picture, one report. A person decides without viewing, and says what the picture is. */
export const caseBatch = z
  .strictObject({
    ...batchBy,
    cases: z.array(z.int().min(1)).min(2).max(200).describe('their numbers, each one named'),
    viral: z.boolean().default(false).describe('it spreads fast'),
    potentialMeme: z.boolean().default(false).describe('it is shared out of mimicry, with no malice apparent'),
    reason,
    incidentType: z.enum(incidentTypes).optional(),
  })
  .refine(either, eitherWords)
  .refine(({ viral, potentialMeme }) => viral || potentialMeme, { error: 'say viral, potentialMeme or both' })
  .meta({ id: 'CaseBatch' })
export type CaseBatch = z.infer<typeof caseBatch>

export const batchForeseen = z
  .object({
    fileId: z.string().nullable().describe('the file that would be uploaded'),
    cases: z.array(z.int()).describe('numbers of those that can be taken, at most 200'),
    left: z.array(z.object({ number: z.int(), why: z.string() })),
  })
  .meta({ id: 'BatchForeseen' })
export type BatchForeseen = z.infer<typeof batchForeseen>

export const caseBatched = z.object({ reportId: z.string(), cases: z.int() }).meta({ id: 'CaseBatched' })
export type CaseBatched = z.infer<typeof caseBatched>
