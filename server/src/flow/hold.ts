// A match is held: evidence and what lies around it are preserved, then one transaction writes down everything the answer says.
import type { CaseContext, Supplement } from '@wardline/api'
import type { Id } from '#base'
import { openOrJoin } from '#cases'
import type { Transaction } from '#db'
import type { Decision } from '#decide'
import { sniff } from '#extract'
import type { Extracted } from '#hash'
import { type Answer, type Arrival, type ArrivedImage, answerOnce, type Claim, lasting, releaseClaim } from '#intake'
import { enqueue } from '#jobs'
import { entryKey, isReportable, type Tripped } from '#lists'
import type { Preserved } from '#vault'
import { type Copy, discardAround, keepAround, preserveAround } from './around.ts'
import { beginLooking } from './look-up-wait.ts'
import { journaled, type River } from './river.ts'
import { countFlood, sayTripped } from './set-aside.ts'
import { tellHeld } from './tell-platform.ts'

/** Whoever scans tells nobody: notices are planned where reports finish. */
export type Scanner = Omit<River, 'notices' | 'letters' | 'alerts' | 'alertsTo' | 'lateMs' | 'webhooks'>

/** A hit that is not yet written down. */
export interface Hit {
  readonly id: Id<'scan'>
  readonly image: ArrivedImage
  readonly extracted: Extracted
  readonly decision: Decision & { kind: 'held' }
  /** A test card is all that was found. */
  readonly isTest: boolean
}

/** Enough for the cards of one try to come together in one case. */
const testSettleMs = 3_000

/** Evidence first, then one transaction for everything the answer says. */
export async function keep(
  river: Scanner,
  arrival: Arrival,
  hits: readonly Hit[],
  answer: Answer,
  claim: Claim | undefined,
): Promise<void> {
  if (hits.length === 0 && claim === undefined) return
  const { supplements = [], ...context } = arrival.context
  const preserved = await preserveAll(river, hits)
  const sets = await preserveSets(river, supplements, preserved)
  if (hits.length > 0) journaled(river, 'preserve', { objects: preserved.length })
  // When this fails its outcome may be unknown (a commit whose answer was lost), so the objects stay: the vault's sweep
  // removes those that no row knows.
  const write = async (tx: Transaction) => {
    const tripped: Tripped[] = []
    // What came together is told together, also when nobody knows whose it is: one case for each route,
    // and others for what is never reported and what is no more than a test.
    const cases = new Map<string, string>()
    const around = new Set<string>()
    const held = new Map<string, { readonly isTest: boolean; readonly scans: string[] }>()
    const stock = [...sets]
    for (const { hit, object } of preserved) {
      const kind = kindOf(hit)
      const caseId = await open(river, tx, { arrival, context, hit, object, caseId: cases.get(kind) })
      cases.set(kind, caseId)
      const { scans } = held.get(caseId) ?? { scans: [] }
      held.set(caseId, { isTest: hit.isTest, scans: [...scans, hit.id] })
      if (!around.has(caseId)) {
        const copies = stock.shift()
        if (copies === undefined) throw new TooFewCopies()
        await keepAround(river, tx, copies, { caseId, scanId: hit.id, receivedAt: arrival.receivedAt })
        around.add(caseId)
      }
      if (!hit.isTest) tripped.push(...(await countFlood(river, tx, arrival, hit.decision.grounds)))
    }
    for (const [id, { isTest, scans }] of held) await tellHeld(river, tx, { id, isTest, context, scans })
    if (claim) await (lasting(answer) ? answerOnce(tx, river.clock, claim, answer) : releaseClaim(tx, claim))
    return tripped
  }
  // Finds of one kind may lie in two cases of the account: rare, and then there are fewer copies than cases.
  const tripped = await withMore(
    () => river.database.transact(write),
    async () => {
      sets.push(await preserveAround(river, supplements))
    },
  )
  sayTripped(river, tripped)
  if (hits.length > 0) {
    journaled(river, 'hold', { scans: hits.length })
    river.wake()
  }
}

/** A transaction writes no files: this leaves it, and it is run again with one set more. */
class TooFewCopies extends Error {}

async function withMore<T>(work: () => Promise<T>, makeMore: () => Promise<void>): Promise<T> {
  for (;;) {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof TooFewCopies)) throw error
      await makeMore()
    }
  }
}

/** What goes to cases of its own: by the way it takes, by whether it is a test, and by whether it may ever be reported. */
function kindOf({ decision, isTest }: Hit): string {
  const told = decision.grounds.some((ground) => isReportable(ground.class))
  return `${decision.route} ${isTest} ${told}`
}

/** One set of copies of what lies around, for each case that there will be at least. */
async function preserveSets(
  river: Scanner,
  supplements: readonly Supplement[],
  preserved: readonly { readonly hit: Hit; readonly object: Preserved }[],
) {
  const sets: (readonly Copy[])[] = []
  try {
    for (const _ of new Set(preserved.map(({ hit }) => kindOf(hit))))
      sets.push(await preserveAround(river, supplements))
    return sets
  } catch (error) {
    await discardAround(river, sets.flat())
    for (const { object } of preserved) await river.vault.discard(object).catch(() => {})
    throw error
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
  readonly context: CaseContext
  readonly hit: Hit
  readonly object: Preserved
  readonly caseId: string | undefined
}

/** The case it is in. */
async function open(river: Scanner, tx: Transaction, { arrival, context, hit, object, caseId }: Kept): Promise<string> {
  const { clock, vault } = river
  const { extracted, decision, isTest } = hit
  await vault.record(tx, object)
  const { fileName } = hit.image
  const it = await openOrJoin(tx, clock, vault, {
    environment: river.environment,
    route: decision.route,
    isTest,
    context: fileName === undefined ? context : { ...context, fileName },
    file: {
      sizeBytes: hit.image.bytes.byteLength,
      mediaType: mediaTypeOf(hit.image.bytes),
      digests: extracted.print.digests,
      pictures: extracted.print.pictures,
      grounds: decision.grounds,
      why: decision.why,
      unread: extracted.kind === 'unscannable' ? extracted.why : undefined,
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
  const told = decision.grounds.some((ground) => isReportable(ground.class))
  if (!it.joined && !isTest && told && context.account !== undefined) await beginLooking(river, tx, it.caseId)
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
