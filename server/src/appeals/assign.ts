// Seats somebody over an appeal, by chance, and frees the seats of those who cannot hear it any more.
import { record } from '#audit'
import { type Clock, chance, newId } from '#base'
import type { Connection, Transaction } from '#db'
import { type Nobody, pickHearer } from './pick.ts'
import { appealRow, moveAppeal } from './store.ts'
import { endSeat, hearersOf, openSeat, takeSeat, unfitSeats } from './store-seats.ts'

export type Assigned =
  | { readonly kind: 'assigned'; readonly person: string }
  /** Nobody can hear it as things stand: it waits, and says so. */
  | { readonly kind: 'nobody'; readonly why: Nobody }
  /** Somebody sits over it, or it is decided. */
  | { readonly kind: 'over' }

/** Fault `no_such_appeal`. */
export async function assignAppeal(tx: Transaction, clock: Clock, appealId: string): Promise<Assigned> {
  const appeal = await appealRow(tx, appealId)
  const round = roundOf(appeal.state)
  if (round === undefined || (await openSeat(tx, appealId)) !== undefined) return { kind: 'over' }
  const picked = pickHearer(await hearersOf(tx, appealId), chance)
  if (picked.kind === 'nobody') return picked
  const { person } = picked
  const seat = { id: newId('hearing', clock), appeal_id: appealId, person, assigned_at: clock.now(), round }
  if (!(await takeSeat(tx, seat))) throw new Error('the store refused a hearer that it had named as one')
  if (round === 1) await moveAppeal(tx, clock, { id: appealId, from: 'waiting', to: 'assigned' })
  await record(tx, clock, {
    actor: 'wardline',
    act: 'assign_appeal',
    subject: appealId,
    detail: { case: appeal.case_id, person, round },
  })
  return { kind: 'assigned', person }
}

/** Why nobody sits over it; undefined when somebody does, or could. */
export async function whyNobody(db: Connection, appealId: string): Promise<Nobody | undefined> {
  const appeal = await appealRow(db, appealId)
  if (roundOf(appeal.state) === undefined || (await openSeat(db, appealId)) !== undefined) return undefined
  const picked = pickHearer(await hearersOf(db, appealId), () => 0)
  return picked.kind === 'nobody' ? picked.why : undefined
}

/**
 * People who were disabled, lost their roles, or decided about the case while they sat over its appeal, sit over it no more. Answers
 * the appeals that need another.
 */
export async function freeUnfitSeats(tx: Transaction, clock: Clock): Promise<readonly string[]> {
  const seats = await unfitSeats(tx)
  for (const { id, appeal_id, person } of seats) {
    await endSeat(tx, { id, at: clock.now(), ending: 'unfit', reason_sealed: null })
    await moveAppeal(tx, clock, { id: appeal_id, from: 'assigned', to: 'waiting' })
    await record(tx, clock, { actor: 'wardline', act: 'unseat_hearer', subject: appeal_id, detail: { person } })
  }
  return seats.map(({ appeal_id }) => appeal_id)
}

const roundOf = (state: string): 1 | 2 | undefined =>
  state === 'waiting' ? 1 : state === 'second_look' ? 2 : undefined
