// What the platform fetches and delivers in its own product: what is due, in whole, and nothing that nobody may hear of now.
import { type Clock, isProduction } from '#base'
import type { Connection } from '#db'
import type { Vault } from '#vault'
import { readTold } from './address.ts'
import { wordsOf } from './begin.ts'
import type { Undecided } from './covered.ts'
import { keptBack } from './hold.ts'
import type { NoticePolicy } from './policy.ts'
import { noticeRow, type Row } from './store.ts'

type Delivered = ReturnType<typeof dueOf>
/** isTest: also of all that is handed out outside production, where no real person may be told. */
export type DueNotice = Delivered & { readonly environment: NoticePolicy['environment'] }

/** Those handed over and not yet answered for, oldest first; `after` is the last id of the page before. */
export async function dueNotices(
  db: Connection,
  clock: Clock,
  vault: Vault,
  {
    policy,
    limit,
    after = '',
    undecided,
  }: {
    readonly policy: NoticePolicy
    readonly limit: number
    readonly after?: string | undefined
    readonly undecided?: Undecided | undefined
  },
): Promise<{ readonly notices: readonly DueNotice[]; readonly next: string | null }> {
  const rows = await db
    .selectFrom('notices')
    .selectAll()
    .where('state', '=', 'sending')
    .where('channel', '=', 'pull')
    .where('id', '>', after)
    .orderBy('id')
    .limit(limit)
    .execute()
  // An instrument may have come since it was handed over, or its cases were found to be errors, or may be.
  const { held, undone, open } = await keptBack(db, clock, rows, undecided)
  const isDue = ({ id }: Row) => !held.has(id) && !undone.has(id) && !open.has(id)
  const { environment } = policy
  // What calls us is not known to be on this machine, as what we call outside production must be.
  const marked = (one: Delivered) => ({ ...one, environment, isTest: one.isTest || !isProduction(environment) })
  const notices = rows.filter(isDue).map((row) => marked(dueOf(vault, row, policy)))
  return { notices, next: rows.length < limit ? null : (rows.at(-1)?.id ?? null) }
}

/** Of one that the platform delivers: what it is given. */
export async function deliverable(
  db: Connection,
  vault: Vault,
  noticeId: string,
  policy: NoticePolicy,
): Promise<Delivered> {
  return dueOf(vault, await noticeRow(db, noticeId), policy)
}

function dueOf(vault: Vault, row: Row, policy: NoticePolicy) {
  const { account } = readTold(vault, row.id, row.to_sealed)
  return {
    id: row.id,
    kind: row.kind,
    caseId: row.case_id,
    addressee: row.addressee === 'operator' ? ('user' as const) : row.addressee,
    isTest: row.is_test === 1,
    account,
    dueAt: row.due_at,
    appealBy: row.appeal_by,
    ...wordsOf(vault, row, policy),
  }
}
