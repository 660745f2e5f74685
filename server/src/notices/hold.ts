// Is telling somebody forbidden for now? By a legal instrument on a report, a case or an account, also one that came before the report.
import type { Clock } from '#base'
import type { Connection, Transaction } from '#db'
import { casesCovered, type Speaking, type Undecided, type Undone, undecidedIn, undoneIn } from './covered.ts'
import type { Row } from './store.ts'

/**
 * Calls back what the platform was given by webhook and has not taken; of one that was given up, so that it is not sent again. False: it
 * has it, or it is on its way this moment.
 */
export type Recall = (tx: Transaction, clock: Clock, noticeId: string) => Promise<boolean>

/** May the platform be given what was handed over to it at this try? Not what waits again, was withheld, or is gone. */
export async function mayTell(
  db: Connection,
  clock: Clock,
  {
    noticeId,
    attempt,
    undecided,
  }: { readonly noticeId: string; readonly attempt: number; readonly undecided: Undecided },
): Promise<boolean> {
  const row = await db.selectFrom('notices').selectAll().where('id', '=', noticeId).executeTakeFirst()
  if (row === undefined || row.attempts !== attempt || row.state === 'waiting' || row.state === 'not_sent') return false
  // Nothing that it says may stand any more: its next try withholds it.
  const { held, undone, open } = await keptBack(db, clock, [row], undecided)
  return !held.has(row.id) && !undone.has(row.id) && !open.has(row.id)
}

export type KeptBack = {
  /** By a legal instrument, until then at least. */
  readonly held: ReadonlyMap<string, number>
  /** What they say does not stand any more. */
  readonly undone: ReadonlyMap<string, Undone>
  /** Whether it stands is not decided yet. */
  readonly open: ReadonlySet<string>
}

/** Of some hundred notices at most, by id, all that keeps one from being told whatever its own state: their cases are read once. */
export async function keptBack(
  db: Connection,
  clock: Clock,
  notices: readonly (Speaking & Pick<Row, 'kind'>)[],
  undecided: Undecided | undefined,
): Promise<KeptBack> {
  const covered = await casesCovered(db, notices)
  return {
    held: await holdsIn(db, clock, notices, covered),
    undone: undoneIn(notices, covered),
    open: await undecidedIn(db, notices, { covered, undecided }),
  }
}

/** Of some hundred notices at most; those that nothing holds are left out. */
export async function holdsOn(
  db: Connection,
  clock: Clock,
  notices: readonly Speaking[],
): Promise<ReadonlyMap<string, number>> {
  return holdsIn(db, clock, notices, await casesCovered(db, notices))
}

async function holdsIn(
  db: Connection,
  clock: Clock,
  notices: readonly Speaking[],
  covered: Awaited<ReturnType<typeof casesCovered>>,
): Promise<ReadonlyMap<string, number>> {
  // PostgreSQL knows no empty list of values.
  if (notices.length === 0) return new Map()
  const targets = new Set(notices.flatMap(({ report_id }) => report_id ?? []))
  for (const { id, account } of [...covered.values()].flat()) {
    targets.add(id)
    if (account !== null) targets.add(account)
  }
  const holds = await db
    .selectFrom('notice_holds')
    .select(['scope', 'target', 'expires_at'])
    .where('target', 'in', [...targets])
    .where('ended_at', 'is', null)
    .where('expires_at', '>', clock.now())
    .execute()
  const found = new Map<string, number>()
  for (const { scope, target, expires_at: until } of holds)
    for (const notice of notices) {
      const cases = covered.get(notice.id) ?? []
      const fits = {
        report: () => notice.report_id === target,
        case: () => cases.some(({ id }) => id === target),
        account: () => cases.some(({ account }) => account === target),
      }
      if (fits[scope]()) found.set(notice.id, Math.max(until, found.get(notice.id) ?? 0))
    }
  return found
}
