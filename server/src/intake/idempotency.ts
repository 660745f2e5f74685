// A request with an Idempotency-Key is answered once: the same key and body get the same answer for 24 hours.
import { createHash } from 'node:crypto'
import { type Clock, Fault } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import type { Answer, Arrival } from './arrival.ts'
import { answerOf, deleteExpired, deleteUnanswered, insertClaim, readClaim, writeAnswer } from './store.ts'

const rememberMs = 24 * 3_600_000
/** A claim without an answer that is older belongs to a request that died; longer than a scan takes. */
const abandonedMs = 60_000

export type IntakeFaultCode = 'key_reused' | 'request_in_progress'

/** Keyed digests of the request's key and body: what is kept tells nothing about either. */
export interface Claim {
  readonly keyHmac: string
  readonly bodyHmac: string
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
  }
  const now = clock.now()
  const former = await readClaim(tx, claim.keyHmac)
  if (former && former.expires_at > now) {
    if (former.body_hmac !== claim.bodyHmac)
      throw new Fault<IntakeFaultCode>('key_reused', 'this Idempotency-Key was used with another body; use a new key', {
        retry: 'never',
      })
    if (former.answer !== null) return { kind: 'answered', answer: answerOf(former.answer) }
    if (former.created_at > now - abandonedMs)
      throw new Fault<IntakeFaultCode>(
        'request_in_progress',
        'the same request is being worked on; ask again shortly',
        {
          retry: 'later',
          retryAfterMs: 2_000,
        },
      )
  }
  await insertClaim(tx, { ...claim, createdAt: now, expiresAt: now + rememberMs })
  return { kind: 'claimed', claim }
}

/** Keeps the answer, in the transaction that makes it true. */
export const answerOnce = (tx: Transaction, claim: Claim, answer: Answer): Promise<void> =>
  writeAnswer(tx, claim.keyHmac, JSON.stringify(answer))

/** Gives the key back after a failure, so that the caller may send the request again at once. */
export const releaseClaim = (tx: Transaction, claim: Claim): Promise<void> => deleteUnanswered(tx, claim.keyHmac)

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
