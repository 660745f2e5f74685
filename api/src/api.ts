// The words on the wire. Server, command line and console read them from here; nobody copies them.

export {
  type Account,
  type AccountQuestion,
  type AssociatedAccount,
  account,
  accountAnswer,
  accountQuestion,
  organisation,
} from './account.ts'
export {
  type AppealDetail,
  type AppealRequest,
  type AppealSummary,
  type AppealVerdict,
  appealDetail,
  appealHandBack,
  appealOutcomes,
  appealPage,
  appealReceived,
  appealRequest,
  appealStates,
  appealVerdict,
  appealWords,
  nextAppeal,
  type PlatformAppealStanding,
  platformAppeal,
  platformAppealStanding,
} from './appeals.ts'
export {
  type BatchForeseen,
  batchForeseen,
  batchQuestion,
  type CaseBatch,
  type CaseBatched,
  type CaseDecided,
  type CaseDetail,
  type CaseSummary,
  caseBatch,
  caseBatched,
  caseClosing,
  caseConfirmation,
  caseDecided,
  caseDetail,
  caseDismissal,
  casePage,
  caseStates,
  caseSummary,
} from './cases.ts'
export {
  type CaseContext,
  caseContext,
  laterContext,
  origin,
  type ScanContext,
  type Surface,
  scanContext,
  surfaces,
} from './context.ts'
export {
  type CorrectionShown,
  correction,
  correctionList,
  correctionProposal,
  entryDecision,
  type FeedbackShown,
  feedback,
  feedbackApproval,
  feedbackList,
  type SetAsideForesight,
  type SetAsideShown,
  setAside,
  setAsideDecision,
  setAsideForesight,
  setAsideList,
} from './entries.ts'
export {
  type Ask,
  asks,
  awaitedTypes,
  type EventPage,
  type EventStanding,
  type EventType,
  eventPage,
  eventStanding,
  eventStates,
  eventsTaken,
  eventTypes,
  mostScans,
  type PlatformEvent,
  platformEvent,
  type SentEvent,
  sentEvent,
} from './events.ts'
export {
  type Classification,
  classifications,
  type FileAnnotation,
  type FileChoice,
  fileAnnotations,
  fileChoice,
} from './file-choices.ts'
export { type IncidentType, incidentTypes } from './incident-types.ts'
export type { Address, Device, Email, IpEvent, Phone } from './marks.ts'
export { moment } from './moment.ts'
export {
  type DueNotice,
  dueNotice,
  duePage,
  type Instrument,
  instruments,
  type NoticeDetail,
  type NoticeHold,
  type NoticeSummary,
  newNoticeHold,
  noticeDetail,
  noticeHeld,
  noticeHold,
  noticeHoldList,
  noticePage,
  noticeRelease,
  noticeStates,
  noticeSummary,
  noticeUndelivered,
  type Undeliverable,
  undeliverables,
} from './notices.ts'
export { type Police, type Recipient, type ReportAnnotation, reportAnnotations, type Victim } from './people.ts'
export type { Place } from './place.ts'
export { type Problem, problem } from './problem.ts'
export {
  type RepairDetail,
  type RepairLetter,
  type RepairSummary,
  repairDecision,
  repairDetail,
  repairLetter,
  repairList,
  repairRestored,
  repairSummary,
  repairWhys,
  secondLook,
} from './repairs.ts'
export {
  type ReportDetail,
  type ReportSummary,
  reportDetail,
  reportPage,
  reportStates,
  reportSummary,
} from './reports.ts'
export {
  type ContextTaken,
  contextTaken,
  reasons,
  type ScanAnswer,
  type ScanAnswers,
  type ScanState,
  scanAnswer,
  scanAnswers,
  scanState,
  scanStates,
  type Verdict,
  verdicts,
  worst,
} from './scans.ts'
export {
  type Check,
  type JobSummary,
  jobSummary,
  type ListSummary,
  listSummary,
  type Ready,
  ready,
} from './standing.ts'
export { type Figures, type Stats, stats } from './stats.ts'
export { type Supplement, type SupplementKind, supplementKinds } from './supplements.ts'
export { type WrongKey, wrongKeys } from './wrong-keys.ts'
