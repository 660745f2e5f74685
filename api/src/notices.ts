// Notices on the wire: where each stands, what a platform fetches and delivers, and who lets go or holds. Never an address.
import { z } from 'zod'
import { moment } from './moment.ts'

export const noticeStates = ['waiting', 'sending', 'sent', 'not_sent', 'dead'] as const
const kinds = ['reported', 'appeal_upheld', 'appeal_overturned', 'restored'] as const
const channels = ['smtp', 'webhook', 'pull'] as const

const waits = z
  .object({
    for: z
      .enum(['delay', 'legal_hold', 'release', 'repair', 'try', 'platform', 'other'])
      .describe(
        'legal_hold: nobody may be told until then at least (other: this key may not know why). release: a person must let it go. repair: two people decide first whether it was an error, or a person looks at its case again. platform: it has it and has not answered for it',
      ),
    until: moment.nullable(),
  })
  .nullable()
  .describe('what it waits for; null: for nothing any more')

export const noticeSummary = z
  .object({
    id: z.string(),
    kind: z.enum(kinds),
    reportId: z.string().nullable(),
    caseId: z.string(),
    addressee: z.enum(['user', 'organisation', 'operator']),
    channel: z.enum(channels),
    isTest: z.boolean(),
    state: z
      .enum(noticeStates)
      .describe(
        'not_sent: and never will be, see `reason`. dead: given up; somebody mends what is wrong and tries again',
      ),
    reason: z.string().nullable(),
    rule: z.string().describe('the jurisdiction whose rule it follows, or `default`'),
    release: z
      .enum(['high_priority', 'known_victim', 'filed_by_hand'])
      .nullable()
      .describe('why a person must release it first'),
    waits,
    dueAt: moment,
    attempts: z.int(),
    sentAt: moment.nullable(),
    appealBy: moment.nullable(),
    createdAt: moment,
    changedAt: moment,
  })
  .meta({ id: 'NoticeSummary' })
export type NoticeSummary = z.infer<typeof noticeSummary>

export const noticeDetail = noticeSummary
  .extend({
    tries: z.array(
      z.object({
        number: z.int(),
        begunAt: moment,
        endedAt: moment.nullable().describe('null: it was cut off, and nobody knows whether it arrived'),
        outcome: z.enum(['taken', 'later', 'refused', 'bounced']).nullable(),
        why: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'NoticeDetail' })
export type NoticeDetail = z.infer<typeof noticeDetail>

export const noticePage = z
  .object({ notices: z.array(noticeSummary), next: z.string().nullable().describe('`before` of the next page') })
  .meta({ id: 'NoticePage' })

export const noticeRelease = z
  .strictObject({ reason: z.string().trim().min(1).max(2000).describe('kept sealed') })
  .meta({ id: 'NoticeRelease' })

const environment = z
  .enum(['sandbox', 'test', 'production'])
  .describe('anything but production: nothing was reported to NCMEC, and no real person is to be told')

export const dueNotice = z
  .object({
    id: z.string().describe('the same at every fetch: tell its reader once'),
    kind: z.enum(kinds),
    caseId: z.string(),
    addressee: z.enum(['user', 'organisation']),
    environment,
    isTest: z
      .boolean()
      .describe('tell no real person: a test card made it, or it is not production (there always true)'),
    account: z.object({ id: z.string(), organisation: z.string().optional() }).nullable(),
    language: z.string().describe('of the text, BCP 47'),
    subject: z.string(),
    text: z.string(),
    html: z.string().describe('the same, as a whole document'),
    dueAt: moment,
    appealBy: moment.nullable(),
  })
  .meta({ id: 'DueNotice' })
export type DueNotice = z.infer<typeof dueNotice>

export const duePage = z
  .object({
    environment,
    notices: z.array(dueNotice),
    next: z.string().nullable().describe('`after` of the next page'),
  })
  .meta({ id: 'DueNoticePage' })

export const undeliverables = ['no_such_account', 'account_deleted', 'no_way_to_reach', 'other'] as const
export type Undeliverable = (typeof undeliverables)[number]
export const noticeUndelivered = z.strictObject({ why: z.enum(undeliverables) }).meta({ id: 'NoticeUndelivered' })

export const instruments = ['court_order', 'warrant', 'subpoena', 'police_request', 'other'] as const
export type Instrument = (typeof instruments)[number]

const digest = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be SHA-256 in 64 hex digits')
  .describe('SHA-256 of the document, by which the paper is found again')

export const newNoticeHold = z
  .strictObject({
    scope: z.enum(['report', 'case', 'account']),
    of: z
      .union([z.string().min(1).max(100), z.int().min(1)])
      .describe('the report’s id, or the case’s number or id; `account`: that of the case, its later reports too'),
    kind: z.enum(instruments),
    authority: z.string().trim().min(1).max(500).describe('who issued it; kept sealed'),
    documentSha256: digest,
    expiresAt: z.iso.datetime().describe('it lets go by itself then; within ten years from now'),
  })
  .meta({ id: 'NewNoticeHold' })

export const noticeHold = z
  .object({
    id: z.string(),
    state: z.enum(['live', 'expired', 'ended']),
    scope: z.enum(['report', 'case', 'account']),
    of: z.string(),
    kind: z.enum(instruments),
    authority: z.string(),
    documentSha256: z.string(),
    addedBy: z.string(),
    addedAt: moment,
    expiresAt: moment,
    endedBy: z.string().nullable(),
    endedAt: moment.nullable(),
    endedWhy: z.string().nullable(),
  })
  .meta({ id: 'NoticeHold' })
export type NoticeHold = z.infer<typeof noticeHold>

export const noticeHeld = noticeHold
  .extend({
    waiting: z.int().describe('notices that it holds now'),
    gone: z.int().describe('notices that were sent, or are on their way, and cannot be called back'),
  })
  .meta({ id: 'NoticeHeld' })
export const noticeHoldList = z.object({ holds: z.array(noticeHold) }).meta({ id: 'NoticeHoldList' })
