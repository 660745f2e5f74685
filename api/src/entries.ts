// What people see and decide about entries of hash lists: never a value, never which entry it is.
import { z } from 'zod'
import { incidentTypes } from './incident-types.ts'
import { moment } from './moment.ts'

const reason = z.string().trim().min(1).max(2000).describe('kept sealed')

const correctionStates = ['proposed', 'in_force', 'refused', 'withdrawn'] as const
export const correction = z
  .object({
    id: z.string(),
    state: z.enum(correctionStates).describe('proposed: waits for another person. in_force: its entries are silenced'),
    caseId: z.string(),
    listIds: z.array(z.string()),
    entries: z.int().describe('how many it silences'),
    reason: z.string(),
    proposedBy: z.string().describe('a person’s id'),
    approvedBy: z.string().nullable(),
    proposedAt: moment,
    reviewAt: moment.describe('by then somebody looks at it again; passing it changes nothing'),
    overdue: z.boolean(),
  })
  .meta({ id: 'Correction' })
export type CorrectionShown = z.infer<typeof correction>
export const correctionList = z.object({ corrections: z.array(correction) }).meta({ id: 'CorrectionList' })

export const correctionProposal = z
  .strictObject({
    case: z
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .describe('its number'),
    fileId: z.string().max(100).optional().describe('needed when the case holds several'),
    listId: z.string().max(64).optional().describe('only the entries of this list'),
    reason,
    reviewAt: z.iso.datetime().describe('when somebody looks at it again, within a year'),
  })
  .meta({ id: 'CorrectionProposal' })

export const entryDecision = z.strictObject({ reason }).meta({ id: 'EntryDecision' })

const setAsideStates = ['set_aside', 'kept', 'released'] as const
export const setAside = z
  .object({
    id: z.string(),
    listId: z.string(),
    listGone: z.boolean().describe('the list was removed since'),
    class: z.string(),
    state: z.enum(setAsideStates),
    accounts: z.int().describe('how many unrelated ones had hit it'),
    setAsideAt: moment,
    reviewDueAt: moment.nullable(),
    overdue: z.boolean(),
    decidedBy: z.string().nullable(),
    decidedAt: moment.nullable(),
    deciding: z.boolean().describe('a decision over all its cases is being carried out'),
    openCases: z.int(),
  })
  .meta({ id: 'SetAside' })
export type SetAsideShown = z.infer<typeof setAside>
export const setAsideList = z.object({ setAside: z.array(setAside) }).meta({ id: 'SetAsideList' })

export const setAsideDecision = z
  .strictObject({
    says: z.enum(['confirm', 'dismiss']),
    reason,
    incidentType: z.enum(incidentTypes).optional().describe('with confirm: what the reports say'),
    falseMatch: z.boolean().optional().describe('with dismiss: the entry is wrong; prepares feedback to its source'),
  })
  .refine(
    ({ says, incidentType }) => says === 'confirm' || incidentType === undefined,
    'incidentType goes with confirm',
  )
  .refine(({ says, falseMatch }) => says === 'dismiss' || falseMatch === undefined, 'falseMatch goes with dismiss')
  .meta({ id: 'SetAsideDecision' })

export const setAsideForesight = z
  .object({
    taken: z.int().describe('open cases that a running server decides so'),
    left: z.int(),
    heldByAsides: z.array(z.object({ id: z.string(), cases: z.int() })),
    heldOtherwise: z.int().describe('held by an entry that is not set aside as well'),
    refused: z.int().describe('of which no report can be made so'),
  })
  .meta({ id: 'SetAsideForesight' })
export type SetAsideForesight = z.infer<typeof setAsideForesight>

const feedbackStates = ['waiting', 'approved', 'sending', 'sent', 'unknown', 'failed', 'refused'] as const
export const feedback = z
  .object({
    id: z.string(),
    listId: z.string(),
    caseId: z.string(),
    algorithm: z.string(),
    says: z.enum(['affirmative', 'negative']),
    state: z.enum(feedbackStates).describe('unknown: sent, and the answer was lost'),
    trouble: z.string().nullable(),
    preparedAt: moment,
    changedAt: moment,
    disputed: z.boolean().describe('another case taught the opposite of the same entry'),
  })
  .meta({ id: 'Feedback' })
export type FeedbackShown = z.infer<typeof feedback>
export const feedbackList = z.object({ feedback: z.array(feedback) }).meta({ id: 'FeedbackList' })
export const feedbackApproval = z
  .strictObject({
    reasonId: z.string().max(100).optional().describe('for a negative one: one of the source’s reasons'),
  })
  .meta({ id: 'FeedbackApproval' })
