// What people see and decide about repairs: how far each is, and its cases by picture; never a hash, never which entry.
import { z } from 'zod'
import { caseStates } from './cases.ts'
import { moment } from './moment.ts'

const reason = z.string().trim().min(1).max(2000).describe('kept with the decision')

const states = ['gathering', 'gathered', 'refused', 'approved', 'restoring', 'done'] as const
const caseStands = ['gathered', 'stopping', 'closed', 'restored', 'not_taken', 'in_review', 'left'] as const
export const repairWhys = [
  'another_ground',
  'viewed',
  'account',
  'batched',
  'decided_since',
  'over',
  'report_unknown',
  'unreadable',
] as const

const head = z.object({
  id: z.string(),
  number: z.int().describe('what people call it by'),
  state: z
    .enum(states)
    .describe(
      'gathering: its list is being made. gathered: frozen, and waits for two people. approved: its steps run. ' +
        'restoring: all cases are closed, and the platform has not taken all restores yet.',
    ),
  outcome: z.enum(['entry', 'match', 'context']),
  round: z.int(),
  formerId: z.string().nullable(),
  appealId: z.string().nullable(),
  caseId: z.string().describe('the case that was heard'),
  begunBy: z.string(),
  begunAt: moment,
  gatheredAt: moment.nullable(),
  firstBy: z.string().nullable().describe('a person’s id'),
  firstAt: moment.nullable(),
  secondBy: z.string().nullable(),
  secondAt: moment.nullable(),
  guardedAt: moment.nullable().describe('when matches were silenced and feedback was prepared'),
  closedAt: moment.nullable(),
  doneAt: moment.nullable(),
  letter: z
    .object({ reports: z.int(), writtenAt: moment, sentAt: moment.nullable() })
    .nullable()
    .describe('what corrects its finished reports; a person sends it'),
  counts: z.object(
    Object.fromEntries(caseStands.map((state) => [state, z.int()])) as Record<(typeof caseStands)[number], z.ZodInt>,
  ),
  toRepair: z.int(),
  toReview: z.int(),
  toLookAt: z.array(z.int()).describe('numbers of its cases that are reviewed_again: a person looks once more'),
})

export const repairSummary = head.meta({ id: 'RepairSummary' })
export type RepairSummary = z.infer<typeof repairSummary>
export const repairList = z.object({ repairs: z.array(repairSummary) }).meta({ id: 'RepairList' })

const repairCase = z.object({
  id: z.string(),
  number: z.int(),
  does: z.enum(['repair', 'review']),
  why: z
    .enum(repairWhys)
    .nullable()
    .describe(
      'why it goes to review, or was left. another_ground: something else holds it. viewed: who confirmed it had viewed the ' +
        'file. account: another case of the account stands (of one that is not_taken: so the platform is not asked to restore it). batched: its report, not finished, is of others as well. ' +
        'decided_since: a person decided about it meanwhile. over: nothing was left to undo. report_unknown: ask NCMEC whether ' +
        'its report is finished. unreadable: what is kept of it cannot be opened.',
    ),
  stateThen: z.enum(caseStates).describe('when it was gathered'),
  state: z
    .enum(caseStands)
    .describe(
      'stopping: its report is under way. closed: the platform has not taken its restore. not_taken: nobody took it, or it is not asked for: why says so.',
    ),
  changedAt: moment,
  restoredAt: moment.nullable(),
  fileId: z.string().nullable().describe('null, like the three below, of one that is unreadable'),
  class: z.string().nullable(),
  algorithm: z.string().nullable(),
  distanceBits: z.int().nullable().describe('of 256'),
})

export const repairDetail = head
  .extend({
    reason: z.string(),
    reasons: z
      .array(
        z.object({
          says: z.enum(['stands', 'error', 'refuse', 'report']),
          by: z.string(),
          at: moment,
          caseNumber: z.int().nullable().describe('the case it is about; null: the repair'),
          reason: z.string(),
        }),
      )
      .describe('what people said of it since, oldest first. report: why NCMEC gets new reports'),
    refusedFirst: z
      .object({ by: z.string().describe('a person’s id'), at: moment, until: moment })
      .nullable()
      .describe('one of two people has refused it; another one may agree until then'),
    newReports: z
      .array(
        z.object({
          id: z.string(),
          corrects: z.string().describe('our id of the earlier report'),
          state: z.string(),
          remoteId: z.string().nullable(),
          finishedAt: moment.nullable(),
        }),
      )
      .describe('new reports at NCMEC that somebody chose, each of which takes one back; none unless chosen'),
    pictures: z.array(z.object({ picture: z.int(), cases: z.array(repairCase) })).describe('its cases, by picture'),
    later: z.int().describe('cases that came after its list was frozen: a further round gathers them'),
  })
  .meta({ id: 'RepairDetail' })
export type RepairDetail = z.infer<typeof repairDetail>

export const repairDecision = z.strictObject({ reason }).meta({ id: 'RepairDecision' })

export const repairRestored = z
  .strictObject({
    case: z
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .describe('its number'),
  })
  .meta({ id: 'RepairRestored' })

export const repairLetter = z
  .object({
    to: z.string().nullable().describe('as the operator configured it (repairs.correctionsTo); null: ask NCMEC'),
    text: z.string(),
    reports: z.int(),
    writtenAt: moment,
    sentAt: moment.nullable(),
  })
  .meta({ id: 'RepairLetter' })
export type RepairLetter = z.infer<typeof repairLetter>

export const secondLook = z
  .strictObject({
    case: z
      .int()
      .min(1)
      .max(2 ** 31 - 1)
      .describe('its number; it must be reviewed_again'),
    says: z
      .enum(['stands', 'repair'])
      .describe('stands: as it was. repair: it was an error as well, for two others to approve'),
    reason,
  })
  .meta({ id: 'SecondLook' })
