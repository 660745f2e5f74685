// A notice of a report that was escalated, or names a victim, goes only after a person has looked and let it go.
import { type Actor, record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { readTold, sealTold } from './address.ts'
import { queueNotice } from './plan.ts'
import { leave, noticeRow } from './store.ts'

/**
 * It goes at its time, which may be now, unless a legal instrument holds it. Faults `no_such_notice`, `not_a_person`, `reason_missing`,
 * `not_possible`.
 */
export async function releaseNotice(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { noticeId, by, reason }: { readonly noticeId: string; readonly by: Actor; readonly reason: string },
): Promise<void> {
  if (!by.startsWith('person:'))
    throw new Fault('not_a_person', 'only a person releases a notice: somebody answers for it', { retry: 'never' })
  if (reason.trim() === '') throw new Fault('reason_missing', 'releasing a notice needs a reason', { retry: 'never' })
  const row = await noticeRow(tx, noticeId)
  if (row.release === null || row.state !== 'waiting')
    throw new Fault('not_possible', `this notice is "${row.state}" and waits for nobody's release`, { retry: 'never' })
  const told = readTold(vault, noticeId, row.to_sealed)
  const to = {
    release: null,
    released_by: by,
    released_at: clock.now(),
    to_sealed: sealTold(vault, noticeId, { ...told, released: reason.trim() }),
  }
  await leave(tx, clock, { noticeId, from: ['waiting'], to })
  await queueNotice(tx, clock, { noticeId, dueAt: Math.max(row.due_at, clock.now()) })
  await record(tx, clock, { actor: by, act: 'release_notice', subject: noticeId, detail: { was: row.release } })
}
