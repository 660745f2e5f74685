// What this door asks of the house behind it about notices. Faults are those of the stages, by their codes.
import type { DueNotice, Instrument, NoticeDetail, NoticeHold, NoticeSummary, Undeliverable } from '@wardline/api'
import type { Caller } from '#access'

export interface NoticeStages {
  /** Newest first; `before` is the last id of the page before. Who may not read holds does not learn that there is one. */
  list(page: {
    readonly state: NoticeSummary['state'] | undefined
    readonly limit: number
    readonly before: string | undefined
    readonly caller: Caller
  }): Promise<readonly NoticeSummary[]>
  /** Fault `no_such_notice`. */
  show(id: string, caller: Caller): Promise<NoticeDetail>
  /** Faults `no_such_notice`, `not_possible`, `not_a_person`. */
  release(id: string, caller: Caller, reason: string): Promise<NoticeDetail>

  /** Handed over and not yet answered for; nothing during a pause. */
  due(page: { readonly limit: number; readonly after?: string | undefined }): Promise<{
    readonly environment: DueNotice['environment']
    readonly notices: readonly DueNotice[]
    readonly next: string | null
  }>
  /** Faults `no_such_notice`, `not_possible`. */
  delivered(id: string, caller: Caller): Promise<void>
  undeliverable(id: string, caller: Caller, why: Undeliverable): Promise<void>

  holds(all: boolean): Promise<readonly NoticeHold[]>
  /** Faults `no_such_case`, `no_such_report`, `no_account`, `expiry_past`, `expiry_far`, `not_a_person`. */
  hold(asked: {
    readonly scope: NoticeHold['scope']
    /** Of a case its number, or its id. */
    readonly of: string | number
    readonly kind: Instrument
    readonly authority: string
    readonly documentSha256: string
    readonly expiresAt: number
    readonly caller: Caller
  }): Promise<NoticeHold & { readonly waiting: number; readonly gone: number }>
  /** Faults `no_such_hold`, `not_possible`, `not_a_person`. */
  endHold(id: string, caller: Caller, reason: string): Promise<NoticeHold>
}
