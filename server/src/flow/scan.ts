// An image comes in: decoded, hashed, compared, decided. Clear leaves nothing; held is answered only once it is durable.
import type { ScanAnswer } from '@wardline/api'
import { never, newId } from '#base'
import { testsAmong } from '#cases'
import { decide, fast, scanned } from '#decide'
import {
  type Answer,
  type Arrival,
  type ArrivedImage,
  answerFor,
  type Claim,
  claimRequest,
  keepClaim,
  releaseClaim,
} from '#intake'
import { cardDecision } from './cards.ts'
import { type Hit, keep, type Scanner } from './hold.ts'

export type { Scanner } from './hold.ts'

/** Images of one request that are looked at at once. */
const lanes = 2

type Looked = { readonly kind: 'result'; readonly result: ScanAnswer } | { readonly kind: 'hit'; readonly hit: Hit }

/**
 * The verdict on a request. Faults of the ground (a full disk, a database that is away) come through as they are:
 * nothing was recorded then, and the caller may send the same request again. tested: told of each scan that a test card,
 * and nothing real, has held.
 */
export async function scan(
  river: Scanner,
  arrival: Arrival,
  tested: (scanId: string) => void = () => {},
): Promise<Answer> {
  // Before anything is done for it: while the lists are being loaded, nothing is answered.
  river.matching.current()
  const claimed = await claim(river, arrival)
  if (claimed.kind === 'answered') {
    for (const id of await testsAmong(river.database.read, heldIn(claimed.answer))) tested(id)
    return claimed.answer
  }
  const over = new AbortController()
  const keeping = claimed.claim && keepClaim(river, claimed.claim, over.signal)
  try {
    const looked = await lookAtAll(river, arrival)
    const answered = await answer(river, arrival, looked, claimed.claim)
    for (const one of looked) if (one.kind === 'hit' && one.hit.isTest) tested(one.hit.id)
    return answered
  } catch (error) {
    const { claim } = claimed
    if (claim) await river.database.transact((tx) => releaseClaim(tx, claim)).catch(() => {})
    throw error
  } finally {
    over.abort()
    await keeping
  }
}

/**
 * A request's images pass through a small lane, in order: one request takes neither all decoders nor all the places
 * before them, however many images it brings.
 */
async function lookAtAll(river: Scanner, arrival: Arrival): Promise<readonly Looked[]> {
  const looked: Looked[] = []
  const left = [...arrival.images.entries()]
  const lane = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const [place, image] = next
      try {
        looked[place] = await look(river, arrival, image)
      } catch (error) {
        // The request has failed; what is left of it is not looked at.
        left.length = 0
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane))
  return looked
}

const heldIn = (answer: Answer): readonly string[] =>
  ('results' in answer ? answer.results : [answer]).flatMap(({ id, verdict }) => (verdict === 'held' ? [id] : []))

async function claim(
  river: Scanner,
  arrival: Arrival,
): Promise<{ kind: 'claimed'; claim: Claim | undefined } | { kind: 'answered'; answer: Answer }> {
  const { idempotencyKey } = arrival
  if (idempotencyKey === undefined) return { kind: 'claimed', claim: undefined }
  return river.database.transact((tx) => claimRequest(tx, river.clock, river.vault, { ...arrival, idempotencyKey }))
}

async function look(river: Scanner, arrival: Arrival, image: ArrivedImage): Promise<Looked> {
  const id = newId('scan', river.clock)
  const { surface, jurisdiction } = arrival.context
  if (!scanned(river.rules.off, surface, jurisdiction))
    return { kind: 'result', result: { id, verdict: 'not_scanned', reason: 'switched_off' } }

  const extracted = await river.decoders.print(image.bytes, { fast: fast(river.rules.fastSurfaces, surface) })
  // Of what could not be read to its end, whatever was read.
  const { context, sentBy } = arrival
  const asker = { scanId: id, sentBy, context }
  const real = decide(river.guards.counted(extracted.print, river.matching.current(), asker), river.rules)
  const isTest = real.kind === 'clear'
  // A real match is never made a test by a card beside it.
  const decision = isTest ? await cardDecision(river, arrival, extracted.print) : real
  switch (decision.kind) {
    case 'held':
      return { kind: 'hit', hit: { id, image, extracted, decision, isTest } }
    case 'clear':
      return extracted.kind === 'unscannable'
        ? { kind: 'result', result: { id, verdict: 'unscannable', reason: extracted.why } }
        : { kind: 'result', result: { id, verdict: 'clear' } }
    default:
      return never(decision)
  }
}

async function answer(
  river: Scanner,
  arrival: Arrival,
  looked: readonly Looked[],
  claim: Claim | undefined,
): Promise<Answer> {
  const results = looked.map(
    (one): ScanAnswer => (one.kind === 'hit' ? { id: one.hit.id, verdict: 'held' } : one.result),
  )
  const [first, ...rest] = results
  if (first === undefined) throw new Error('a request without an image came through the door')
  const answer = answerFor([first, ...rest])
  const hits = looked.flatMap((one) => (one.kind === 'hit' ? [one.hit] : []))
  await keep(river, arrival, hits, answer, claim)
  return answer
}
