// What this door asks of the house behind it about entries of hash lists. Faults are those of the stages, by their codes.
import type { CorrectionShown, FeedbackShown, IncidentType, SetAsideForesight, SetAsideShown } from '@wardline/api'
import type { Caller } from '#access'

export interface Said {
  readonly id: string
  readonly caller: Caller
  readonly reason: string
}

/** Each answers what it is about as it stands then. Lists are the newest thousand. */
export interface EntryStages {
  listCorrections(): Promise<readonly CorrectionShown[]>
  /** Faults `no_such_case`, `file_not_named`, `nothing_to_correct`, `review_date_odd`. */
  proposeCorrection(asked: {
    readonly caller: Caller
    readonly case: number
    readonly fileId: string | undefined
    readonly listId: string | undefined
    readonly reason: string
    readonly reviewAt: number
  }): Promise<CorrectionShown>
  /** Faults `no_such_correction`, `not_possible`, `same_person`, `expired`. */
  answerCorrection(answer: Said & { readonly says: 'approve' | 'refuse' | 'withdraw' }): Promise<CorrectionShown>

  listSetAsides(): Promise<readonly SetAsideShown[]>
  /** Faults `no_such_set_aside`, `not_possible`. */
  answerSetAside(answer: Said & { readonly says: 'release' | 'keep' }): Promise<SetAsideShown>
  decideSetAside(
    decision: Said & {
      readonly says: 'confirm' | 'dismiss'
      readonly incidentType: IncidentType | undefined
      readonly falseMatch: boolean | undefined
    },
  ): Promise<SetAsideForesight>

  listFeedback(): Promise<readonly FeedbackShown[]>
  /** Faults `no_such_feedback`, `not_possible`, `reason_missing`, `reason_unknown`, `reason_out_of_place`, `list_unknown`, `reasons_not_told`. */
  approveFeedback(approval: Omit<Said, 'reason'> & { readonly reasonId: string | undefined }): Promise<FeedbackShown>
  refuseFeedback(refusal: Omit<Said, 'reason'>): Promise<FeedbackShown>
}
