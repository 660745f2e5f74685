// What the platform was given by webhook and has not taken: whether it may still be told, and how it is called back.
import type { EventPage } from '@wardline/api'
import type { Actor } from '#audit'
import { type Clock, Fault } from '#base'
import type { Connection, Transaction } from '#db'
import { enqueueBy } from '#jobs'
import { caseOfNotice, markRecalled, mayTell, showNotice } from '#notices'
import { readPause } from '#pause'
import { casesUndecided } from '#repairs'
import { type EventState, eventRow, eventsAfter, recallEvents, replayEvent } from '#webhooks'
import type { River } from './river.ts'
import { type Stale, setStaleAside, staleWords, whyStale } from './stale-restore.ts'

type Row = NonNullable<Awaited<ReturnType<typeof eventRow>>>

/** Tried again after it was given up, a notice is another event. */
export const deliverKey = (noticeId: string, attempt: number) => `notice.deliver ${noticeId} ${attempt}`

type Untold =
  | { readonly kind: 'notice'; readonly noticeId: string; readonly attempt: number }
  | { readonly kind: Stale }

/** Undefined: the event is about something else, or may be told. */
export async function whyUntold(
  { vault, clock }: Pick<River, 'vault' | 'clock'>,
  db: Connection,
  row: Row,
): Promise<Untold | undefined> {
  const stale = await whyStale({ vault }, db, row)
  if (stale !== undefined) return { kind: stale }
  if (row.type !== 'notice.deliver') return undefined
  const [, noticeId = '', at] = row.once_key.split(' ')
  const attempt = Number(at)
  const isTold = await mayTell(db, clock, { noticeId, attempt, undecided: casesUndecided })
  return isTold ? undefined : { kind: 'notice', noticeId, attempt }
}

/**
 * It waits again, and goes when it may; of one that was given up only the event goes. False: the platform has it or has fetched it, or it
 * is on its way this moment. Then it waits all the same, so that no second try follows should this one fail. Fault `no_such_notice`.
 */
export async function recallNotice(tx: Transaction, clock: Clock, noticeId: string): Promise<boolean> {
  const { channel, state, attempts, dueAt } = await showNotice(tx, clock, noticeId)
  if (channel !== 'webhook' || (state !== 'sending' && state !== 'dead')) return false
  const keys = Array.from({ length: attempts }, (_, before) => deliverKey(noticeId, before + 1))
  const became = await recallEvents(tx, keys)
  if (became === 'delivered') return false
  if (await markRecalled(tx, clock, noticeId))
    await enqueueBy(tx, clock, {
      kind: 'notify',
      subject: noticeId,
      runAt: Math.max(dueAt, clock.now()),
      uniqueKey: `notify ${noticeId}`,
    })
  return became === 'recalled'
}

/** Before it goes out: what must not be told now is taken back, with what waits for it. */
export async function recallUntold(
  river: Pick<River, 'vault' | 'clock'>,
  tx: Transaction,
  row: Row,
): Promise<Untold['kind'] | undefined> {
  const { clock } = river
  const untold = await whyUntold(river, tx, row)
  if (untold?.kind !== 'notice') {
    if (untold !== undefined) await setStaleAside(river, tx, row, untold.kind)
    return untold?.kind
  }
  const { noticeId, attempt } = untold
  // Of a test that was cleaned up there is no notice any more. An event of before says nothing about the try that is on its way now.
  if ((await caseOfNotice(tx, noticeId)) !== undefined && (await showNotice(tx, clock, noticeId)).attempts === attempt)
    await recallNotice(tx, clock, noticeId)
  await recallEvents(tx, [row.once_key])
  return untold.kind
}

/** For a platform that fetches: nothing in a pause, no notice that must not be told now, and no restore that does not hold. */
export async function readEvents(
  river: Pick<River, 'database' | 'vault' | 'environment' | 'clock'>,
  page: { readonly after: number; readonly limit: number },
): Promise<EventPage> {
  if ((await readPause(river.database.read)) !== undefined) return { events: [], next: page.after }
  return eventsAfter(river, {
    ...page,
    mayServe: async (tx, row) => (await recallUntold(river, tx, row)) === undefined,
  })
}

/** Faults `no_such_event`, and `not_possible` for what must not be told now. */
export async function sendEventAgain(
  river: Pick<River, 'vault' | 'clock'>,
  tx: Transaction,
  { id, by }: { readonly id: string; readonly by: Actor },
): Promise<EventState> {
  const row = await eventRow(tx, id)
  const untold = row && (await whyUntold(river, tx, row))
  if (untold !== undefined) throw new Fault('not_possible', untoldWords[untold.kind], { retry: 'never' })
  return replayEvent(tx, river.clock, { id, by })
}

const untoldWords = {
  notice: 'the notice of this event is not to be told now (wardline notices show)',
  ...staleWords,
} as const
