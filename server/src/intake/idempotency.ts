// A request with an Idempotency-Key is answered once: the same key and body get the same answer for 24 hours.
import { createHash } from 'node:crypto'
import { type Clock, Fault, type Log, secretText, systemClock } from '#base'
import type { Database, Transaction } from '#db'
import type { Vault } from '#vault'
import type { Answer, Arrival } from './arrival.ts'
import { answerOf, changeClaim, deleteExpired, deleteUnanswered, insertClaim, readClaim } from './store.ts'

const rememberMs = 24 * 3_600_000
/** A claim that was not renewed for so long belongs to a request that died with its server. */
const abandonedMs = 60_000
const renewMs = 20_000

export type IntakeFaultCode = 'key_reused' | 'request_in_progress' | 'claim_lost'

/** Keyed digests of the request's key and body: what is kept tells nothing about either. */
export interface Claim {
  readonly keyHmac: string
  readonly bodyHmac: string
  /** Proof that this request is the one that works on the answer. */
  readonly token: string
}

/**
 * Claims the request, or gives the answer it already got. Undefined claim: the caller sent no key.
 * Faults: `key_reused` (same key, other body), `request_in_progress`.
 */
export async function claimRequest(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  arrival: Arrival & { readonly idempotencyKey: string },
): Promise<{ kind: 'claimed'; claim: Claim } | { kind: 'answered'; answer: Answer }> {
  const claim = {
    keyHmac: vault.keyed('idempotency-key', `${arrival.sentBy}\n${arrival.idempotencyKey}`),
    bodyHmac: vault.keyed('idempotency-body', bodyDigest(arrival)),
    token: secretText(16),
  }
  const now = clock.now()
  const former = await readClaim(tx, claim.keyHmac)
  if (former && former.expires_at > now) {
    if (former.body_hmac !== claim.bodyHmac)
      throw new Fault<IntakeFaultCode>('key_reused', 'this Idempotency-Key was used with another body; use a new key', {
        retry: 'never',
      })
    if (former.answer !== null) return { kind: 'answered', answer: answerOf(former.answer) }
    throw new Fault<IntakeFaultCode>('request_in_progress', 'the same request is being worked on; ask again shortly', {
      retry: 'later',
      retryAfterMs: 2_000,
    })
  }
  await insertClaim(tx, { ...claim, createdAt: now, expiresAt: now + abandonedMs })
  return { kind: 'claimed', claim }
}

/**
 * Keeps the answer, in the transaction that makes it true. Throws the Fault `claim_lost` when another request has taken
 * the claim over in the meantime (a machine that slept, a clock that jumped); everything is then rolled back with it.
 */
export async function answerOnce(tx: Transaction, clock: Clock, claim: Claim, answer: Answer): Promise<void> {
  const kept = await changeClaim(tx, claim, { answer: JSON.stringify(answer), expires_at: clock.now() + rememberMs })
  if (!kept)
    throw new Fault<IntakeFaultCode>('claim_lost', 'the same request was taken up anew; its answer counts', {
      retry: 'later',
    })
}

/** Gives the key back after a failure, so that the caller may send the request again at once. */
export const releaseClaim = (tx: Transaction, claim: Claim): Promise<void> => deleteUnanswered(tx, claim)

/** Holds the claim for a while longer; false when it is another's by now. */
export const renewClaim = (tx: Transaction, clock: Clock, claim: Claim): Promise<boolean> =>
  changeClaim(tx, claim, { expires_at: clock.now() + abandonedMs })

/** Renews the claim until `over` aborts. In real time, as the work is: a still clock does not hold a decoder. */
export async function keepClaim(
  { database, clock, log }: { readonly database: Database; readonly clock: Clock; readonly log: Log },
  claim: Claim,
  over: AbortSignal,
  everyMs = renewMs,
): Promise<void> {
  for (;;) {
    await systemClock.wait(everyMs, over)
    if (over.aborted) return
    try {
      if (!(await database.transact((tx) => renewClaim(tx, clock, claim)))) return
    } catch (error) {
      // The database may be back before the claim is given up; the answer's own transaction decides.
      log.warn({ error }, 'the claim of a running request could not be renewed')
    }
  }
}

/** Gives back every key that has no answer: for whoever knows that no other server runs. */
export const releaseClaims = (tx: Transaction): Promise<void> => deleteUnanswered(tx)

export const forgetExpiredAnswers = (tx: Transaction, clock: Clock): Promise<void> => deleteExpired(tx, clock.now())

function bodyDigest(arrival: Arrival): Buffer {
  const digest = createHash('sha256').update(JSON.stringify(arrival.context))
  for (const image of arrival.images) {
    digest.update(`\n${image.bytes.byteLength} ${JSON.stringify(image.fileName ?? null)}\n`).update(image.bytes)
  }
  return digest.digest()
}
