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

/** The most scans that one event names. */
export const mostScans = 1_000

const about = {
  case: id,
  scans: z.array(id).max(mostScans).describe('the scans it is about, as they were answered to you'),
  furtherScans: z
    .int()
    .min(0)
    .describe('how many more there are than are named here; the case.held of each has named it'),
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
      .enum(['by_wardline', 'by_hand', 'not_sent'])
      .describe('by_hand: its notice waits until a person releases it. not_sent: of a test card in production alone'),
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

/** Something waits for the platform's word: a notice is sent, or a restore done, once it was taken. */
export const awaitedTypes = ['notice.deliver', 'repair.restore'] as const satisfies readonly EventType[]

const raised = {
  onceKey: z.string().min(1).max(300).describe('ids of ours: of two events with one key only the first is written'),
  isTest: z.boolean(),
}
const onWire = {
  id: z
    .string()
    .describe('the same for each try, and the header webhook-id: of two with one id the second says nothing new'),
  number: z.int().min(1).describe('its place: what was written down later has a higher one'),
  timestamp: moment.describe('when it arose'),
  environment: z.enum(['sandbox', 'test', 'production']),
  isTest: z.boolean().describe('true: a test card made it; nothing real is in it'),
}
const event = <T extends EventType>(type: T) => z.strictObject({ type: z.literal(type), ...raised, data: shapes[type] })
const sent = <T extends EventType>(type: T) => z.strictObject({ type: z.literal(type), ...onWire, data: shapes[type] })

/** As it is raised: times are epoch milliseconds. */
export const platformEvent = z.discriminatedUnion('type', [
  event('case.held'),
  event('case.released'),
  event('account.action_requested'),
  event('report.finished'),
  event('notice.sent'),
  event('notice.deliver'),
  event('appeal.opened'),
  event('appeal.decided'),
  event('repair.restore'),
])
export type PlatformEvent = z.output<typeof platformEvent>

/** As the platform gets it, by webhook or fetched. */
export const sentEvent = z
  .discriminatedUnion('type', [
    sent('case.held'),
    sent('case.released'),
    sent('account.action_requested'),
    sent('report.finished'),
    sent('notice.sent'),
    sent('notice.deliver'),
    sent('appeal.opened'),
    sent('appeal.decided'),
    sent('repair.restore'),
  ])
  .meta({ id: 'PlatformEvent' })
export type SentEvent = z.output<typeof sentEvent>

export const eventPage = z
  .object({
    events: z.array(sentEvent),
    next: z.int().min(0).describe('what to give as `after` for the page behind this one'),
  })
  .meta({ id: 'EventPage' })
export type EventPage = z.output<typeof eventPage>

export const eventsTaken = z
  .strictObject({
    upTo: z.int().min(1).max(Number.MAX_SAFE_INTEGER).describe('the number of the last event that you have kept'),
  })
  .meta({ id: 'EventsTaken' })

/** waiting: not taken yet. given_up: nobody took it in seven days. kept: it arose while there was no webhook; it can be fetched. */
export const eventStates = ['waiting', 'delivered', 'given_up', 'kept'] as const

/** How an event goes out, for the operator: never what it says. */
export const eventStanding = z
  .object({
    id: z.string(),
    type: z.enum(eventTypes),
    isTest: z.boolean(),
    state: z.enum(eventStates),
    attempts: z.int(),
    createdAt: moment,
    triedAt: moment.nullable(),
    endedAt: moment.nullable().describe('when it was taken, or given up'),
    trouble: z.string().nullable().describe('why the last try was not taken'),
  })
  .meta({ id: 'EventStanding' })
export type EventStanding = z.output<typeof eventStanding>
