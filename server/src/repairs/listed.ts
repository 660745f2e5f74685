// A case of a repair, as it is read.
import { caseStates, repairWhys } from '@wardline/api'
import { z } from 'zod'
import type { CaseState } from '#cases'
import type { Connection, Tables } from '#db'
import { algorithms, listClasses } from '#lists'
import type { Vault } from '#vault'

type Row = Tables['repair_cases']
export type Does = Row['does']
export type State = Row['state']
/** Something is still to be restored of these, or may be. */
export const toRestore: readonly State[] = ['gathered', 'stopping', 'closed', 'not_taken']

/**
 * another_ground: something holds it that is not wrong. viewed: who confirmed it had viewed the file. account: another case of the account
 * stands. batched: its report, not yet finished, is of others as well. decided_since: a person decided about it, or heard
 * an appeal about it and upheld it, after the repair was begun.
 * over: it was dismissed or repaired already. report_unknown: nobody knows whether its report is finished. unreadable: what is kept of it
 * cannot be opened.
 */
export type Why = (typeof repairWhys)[number]

const shown = z.strictObject({
  fileId: z.string().nullable(),
  class: z.enum(listClasses).nullable(),
  algorithm: z.enum(algorithms).nullable(),
  /** Of 256. */
  distanceBits: z.int().nullable(),
})
/** What people who approve see of a case: never a hash, never which entry. All null of one that cannot be read. */
export type Shown = z.infer<typeof shown>

export type RepairCase = Omit<Row, 'shown_sealed' | 'why' | 'state_then'> & {
  readonly why: Why | null
  readonly state_then: CaseState
  readonly shown: Shown
}

export const sealShown = (vault: Pick<Vault, 'sealJson'>, row: Named, value: Shown) =>
  vault.sealJson(place(row), shown.parse(value))

type Named = Pick<Row, 'repair_id' | 'case_id'>
const place = ({ repair_id, case_id }: Named) => `repair_cases.shown_sealed:${repair_id}/${case_id}`

/** By number. `after` is the last number of the page before. */
export async function casesOfRepair(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  repairId: string,
  {
    states,
    does,
    after = 0,
    limit = 1_000_000,
  }: {
    readonly states?: readonly State[] | undefined
    readonly does?: Does | undefined
    readonly after?: number
    readonly limit?: number
  } = {},
): Promise<readonly RepairCase[]> {
  const rows = await db
    .selectFrom('repair_cases')
    .selectAll()
    .where('repair_id', '=', repairId)
    .where('case_number', '>', after)
    .$if(states !== undefined, (query) => query.where('state', 'in', states ?? []))
    .$if(does !== undefined, (query) => query.where('does', '=', does ?? 'repair'))
    .orderBy('case_number')
    .limit(limit)
    .execute()
  return rows.map((row) => read(vault, row))
}

function read(vault: Pick<Vault, 'unsealJson'>, row: Row): RepairCase {
  const { shown_sealed, why, state_then, ...rest } = row
  return {
    ...rest,
    why: whyOf(why),
    state_then: stateOf(state_then),
    shown: shown.parse(vault.unsealJson(place(row), shown_sealed)),
  }
}

function whyOf(text: string | null): Why | null {
  if (text === null) return null
  const why = repairWhys.find((one) => one === text)
  if (why === undefined) throw new Error('the table holds a reason of a repair that nobody knows')
  return why
}

function stateOf(text: string): CaseState {
  const state = caseStates.find((one) => one === text)
  if (state === undefined) throw new Error('the table holds a case state that nobody knows')
  return state
}

export async function repairCaseOfEvent(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  eventId: string,
): Promise<RepairCase | undefined> {
  const row = await db.selectFrom('repair_cases').selectAll().where('event_id', '=', eventId).executeTakeFirst()
  return row && read(vault, row)
}
