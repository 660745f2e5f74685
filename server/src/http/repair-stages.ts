// What this door asks of the house behind it about repairs. Faults are those of the stages, by their codes.
import type { RepairDetail, RepairLetter, RepairSummary } from '@wardline/api'
import type { Caller } from '#access'

export interface SaidOfRepair {
  readonly number: number
  readonly caller: Caller
  readonly reason: string
}

/** Each answers what it is about as it stands then. */
export interface RepairStages {
  /** The newest thousand. */
  list(): Promise<readonly RepairSummary[]>
  /** Fault `no_such_repair`. */
  show(number: number): Promise<RepairDetail>
  /** Faults `no_such_repair`, `not_possible`, `decided_before`, `same_person`; refusing what a hearing began takes two people as well. */
  answer(said: SaidOfRepair & { readonly says: 'approve' | 'refuse' }): Promise<RepairDetail>
  /** The further round. Faults `no_such_repair`, `not_possible`. */
  again(said: SaidOfRepair): Promise<RepairDetail>
  /** A new report at NCMEC for each that it corrects. Faults `no_such_repair`, `not_possible`, those of a filing. */
  report(said: SaidOfRepair): Promise<RepairDetail>
  /** Leaves a line in the trail first. Faults `no_such_repair`, `no_letter`. */
  letter(asked: Omit<SaidOfRepair, 'reason'>): Promise<RepairLetter>
  letterSent(said: Omit<SaidOfRepair, 'reason'>): Promise<RepairDetail>
  /** By a person's word. Faults `no_such_repair`, `not_possible`. */
  restored(said: Omit<SaidOfRepair, 'reason'> & { readonly case: number }): Promise<RepairDetail>
  /** Faults `no_such_case`, `not_possible`. The repair that was begun, if one was. */
  secondLook(said: {
    readonly caller: Caller
    readonly case: number
    readonly says: 'stands' | 'repair'
    readonly reason: string
  }): Promise<{ readonly state: string; readonly repair: number | null }>
}
