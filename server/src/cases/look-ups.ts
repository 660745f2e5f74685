// What the operator's own system was asked about a case's account, and what it answered. Asking is done by flow.
import { type Account, account, type CaseContext } from '@wardline/api'
import { type Actor, record } from '#audit'
import type { Clock } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'

export type LookUp = {
  readonly state: Tables['account_look_ups']['state']
  readonly askedAt: number
  /** No report waits for the answer beyond this. */
  readonly waitUntil: number
  readonly endedAt: number | null
  /** Of the last try, in words that are safe to show. */
  readonly trouble: string | null
  /** Only of one that is `answered`. */
  readonly account: Account | null
}

/** The account with what was said of it last: by the file's own context, then by the look-up's answer. */
export function accountOf({
  context,
  lookUp,
}: {
  readonly context: CaseContext
  readonly lookUp: LookUp | null
}): Account | undefined {
  const answered = lookUp?.account ?? undefined
  const { account } = context
  if (account === undefined || answered === undefined) return account
  // An address and whether it is proven are one word.
  const { email, emailVerified } = answered.email === undefined ? account : answered
  const organisation = organisationOf(account.organisation, answered.organisation)
  return { ...account, ...answered, email, emailVerified, organisation }
}

/** Of one organisation all that was said: an answer without a contact leaves it the one that came with the scan. */
function organisationOf(before: Account['organisation'], now: Account['organisation']): Account['organisation'] {
  return before !== undefined && before.id === now?.id ? { ...before, ...now } : (now ?? before)
}

const system: Actor = 'wardline'

/** A case is asked about once. False when it has been. */
export async function beginLookUp(
  tx: Transaction,
  clock: Clock,
  { caseId, waitMs }: { readonly caseId: string; readonly waitMs: number },
): Promise<boolean> {
  const now = clock.now()
  const inserted = await tx
    .insertInto('account_look_ups')
    .values({ case_id: caseId, state: 'waiting', asked_at: now, wait_until: now + waitMs })
    .onConflict((on) => on.column('case_id').doNothing())
    .executeTakeFirst()
  return Number(inserted.numInsertedOrUpdatedRows ?? 0) > 0
}

/** unknown: the platform answered that it has no such account. */
export type LookUpEnd =
  | { readonly state: 'answered'; readonly account: Account }
  | { readonly state: 'unknown' | 'given_up' }

/** Once: false when it has ended already. */
export async function endLookUp(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { caseId, end }: { readonly caseId: string; readonly end: LookUpEnd },
): Promise<boolean> {
  const sealed =
    end.state === 'answered' ? vault.sealJson(`account_look_ups.answer_sealed:${caseId}`, end.account) : null
  const { numUpdatedRows } = await tx
    .updateTable('account_look_ups')
    .set({
      state: end.state,
      ended_at: clock.now(),
      answer_sealed: sealed,
      ...(end.state === 'given_up' ? {} : { trouble: null }),
    })
    .where('case_id', '=', caseId)
    .where('state', '=', 'waiting')
    .executeTakeFirst()
  if (numUpdatedRows === 0n) return false
  const detail = { state: end.state }
  await record(tx, clock, { actor: system, act: 'look_up_account', subject: caseId, detail })
  return true
}

export async function noteLookUpTrouble(tx: Transaction, caseId: string, trouble: string): Promise<void> {
  await tx
    .updateTable('account_look_ups')
    .set({ trouble })
    .where('case_id', '=', caseId)
    .where('state', '=', 'waiting')
    .execute()
}

/** Null: nobody was asked. */
export async function readLookUp(db: Connection, vault: Vault, caseId: string): Promise<LookUp | null> {
  const row = await db.selectFrom('account_look_ups').selectAll().where('case_id', '=', caseId).executeTakeFirst()
  if (row === undefined) return null
  const { state, asked_at, wait_until, ended_at, trouble, answer_sealed } = row
  const answer = answer_sealed && vault.unsealJson(`account_look_ups.answer_sealed:${caseId}`, answer_sealed)
  return {
    state,
    askedAt: asked_at,
    waitUntil: wait_until,
    endedAt: ended_at,
    trouble,
    account: answer === null ? null : account.parse(answer),
  }
}
