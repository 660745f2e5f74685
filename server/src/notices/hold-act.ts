// Legal instruments, written down by a person, sealed, and ended by a person or by their own date.
import { instruments } from '@wardline/api'
import { z } from 'zod'
import { type Actor, record } from '#audit'
import { type Clock, Fault, newId } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import { enqueueBy } from '#jobs'
import type { Vault } from '#vault'
import { holdsOn, type Recall } from './hold.ts'
import type { Row } from './store.ts'

const facts = z.strictObject({
  kind: z.enum(instruments),
  /** Who issued it, as the paper says. */
  authority: z.string(),
  /** SHA-256 of the document, hex: by it the paper is found again in a drawer that is not ours. */
  documentSha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Of an account: the case by which it was named. */
  caseId: z.string().nullable(),
  ended: z.string().optional(),
})
type Facts = z.infer<typeof facts>

const placeOf = (id: string) => `notice_holds.facts_sealed:${id}`
const seal = (vault: Vault, id: string, value: Facts) => vault.sealJson(placeOf(id), value)
const unseal = (vault: Vault, row: Tables['notice_holds']) =>
  facts.parse(vault.unsealJson(placeOf(row.id), row.facts_sealed))

export type NewHold = Omit<Facts, 'ended' | 'caseId'> & {
  /** account: that of the case. */
  readonly scope: 'report' | 'case' | 'account'
  /** Id of a report, or of a case. */
  readonly of: string
  readonly expiresAt: number
  readonly by: Actor
  readonly recall: Recall
}

/** Ten years: a hold that outlives everybody who knows of it is a mistyped year. */
const longestHoldMs = 3_653 * 86_400_000

/**
 * Holds what waits now and what is planned later, and what the platform's webhook has not taken yet. What is on its way this moment, to
 * a mail server or the platform, or was fetched, cannot be called back. Faults `not_a_person`,
 * `no_such_case`, `no_such_report`, `no_account`, `expiry_past`, `expiry_far`, `authority_missing`, `digest_odd`.
 */
export async function addHold(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  hold: NewHold,
): Promise<{ readonly holdId: string; readonly waiting: number; readonly gone: number }> {
  const { scope, of, by, expiresAt, kind, authority, documentSha256 } = hold
  requirePerson(by)
  if (expiresAt <= clock.now()) throw refusal('expiry_past', 'a hold ends in the future: by itself, on that date')
  if (expiresAt > clock.now() + longestHoldMs)
    throw refusal('expiry_far', 'a hold ends within ten years from now: renew it when it ends')
  if (authority.trim() === '')
    throw refusal('authority_missing', 'a hold names the authority that issued the instrument')
  if (!/^[0-9a-f]{64}$/.test(documentSha256))
    throw refusal('digest_odd', 'the digest of the document is SHA-256 in 64 hex digits')
  const target = await targetOf(tx, scope, of)
  const holdId = newId('hold', clock)
  const sealed = { kind, authority: authority.trim(), documentSha256, caseId: scope === 'account' ? of : null }
  await tx
    .insertInto('notice_holds')
    .values({
      id: holdId,
      scope,
      target,
      facts_sealed: seal(vault, holdId, sealed),
      added_by: by,
      added_at: clock.now(),
      expires_at: expiresAt,
    })
    .execute()
  const under = await noticesUnder(tx, scope, target)
  let [waiting, gone] = [0, 0]
  for (const { id, state, channel } of under) {
    const isRecalled = channel === 'webhook' && /^(sending|dead)$/.test(state) && (await hold.recall(tx, clock, id))
    if (state === 'waiting' || (state === 'sending' && isRecalled)) waiting += 1
    // Given up here, and fetched all the same.
    else if (state === 'sending' || state === 'sent' || (state === 'dead' && channel === 'webhook' && !isRecalled))
      gone += 1
  }
  const detail = { scope, expiresAt, waiting, gone }
  await record(tx, clock, { actor: by, act: 'hold_notices', subject: holdId, detail })
  return { holdId, waiting, gone }
}

