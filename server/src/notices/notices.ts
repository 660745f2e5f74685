// A notice is what the holder of an account is told once a report is finished: neutral, and nothing about the file.
export {
  type Began,
  markDead,
  markFailed,
  markSending,
  markSent,
  removeNotices,
  reviveNotice,
  withholdNotice,
} from './journal.ts'
export { readAppealToken } from './link.ts'
export { type Planned, planNotice } from './plan.ts'
export type { NoticePolicy } from './policy.ts'
export { longestAppealsName, readReplyAddress } from './reply-address.ts'
export { openPost, type Post, type PostOutcome } from './send.ts'
export type { Mail } from './text.ts'
export { caseOfNotice, listNotices, type NoticeView, noticesOfCase } from './views.ts'
