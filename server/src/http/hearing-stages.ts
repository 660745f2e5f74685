// What this door asks of the house behind it about appeals and their hearing. Faults are those of #appeals, by their codes.
import type { AppealDetail, AppealSummary, AppealVerdict, PlatformAppealStanding } from '@wardline/api'
import type { Caller } from '#access'

export interface HearingStages {
  /** For an account of the platform's. Faults `no_such_notice`, and those of `recordAppeal`. */
  enter(entered: {
    readonly noticeId: string
    readonly account: string
    readonly words: string
  }): Promise<PlatformAppealStanding>
  /** Fault `no_such_notice`. */
  standing(noticeId: string): Promise<PlatformAppealStanding>

  /** Newest first; `before` is the last number of the page before. `mine`: those that the caller sits over. */
  list(page: {
    readonly state: AppealSummary['state'] | 'open' | undefined
    readonly mine: boolean
    readonly limit: number
    readonly before: number | undefined
    readonly caller: Caller
  }): Promise<readonly AppealSummary[]>
  /** Fault `no_such_appeal`. */
  show(number: number): Promise<AppealDetail>
  /** Of those that the caller sits over the one that is due first. */
  next(caller: Caller): Promise<AppealDetail | null>
  /** Faults: those of `decideAppeal`. */
  decide(verdict: AppealVerdict & AppealAct & { readonly round: 1 | 2 }): Promise<AppealDetail>
  /** Faults: those of `handBack`. */
  handBack(back: AppealAct & { readonly reason: string }): Promise<AppealDetail>
}

interface AppealAct {
  readonly number: number
  readonly caller: Caller
}
