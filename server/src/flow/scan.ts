// An image comes in: decoded, hashed, compared, decided. Clear leaves nothing; held is answered only once it is durable.
import type { ScanAnswer } from '@wardline/api'
import { type Id, never, newId } from '#base'
import { openOrJoin, testsAmong } from '#cases'
import type { Transaction } from '#db'
import { type Decision, decide, fast, scanned } from '#decide'
import { sniff } from '#extract'
import type { Extracted } from '#hash'
import {
  type Answer,
  type Arrival,
  type ArrivedImage,
  answerFor,
  answerOnce,
  type Claim,
  claimRequest,
  keepClaim,
  lasting,
  releaseClaim,
} from '#intake'
import { enqueue } from '#jobs'
import { entryKey, isReportable, type Tripped } from '#lists'
import type { Preserved } from '#vault'
import { cardDecision } from './cards.ts'
import { journaled, type River } from './river.ts'
import { countFlood, sayTripped } from './set-aside.ts'

/** Whoever scans tells nobody: notices are planned where reports finish. */
export type Scanner = Omit<River, 'notices' | 'alerts' | 'alertsTo' | 'lateMs'>

/** A hit that is not yet written down. */
interface Hit {
  readonly id: Id<'scan'>
  readonly image: ArrivedImage
  readonly extracted: Extracted
  readonly decision: Decision & { kind: 'held' }
  /** A test card is all that was found. */
  readonly isTest: boolean
}

/** Images of one request that are looked at at once. */
const lanes = 2

/** Enough for the cards of one try to come together in one case. */
const testSettleMs = 3_000

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

/** Evidence first, then one transaction for everything the answer says. */
async function keep(
  river: Scanner,
  arrival: Arrival,
  hits: readonly Hit[],
  answer: Answer,
  claim: Claim | undefined,
): Promise<void> {
  if (hits.length === 0 && claim === undefined) return
  const preserved = await preserveAll(river, hits)
  if (hits.length > 0) journaled(river, 'preserve', { objects: preserved.length })
  // When this fails its outcome may be unknown (a commit whose answer was lost), so the objects stay: the vault's sweep
  // removes those that no row knows.
  const tripped = await river.database.transact(async (tx) => {
    const tripped: Tripped[] = []
    // What came together is told together, also when nobody knows whose it is: one case for each route,
    // and others for what is never reported and what is no more than a test.
    const cases = new Map<string, string>()
    for (const { hit, object } of preserved) {
      const told = hit.decision.grounds.some((ground) => isReportable(ground.class))
      const kind = `${hit.decision.route} ${hit.isTest} ${told}`
      const caseId = cases.get(kind)
      cases.set(kind, await open(river, tx, { arrival, hit, object, caseId }))
      if (!hit.isTest) tripped.push(...(await countFlood(river, tx, arrival, hit.decision.grounds)))
    }
    if (claim) await (lasting(answer) ? answerOnce(tx, river.clock, claim, answer) : releaseClaim(tx, claim))
    return tripped
  })
  sayTripped(river, tripped)
  if (hits.length > 0) {
    journaled(river, 'hold', { scans: hits.length })
    river.wake()
  }
}

async function preserveAll(river: Scanner, hits: readonly Hit[]): Promise<{ hit: Hit; object: Preserved }[]> {
  const preserved: { hit: Hit; object: Preserved }[] = []
  try {
    for (const hit of hits) preserved.push({ hit, object: await river.vault.preserve(hit.image.bytes) })
    return preserved
  } catch (error) {
    for (const { object } of preserved) await river.vault.discard(object).catch(() => {})
    throw error
  }
}

interface Kept {
  readonly arrival: Arrival
  readonly hit: Hit
  readonly object: Preserved
  readonly caseId: string | undefined
}

/** The case it is in. */
async function open(river: Scanner, tx: Transaction, { arrival, hit, object, caseId }: Kept): Promise<string> {
  const { clock, vault } = river
  const { extracted, decision, isTest } = hit
  await vault.record(tx, object)
  const { fileName } = hit.image
  const it = await openOrJoin(tx, clock, vault, {
    environment: river.environment,
    route: decision.route,
    isTest,
    context: fileName === undefined ? arrival.context : { ...arrival.context, fileName },
    file: {
      sizeBytes: hit.image.bytes.byteLength,
      mediaType: mediaTypeOf(hit.image.bytes),
      digests: extracted.print.digests,
      pictures: extracted.print.pictures,
      grounds: decision.grounds,
      why: decision.why,
    },
    vaultId: object.id,
    scanId: hit.id,
    apiKeyId: arrival.sentBy,
    receivedAt: arrival.receivedAt,
    // Whoever tries it waits for it.
    settleMs: isTest ? Math.min(river.rules.settleMs, testSettleMs) : river.rules.settleMs,
    entryKeys: decision.grounds.map((ground) => entryKey(vault, ground)),
    caseId,
  })
  if (it.duplicate) await vault.destroy(tx, object.id, 'the case already holds the same bytes')
  if (it.state === 'settling')
    await enqueue(tx, clock, {
      kind: 'settle',
      subject: it.caseId,
      runAt: it.settlesAt,
      uniqueKey: `settle ${it.caseId}`,
    })
  return it.caseId
}

/** From the bytes; what the sender called them is not believed. */
function mediaTypeOf(bytes: Uint8Array): string | undefined {
  const sniffed = sniff(bytes)
  return sniffed.kind === 'image' ? `image/${sniffed.type}` : undefined
}