/** Before its date; what nothing else holds goes on at once. Faults `not_a_person`, `no_such_hold`, `not_possible`, `reason_missing`. */
export async function endHold(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { holdId, by, reason }: { readonly holdId: string; readonly by: Actor; readonly reason: string },
): Promise<{ readonly letGo: number }> {
  requirePerson(by)
  if (reason.trim() === '') throw refusal('reason_missing', 'ending a hold before its date needs a reason')
  const row = await tx.selectFrom('notice_holds').selectAll().where('id', '=', holdId).executeTakeFirst()
  if (row === undefined) throw refusal('no_such_hold', 'there is no such hold')
  if (row.ended_at !== null || row.expires_at <= clock.now())
    throw refusal('not_possible', 'this hold has ended already')
  await tx
    .updateTable('notice_holds')
    .set({
      ended_at: clock.now(),
      ended_by: by,
      facts_sealed: seal(vault, holdId, { ...unseal(vault, row), ended: reason.trim() }),
    })
    .where('id', '=', holdId)
    .execute()
  const waiting = (await noticesUnder(tx, row.scope, row.target)).filter(({ state }) => state === 'waiting')
  const still = await holdsOn(tx, clock, waiting)
  const free = waiting.filter(({ id, release }) => release === null && !still.has(id))
  for (const { id, due_at } of free)
    await enqueueBy(tx, clock, {
      kind: 'notify',
      subject: id,
      runAt: Math.max(due_at, clock.now()),
      uniqueKey: `notify ${id}`,
    })
  await record(tx, clock, { actor: by, act: 'end_notice_hold', subject: holdId, detail: { letGo: free.length } })
  return { letGo: free.length }
}

export type HoldView = ReturnType<typeof viewOf>

/** Newest first. all: also those that have ended. */
export async function listHolds(
  db: Connection,
  vault: Vault,
  clock: Clock,
  { all = false, limit = 1000 }: { readonly all?: boolean; readonly limit?: number } = {},
): Promise<readonly HoldView[]> {
  const rows = await db
    .selectFrom('notice_holds')
    .selectAll()
    .$if(!all, (query) => query.where('ended_at', 'is', null).where('expires_at', '>', clock.now()))
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => viewOf(vault, clock, row))
}

function viewOf(vault: Vault, clock: Clock, row: Tables['notice_holds']) {
  const { kind, authority, documentSha256, caseId, ended } = unseal(vault, row)
  return {
    id: row.id,
    state: row.ended_at !== null ? 'ended' : row.expires_at <= clock.now() ? 'expired' : 'live',
    scope: row.scope,
    // An account's digest says nothing to anybody: the case by which it was named does.
    of: caseId ?? row.target,
    kind,
    authority,
    documentSha256,
    addedBy: row.added_by,
    addedAt: row.added_at,
    expiresAt: row.expires_at,
    endedBy: row.ended_by,
    endedAt: row.ended_at,
    endedWhy: ended ?? null,
  } as const
}

async function targetOf(tx: Transaction, scope: NewHold['scope'], of: string): Promise<string> {
  if (scope === 'report') {
    const row = await tx.selectFrom('reports').select('id').where('id', '=', of).executeTakeFirst()
    if (row === undefined) throw refusal('no_such_report', 'there is no such report')
    return row.id
  }
  const row = await tx.selectFrom('cases').select(['id', 'account_hmac']).where('id', '=', of).executeTakeFirst()
  if (row === undefined) throw refusal('no_such_case', 'there is no such case')
  if (scope === 'case') return row.id
  if (row.account_hmac === null) throw refusal('no_account', 'nobody knows whose this case is: hold the case itself')
  return row.account_hmac
}

async function noticesUnder(
  tx: Transaction,
  scope: Tables['notice_holds']['scope'],
  target: string,
): Promise<readonly Row[]> {
  const rows = tx.selectFrom('notices').selectAll('notices')
  if (scope === 'report') return rows.where('report_id', '=', target).execute()
  if (scope === 'account')
    return rows.innerJoin('cases', 'cases.id', 'notices.case_id').where('cases.account_hmac', '=', target).execute()
  const own = await tx.selectFrom('cases').select('account_hmac').where('id', '=', target).executeTakeFirst()
  const reports = tx.selectFrom('report_cases').select('report_id').where('case_id', '=', target)
  return rows
    .where((eb) =>
      eb.or([
        eb('case_id', '=', target),
        // Of a batched report one notice speaks for all cases of an account.
        eb.and([eb('report_id', 'in', reports), eb('told', '=', own?.account_hmac ?? '')]),
      ]),
    )
    .execute()
}

function requirePerson(by: Actor): void {
  if (!by.startsWith('person:'))
    throw refusal('not_a_person', 'only a person holds a notice or lets it go: somebody answers for it')
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })

/** How many hold now, and until when the last of them; nothing of what is in them. */
export async function liveHolds(
  db: Connection,
  clock: Clock,
): Promise<{ readonly count: number; readonly latest: number | null }> {
  const { count, latest } = await db
    .selectFrom('notice_holds')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.max('expires_at').as('latest')])
    .where('ended_at', 'is', null)
    .where('expires_at', '>', clock.now())
    .executeTakeFirstOrThrow()
  return { count: Number(count), latest: latest === null ? null : Number(latest) }
}
