// A notice is what the holder of an account is told once a report is finished: neutral, and nothing about the file.

export { type HelpLines, loadHelpLines } from './help-lines.ts'
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
export { openPost, type Post, type PostOutcome } from './send.ts'
export { type Mail, type NoticeText, type NoticeWords, noticeText } from './text.ts'
export { escaped } from './text-blocks.ts'
export { loadTexts, ourTexts, type Texts } from './text-files.ts'
export { type ForbiddenFacts, forbiddenIn } from './text-forbidden.ts'
export { chooseLanguage } from './text-language.ts'
export { type PageText, pageLanguages, pageText } from './text-page.ts'
export { type ToldWhen, toldWhen } from './told-when.ts'
export { listNotices, type NoticeView, noticesOfCase } from './views.ts'
