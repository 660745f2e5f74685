// What a platform hears of what it must act on: ids of ours, its own account's ids, states and dates. Never a list, a class, an
// entry, a distance, a hash, a file name, or an id of NCMEC's.
import { z } from 'zod'
import { moment } from './moment.ts'

const id = z.string().min(1).max(64)

const account = z
  .strictObject({
    id: z.string().min(1).max(255).describe('the account, as you named it'),
    organisation: z
      .string()
      .min(1)
      .max(255)
      .optional()
      .describe('the organisation whose account it is, as you named it'),
  })
  .nullable()
  .describe('null: nobody said whose it is')

const about = {
  case: id,
  scans: z.array(id).max(10_000).describe('the scans it is about, as they were answered to you'),
  account,
}

/** What a platform is asked to do; it decides how, under its own rules. */
export const asks = ['keep_content_down', 'review_account', 'restore_content', 'restore_account'] as const
export type Ask = (typeof asks)[number]
const asked = z
  .array(z.enum(asks))
  .min(1)
  .describe(
    'keep_content_down: the files do not come back. review_account: look at the account under your own rules. restore_*: undo it',
  )

const told = z.enum(['reported', 'appeal_upheld', 'appeal_overturned', 'restored'])

const shapes = {
  'case.held': z.strictObject({ ...about, heldAt: moment }),
  'case.released': z.strictObject({ ...about, releasedAt: moment }),
  'account.action_requested': z.strictObject({ ...about, asks: asked, requestedAt: moment }),
  'report.finished': z.strictObject({
    ...about,
    finishedAt: moment,
    filed: z
      .enum(['by_wardline', 'by_hand'])
      .describe('by_hand: no notice follows by itself, so telling the account’s holder is yours'),
  }),
  'notice.sent': z.strictObject({
    notice: id,
    case: id,
    account,
    kind: told,
    addressee: z.enum(['user', 'organisation']),
    sentAt: moment,
  }),
  'notice.deliver': z.strictObject({
    notice: id,
    case: id,
    account,
    kind: told,
    addressee: z.enum(['user', 'organisation']),
    language: z.string().min(1).max(35).describe('of the text, as BCP 47 has it'),
    subject: z.string().min(1).max(1_000),
    text: z.string().min(1).max(100_000),
    html: z.string().max(400_000).nullable(),
    appealBy: moment.nullable(),
  }),
  'appeal.opened': z.strictObject({ appeal: id, case: id, notice: id, account, openedAt: moment, dueAt: moment }),
  'appeal.decided': z.strictObject({
    appeal: id,
    case: id,
    account,
    outcome: z.enum(['upheld', 'overturned']),
    decidedAt: moment,
  }),
  'repair.restore': z.strictObject({ repair: id, ...about, asks: asked, decidedAt: moment }),
} as const

export const eventTypes = [
  'case.held',
  'case.released',
  'account.action_requested',
  'report.finished',
  'notice.sent',
  'notice.deliver',
  'appeal.opened',
  'appeal.decided',
  'repair.restore',
] as const satisfies readonly (keyof typeof shapes)[]
export type EventType = (typeof eventTypes)[number]

const common = {
  onceKey: z.string().min(1).max(300).describe('ids of ours: of two events with one key only the first is written'),
  isTest: z.boolean(),
}
const event = <T extends EventType, D extends z.ZodType>(type: T, data: D) =>
  z.strictObject({ type: z.literal(type), ...common, data })

/** As it is raised: times are epoch milliseconds. */
export const platformEvent = z.discriminatedUnion('type', [
  event('case.held', shapes['case.held']),
  event('case.released', shapes['case.released']),
  event('account.action_requested', shapes['account.action_requested']),
  event('report.finished', shapes['report.finished']),
  event('notice.sent', shapes['notice.sent']),
  event('notice.deliver', shapes['notice.deliver']),
  event('appeal.opened', shapes['appeal.opened']),
  event('appeal.decided', shapes['appeal.decided']),
  event('repair.restore', shapes['repair.restore']),
])
export type PlatformEvent = z.output<typeof platformEvent>
