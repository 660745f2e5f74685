// Repairs as they are read: how far each is, in counts and dates; its cases by picture, without a hash and without an entry.
import type { Connection, Tables } from '#db'
import type { Vault } from '#vault'
import { firstRefusal } from './approve.ts'
import { casesOfRepair, type RepairCase, type State } from './listed.ts'
import { casesToLookAt } from './of-case.ts'
import { type GivenReason, reasonsOf } from './reasons.ts'
import { type RepairRecord, readRepair } from './records.ts'

export type RepairView = {
  readonly id: string
  readonly number: number
  readonly state: RepairRecord['state']
  readonly outcome: RepairRecord['outcome']
  readonly round: number
  readonly formerId: string | null
  readonly appealId: string | null
  readonly caseId: string
  readonly begunBy: string
  readonly begunAt: number
  readonly gatheredAt: number | null
  readonly firstBy: string | null
  readonly firstAt: number | null
  readonly secondBy: string | null
  readonly secondAt: number | null
  readonly guardedAt: number | null
  readonly closedAt: number | null
  readonly doneAt: number | null
  readonly letter: { readonly reports: number; readonly writtenAt: number; readonly sentAt: number | null } | null
  /** Cases by where they stand. */
  readonly counts: Readonly<Record<State, number>>
  readonly toRepair: number
  readonly toReview: number
  /** Numbers of its cases that are `reviewed_again`: a person looks once more. */
  readonly toLookAt: readonly number[]
}

/** Newest first. */
export async function listRepairs(
  db: Connection,
  { limit = 1_000 }: { readonly limit?: number } = {},
): Promise<readonly RepairView[]> {
  const rows = await db.selectFrom('repairs').selectAll().orderBy('number', 'desc').limit(limit).execute()
  const counted = await db
    .selectFrom('repair_cases')
    .select((eb) => ['repair_id', 'state', 'does', eb.fn.countAll<number>().as('count')])
    .groupBy(['repair_id', 'state', 'does'])
    .execute()
  const toLookAt = await casesToLookAt(db)
  return rows.map((row) => ({
    ...viewOf(
      row,
      counted.filter(({ repair_id }) => repair_id === row.id),
    ),
    toLookAt: toLookAt.get(row.id) ?? [],
  }))
}

type Counted = readonly { readonly state: State; readonly does: string; readonly count: number }[]

function viewOf(
  row: Omit<Tables['repairs'], 'facts_sealed' | 'letter_sealed'>,
  counted: Counted,
): Omit<RepairView, 'toLookAt'> {
  const sum = (of: (one: Counted[number]) => boolean) =>
    counted.filter(of).reduce((all, { count }) => all + Number(count), 0)
  return {
    id: row.id,
    number: row.number,
    state: row.state,
    outcome: row.outcome,
    round: row.round,
    formerId: row.former_id,
    appealId: row.appeal_id,
    caseId: row.case_id,
    begunBy: row.begun_by,
    begunAt: row.begun_at,
    gatheredAt: row.gathered_at,
    firstBy: row.first_by,
    firstAt: row.first_at,
    secondBy: row.second_by,
    secondAt: row.second_at,
    guardedAt: row.guarded_at,
    closedAt: row.closed_at,
    doneAt: row.done_at,
    letter:
      row.letter_at === null
        ? null
        : { reports: row.letter_reports, writtenAt: row.letter_at, sentAt: row.letter_sent_at },
    counts: {
      gathered: sum(({ state }) => state === 'gathered'),
      stopping: sum(({ state }) => state === 'stopping'),
      closed: sum(({ state }) => state === 'closed'),
      restored: sum(({ state }) => state === 'restored'),
      not_taken: sum(({ state }) => state === 'not_taken'),
      in_review: sum(({ state }) => state === 'in_review'),
      left: sum(({ state }) => state === 'left'),
    },
    toRepair: sum(({ does }) => does === 'repair'),
    toReview: sum(({ does }) => does === 'review'),
  }
}

export type RepairPicture = {
  readonly picture: number
  readonly cases: readonly Pick<
    RepairCase,
    'case_id' | 'case_number' | 'does' | 'why' | 'state_then' | 'state' | 'changed_at' | 'restored_at' | 'shown'
  >[]
}

