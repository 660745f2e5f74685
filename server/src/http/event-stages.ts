// What this door asks of the house behind it about events for the platform. Faults are those of the stages, by their codes.
import type { EventPage, EventStanding } from '@wardline/api'
import type { Caller } from '#access'

export interface EventStages {
  /** Oldest first, what stands behind the number `after`. */
  readEvents(page: { readonly after: number; readonly limit: number }): Promise<EventPage>
  /** The platform has kept everything up to this number. Answers how many of them nobody had taken before. Fault `no_such_number`. */
  takeEvents(upTo: number): Promise<number>
  /** Fault `no_such_event`. */
  showEvent(id: string): Promise<EventStanding>
  /** Fault `no_such_event`. */
  replayEvent(id: string, caller: Caller): Promise<EventStanding>
}
