// A notice is what the holder of an account is told once a report is finished: neutral, and nothing about the file.

export { type Began, markHandedOver, markSending } from './begin.ts'
export { type FollowUp, planFollowUp } from './follow-up.ts'
export { type HelpLines, loadHelpLines } from './help-lines.ts'
export { mayTell } from './hold.ts'
export { addHold, endHold, type HoldView, listHolds, liveHolds, type NewHold } from './hold-act.ts'
export {
  type Failed,
  markBounced,
  markDead,
  markDelivered,
  markFailed,
  markRecalled,
  markSent,
  markTaken,
  withholdNotice,
} from './journal.ts'
export { readAppealToken } from './link.ts'
export { type Planned, planNotice, planNotices } from './plan.ts'
export type { Channel, NoticePolicy, NoticeRule } from './policy.ts'
export { type DueNotice, deliverable, dueNotices } from './pull.ts'
export { releaseNotice } from './release.ts'
export { longestAppealsName, readReplyAddress } from './reply-address.ts'
export { reviveNotice } from './revive.ts'
export { openPost, type Post, type PostOutcome } from './send.ts'
export { removeNotices } from './store.ts'
export { type Mail, type NoticeText, type NoticeWords, noticeText } from './text.ts'
export { escaped } from './text-blocks.ts'
export { loadTexts, ourTexts, type Texts } from './text-files.ts'
export { type ForbiddenFacts, forbiddenIn } from './text-forbidden.ts'
export { chooseLanguage } from './text-language.ts'
export { type PageText, pageLanguages, pageText } from './text-page.ts'
export { type ToldWhen, toldWhen } from './told-when.ts'
export {
  caseOfNotice,
  listNotices,
  type NoticeFigures,
  type NoticeView,
  noticeFigures,
  noticesOfCase,
  showNotice,
  type Waits,
  waitsOf,
} from './views.ts'