export type RepairShown = RepairView & {
  readonly reason: string
  readonly pictures: readonly RepairPicture[]
  /** What people said of it since, oldest first. */
  readonly reasons: readonly GivenReason[]
  /** While it waits for approvals: one of two has refused it. by: a person's id. until: afterwards it counts no more. */
  readonly refusedFirst: { readonly by: string; readonly at: number; readonly until: number } | null
}

/** With its reason and its cases, by picture. Fault `no_such_repair`. */
export async function showRepair(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  ref: number | string,
): Promise<RepairShown> {
  const repair = await readRepair(db, vault, ref)
  const { id, facts } = repair
  const cases = await casesOfRepair(db, vault, id)
  const pictures = new Map<number, RepairCase[]>()
  for (const one of cases) pictures.set(one.picture, [...(pictures.get(one.picture) ?? []), one])
  return {
    ...viewOf(
      repair,
      cases.map(({ state, does }) => ({ state, does, count: 1 })),
    ),
    toLookAt: (await casesToLookAt(db)).get(id) ?? [],
    reason: facts.reason,
    reasons: await reasonsOf(db, vault, id),
    refusedFirst: repair.state === 'gathered' ? await refusedFirst(db, id) : null,
    pictures: [...pictures].sort(([a], [b]) => a - b).map(([picture, of]) => ({ picture, cases: of })),
  }
}

async function refusedFirst(db: Connection, id: string): Promise<RepairShown['refusedFirst']> {
  const asked = await firstRefusal(db, id)
  return asked === undefined ? null : { by: asked.requestedBy, at: asked.requestedAt, until: asked.expiresAt }
}

export type StuckRepair = Pick<RepairView, 'id' | 'number'> & {
  readonly step: 'approval' | 'steps' | 'report' | 'restore' | 'letter'
  readonly since: number
}

/** What waits longer than it should. limits: epoch ms; what has waited since before is stuck. */
export async function stuckRepairs(
  db: Connection,
  limits: { readonly steps: number; readonly approval: number; readonly letter: number },
): Promise<readonly StuckRepair[]> {
  const changed = new Map(
    (await db.selectFrom('repairs').select(['id', 'changed_at']).execute()).map((row) => [row.id, row.changed_at]),
  )
  const anew = await takenBack(db)
  return (await listRepairs(db)).flatMap((one): StuckRepair[] => {
    const { id, number, state, counts, letter, gatheredAt } = one
    const since = changed.get(id) ?? one.begunAt
    const stuck = (step: StuckRepair['step'], at = since) => [{ id, number, step, since: at }]
    // Where somebody chose new reports instead, each of them has its own alerts.
    const isChosen = letter !== null && (anew.get(id) ?? 0) >= letter.reports
    const unsent = letter !== null && !isChosen && letter.sentAt === null && letter.writtenAt < limits.letter
    if (counts.not_taken > 0) return stuck('restore')
    if (state === 'gathered' && (gatheredAt ?? since) < limits.approval) return stuck('approval', gatheredAt ?? since)
    if (state === 'approved' && counts.stopping > 0 && since < limits.steps) return stuck('report')
    if ((state === 'gathering' || state === 'approved') && since < limits.steps) return stuck('steps')
    if (state === 'restoring' && since < limits.approval) return stuck('restore')
    return unsent ? stuck('letter', letter.writtenAt) : []
  })
}

/** Of how many of its cases the report was taken back by a new one, of whichever repair that was chosen. */
async function takenBack(db: Connection): Promise<ReadonlyMap<string, number>> {
  const rows = await db
    .selectFrom('repair_cases')
    .select((eb) => ['repair_id', eb.fn.countAll<number>().as('count')])
    .where('does', '=', 'repair')
    .where('report_id', 'in', (taken) =>
      taken.selectFrom('reports').select('corrects_id').where('corrects_id', 'is not', null),
    )
    .groupBy('repair_id')
    .execute()
  return new Map(rows.map(({ repair_id, count }) => [repair_id, Number(count)]))
}
