// Appeals as they are read: the queue, one in full, those of a case, and the little that a platform may know.
import type { Connection, Tables } from '#db'
import type { Vault } from '#vault'
import { whyNobody } from './assign.ts'
import { readSaid } from './decide.ts'
import type { Nobody } from './pick.ts'
import {
  type AppealRow,
  type AppealState,
  appealOf,
  appealRow,
  type Door,
  isOpen,
  openStates,
  readWords,
} from './store.ts'
import { appealsAbout } from './store-about.ts'
import { openSeat, seatsOf } from './store-seats.ts'

export type AppealHead = {
  readonly id: string
  readonly number: number
  readonly caseId: string
  readonly noticeId: string
  readonly state: AppealState
  readonly openedAt: number
  readonly dueAt: number
  readonly decidedAt: number | null
  /** A person's id; null: nobody sits over it. */
  readonly assignedTo: string | null
  /** The repair that answered it before its hearing did. */
  readonly repairId: string | null
}

export type AppealListed = AppealHead & {
  readonly caseNumber: number
  readonly isTest: boolean
  readonly words: number
}

export type WordsView = {
  readonly receivedAt: number
  readonly door: Door
  /** A stranger's words: plain text, never markup. */
  readonly words: string
  /** They came when the appeal was decided, and change nothing of it. */
  readonly isLater: boolean
}

export type AppealView = AppealHead & { readonly words: readonly WordsView[] }

export type HearingView = {
  readonly round: number
  readonly person: string
  readonly assignedAt: number
  readonly endedAt: number | null
  readonly ending: Tables['appeal_hearings']['ending']
  readonly outcome: Tables['appeal_hearings']['outcome']
  readonly reason: string | null
  readonly grounds: readonly { readonly fileId: string; readonly index: number }[]
  readonly files: readonly string[]
}

export type AppealShown = AppealView & {
  readonly hearings: readonly HearingView[]
  /** Why nobody can hear it; null: somebody does or could, or it is decided. */
  readonly nobody: Nobody | null
}

export interface AppealQuery {
  /** `open`: whatever is not decided. */
  readonly state?: AppealState | 'open' | undefined
  /** A person's id. */
  readonly assignedTo?: string | undefined
  readonly limit: number
  /** The last number of the page before. */
  readonly before?: number | undefined
}

/** Newest first; no words. */
export async function listAppeals(db: Connection, query: AppealQuery): Promise<readonly AppealListed[]> {
  const { state, assignedTo, limit, before } = query
  const rows = await db
    .selectFrom('appeals')
    .innerJoin('cases', 'cases.id', 'appeals.case_id')
    .leftJoin('appeal_hearings as seat', (on) =>
      on.onRef('seat.appeal_id', '=', 'appeals.id').on('seat.ended_at', 'is', null),
    )
    .selectAll('appeals')
    .select(['cases.number as case_number', 'cases.is_test', 'seat.person'])
    .select((eb) =>
      eb
        .selectFrom('appeal_words')
        .whereRef('appeal_words.appeal_id', '=', 'appeals.id')
        .select((count) => count.fn.countAll<number>().as('count'))
        .as('words'),
    )
    .$if(state !== undefined, (rows) =>
      rows.where('appeals.state', 'in', state === undefined || state === 'open' ? openStates : [state]),
    )
    .$if(assignedTo !== undefined, (rows) => rows.where('seat.person', '=', assignedTo ?? ''))
    .$if(before !== undefined, (rows) => rows.where('appeals.number', '<', before ?? 0))
    .orderBy('appeals.number', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    ...headOf(row, row.person),
    caseNumber: row.case_number,
    isTest: row.is_test === 1,
    words: Number(row.words ?? 0),
  }))
}

/** The one that is due first of those that a person sits over. */
export async function nextAppealOf(db: Connection, person: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('appeals')
    .innerJoin('appeal_hearings as seat', 'seat.appeal_id', 'appeals.id')
    .select('appeals.number')
    .where('seat.person', '=', person)
    .where('seat.ended_at', 'is', null)
    .orderBy('appeals.due_at')
    .orderBy('appeals.number')
    .limit(1)
    .executeTakeFirst()
  return row?.number
}

/** By number or id, unsealed. Fault `no_such_appeal`. */
export async function showAppeal(db: Connection, vault: Vault, ref: number | string): Promise<AppealShown> {
  const row = await appealRow(db, ref)
  const hearings = (await seatsOf(db, row.id)).map((seat) => {
    const {
      reason = null,
      grounds = [],
      files = [],
    } = seat.reason_sealed === null ? {} : readSaid(vault, seat.id, seat.reason_sealed)
    const { round, person, ending, outcome, assigned_at: assignedAt, ended_at: endedAt } = seat
    return { round, person, assignedAt, endedAt, ending, outcome, reason, grounds, files }
  })
  return { ...(await viewOf(db, vault, row)), hearings, nobody: (await whyNobody(db, row.id)) ?? null }
}

/** Oldest first; also those that name another case of the same notice. */
export async function appealsOfCase(db: Connection, vault: Vault, caseId: string): Promise<readonly AppealView[]> {
  const views: AppealView[] = []
  for (const row of await appealsAbout(db, caseId)) views.push(await viewOf(db, vault, row))
  return views
}

/** All that a platform hears of an appeal. */
export async function appealStanding(db: Connection, noticeId: string): Promise<'none' | 'received' | 'decided'> {
  const row = await appealOf(db, noticeId)
  if (row === undefined) return 'none'
  return isOpen(row.state) ? 'received' : 'decided'
}

async function viewOf(db: Connection, vault: Vault, row: AppealRow): Promise<AppealView> {
  const words = await db
    .selectFrom('appeal_words')
    .selectAll()
    .where('appeal_id', '=', row.id)
    .orderBy('received_at')
    .orderBy('id')
    .execute()
  return {
    ...headOf(row, (await openSeat(db, row.id))?.person ?? null),
    words: words.map(({ id, door, words_sealed, received_at, is_later }) => ({
      receivedAt: received_at,
      door,
      words: readWords(vault, id, words_sealed),
      isLater: is_later === 1,
    })),
  }
}

const headOf = (row: AppealRow, person: string | null): AppealHead => ({
  id: row.id,
  number: row.number,
  caseId: row.case_id,
  noticeId: row.notice_id,
  state: row.state,
  openedAt: row.opened_at,
  dueAt: row.due_at,
  decidedAt: row.decided_at,
  assignedTo: person,
  repairId: row.repair_id,
})
