// Is telling somebody forbidden for now? By a legal instrument on a report, a case or an account, also one that came before the report.
import type { Clock } from '#base'
import type { Connection, Transaction } from '#db'
import { casesCovered, type Speaking, type Undecided, undecidedAmong, undoneAmong } from './covered.ts'

/** Until when at least, epoch milliseconds; undefined: nothing holds it now. Of several instruments the last one counts. */
export async function heldUntil(db: Connection, clock: Clock, notice: Speaking): Promise<number | undefined> {
  return (await holdsOn(db, clock, [notice])).get(notice.id)
}

/**
 * Calls back what the platform was given by webhook and has not taken; of one that was given up, so that it is not sent again. False: it
 * has it, or it is on its way this moment.
 */
export type Recall = (tx: Transaction, clock: Clock, noticeId: string) => Promise<boolean>

/**
 * May the platform be given what was handed over to it, at this try (`attempts`)? no: it waits again, or was withheld. gone: there is no
 * such notice.
 */
export async function mayTell(
  db: Connection,
  clock: Clock,
  noticeId: string,
  undecided?: Undecided,
): Promise<{ readonly kind: 'yes'; readonly attempts: number } | { readonly kind: 'held' | 'no' | 'gone' }> {
  const row = await db.selectFrom('notices').selectAll().where('id', '=', noticeId).executeTakeFirst()
  if (row === undefined) return { kind: 'gone' }
  if ((await heldUntil(db, clock, row)) !== undefined) return { kind: 'held' }
  if ((await undecidedAmong(db, [row], undecided)).has(row.id)) return { kind: 'held' }
  // Nothing that it says stands any more: its next try withholds it.
  if ((await undoneAmong(db, [row])).has(row.id)) return { kind: 'no' }
  if (row.state === 'waiting' || row.state === 'not_sent') return { kind: 'no' }
  return { kind: 'yes', attempts: row.attempts }
}

/** Of some hundred notices at most; those that nothing holds are left out. */
export async function holdsOn(
  db: Connection,
  clock: Clock,
  notices: readonly Speaking[],
): Promise<ReadonlyMap<string, number>> {
  // PostgreSQL knows no empty list of values.
  if (notices.length === 0) return new Map()
  const covered = await casesCovered(db, notices)
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
