// What the platform says of a notice that it delivers itself: by taking our webhook, or by answering for what it fetched.
import type { Undeliverable } from '@wardline/api'
import type { Actor } from '#audit'
import { Fault } from '#base'
import type { Transaction } from '#db'
import { caseOfNotice, markDead, markDelivered, markTaken, showNotice } from '#notices'
import { sayDead } from './notify-ends.ts'
import type { Desk, River } from './river.ts'
import { tellNoticeSent } from './tell-platform.ts'

/** The platform took the webhook, or did not for days. It may take it after all: then it is sent. */
export async function noticeTaken(
  river: Pick<River, 'clock' | 'vault' | 'log'>,
  tx: Transaction,
  noticeId: string,
  outcome: 'delivered' | 'given_up',
): Promise<void> {
  const { clock } = river
  // Of a test that was cleaned up meanwhile.
  const caseId = await caseOfNotice(tx, noticeId)
  if (caseId === undefined) return
  if (outcome === 'delivered') {
    if (await markTaken(tx, clock, noticeId)) await tellNoticeSent(river, tx, { caseId, noticeId })
    return
  }
  // Called back while this was the last try: it waits, and goes as another event.
  if ((await showNotice(tx, clock, noticeId)).state !== 'sending') return
  const why = 'the platform did not take the webhook'
  if (!(await markDead(tx, clock, noticeId, why))) return
  sayDead(river, noticeId, why)
}

/** The platform has told the reader. Said again it changes nothing. Faults `no_such_notice`, `not_possible`. */
export async function noticeDelivered(river: Desk, noticeId: string, by: Actor): Promise<void> {
  const { database, clock, log } = river
  const shown = await database.transact(async (tx) => {
    const shown = await fetched(river, tx, noticeId)
    if (shown.state === 'sent') return undefined
    if (!(await markDelivered(tx, clock, noticeId, by))) throw notPossible(shown.state)
    await tellNoticeSent(river, tx, { caseId: shown.caseId, noticeId })
    return shown
  })
  if (shown === undefined || shown.isTest) return
  const step = String(shown.attempts)
  await river.logbook
    .write({ what: 'notice_sent', subject: noticeId, caseId: shown.caseId, step })
    .catch((err: unknown) =>
      log.warn({ notice: noticeId, err }, 'that this notice was sent could not be written into the logbook'),
    )
  river.wake()
}

/** The platform cannot: it is given up, and an operator hears of it. Faults as above. */
export async function noticeUndeliverable(river: Desk, noticeId: string, by: Actor, why: Undeliverable): Promise<void> {
  const { database, clock } = river
  const reason = `the platform cannot deliver it: ${why}`
  const died = await database.transact(async (tx) => {
    const { state } = await fetched(river, tx, noticeId)
    if (state === 'dead') return false
    if (state !== 'sending') throw notPossible(state)
    await markDead(tx, clock, noticeId, reason, by)
    return true
  })
  if (!died) return
  sayDead(river, noticeId, reason)
  river.wake()
}

async function fetched({ clock }: Desk, tx: Transaction, noticeId: string) {
  const shown = await showNotice(tx, clock, noticeId)
  if (shown.channel !== 'pull')
    throw new Fault('not_possible', 'this notice is not one that the platform fetches', { retry: 'never' })
  return shown
}

const notPossible = (state: string) =>
  new Fault('not_possible', `this notice is "${state}", and was not given to the platform to deliver`, {
    retry: 'never',
  })
