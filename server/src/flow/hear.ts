// An appeal's way: words open it, chance seats somebody over it, they decide; what follows is asked for in the transaction of each.
import { type NewAlert, raiseAlert } from '#alerts'
import {
  assignAppeal,
  type Decided,
  decideAppeal,
  freeUnfitSeats,
  handBack,
  nextAppealOf,
  readAppeal,
  unfitSeats,
  unseated,
  type Verdict,
  waitsOf,
} from '#appeals'
import type { Actor } from '#audit'
import { isTestCase } from '#cases'
import type { Transaction } from '#db'
import { finish, type Handler, holdLease } from '#jobs'
import { sayDecided, sayOpened } from './hear-follow.ts'
import { type Desk, journaled, type River } from './river.ts'

/** Job `hear`, subject: an appeal that was opened. */
export const hear =
  (river: River): Handler =>
  async (job) => {
    const { database, clock } = river
    await database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      await sayOpened(river, tx, job.subject)
      await seat(river, tx, job.subject)
      await finish(tx, job)
    })
    journaled(river, 'appeal opened', { appeal: job.subject })
    river.wake()
    return { kind: 'done' }
  }

/**
 * The person who sits over an appeal decides it; an upheld one goes to a second look where the operator wants that. Faults as
 * `decideAppeal` of #appeals.
 */
export async function decideOnAppeal(desk: Desk, verdict: Verdict): Promise<Decided> {
  const { database, clock, vault, hearings } = desk
  const decided = await database.transact(async (tx) => {
    const decided = await decideAppeal(tx, clock, vault, verdict, hearings)
    if (decided.isFinal) await sayDecided(desk, tx, decided, verdict.by)
    else await seat(desk, tx, decided.appealId)
    return decided
  })
  desk.wake()
  return decided
}

/** Given back, or taken from somebody (`anyones`): chance seats another at once, if there is one. Faults as `handBack`. */
export async function handBackAppeal(
  desk: Desk,
  back: { readonly ref: number | string; readonly by: Actor; readonly reason: string; readonly anyones: boolean },
): Promise<void> {
  const { database, clock, vault } = desk
  await database.transact(async (tx) => seat(desk, tx, await handBack(tx, clock, vault, back)))
  desk.wake()
}

/** The appeal that this person is to hear next, once whatever waits has been seated; undefined: none. Nobody chooses theirs. */
export async function nextAppeal(desk: Desk, personId: string): Promise<number | undefined> {
  await seatAll(desk)
  return nextAppealOf(desk.database.read, personId)
}

/** Every minute: who cannot hear an appeal any more loses the seat, and whoever came since is asked. */
export async function seatAll(desk: Pick<Desk, 'database' | 'clock' | 'wake'>): Promise<void> {
  const { database, clock } = desk
  if ((await unfitSeats(database.read)).length > 0) await database.transact((tx) => freeUnfitSeats(tx, clock))
  for (const id of await unseated(database.read)) await database.transact((tx) => seat(desk, tx, id))
}

async function seat({ clock }: Pick<Desk, 'clock'>, tx: Transaction, appealId: string): Promise<void> {
  const assigned = await assignAppeal(tx, clock, appealId)
  if (assigned.kind !== 'nobody') return
  const { id, number, case_id: caseId, due_at } = await readAppeal(tx, appealId)
  if (await isTestCase(tx, caseId)) return
  const { why, words } = waitsOf(assigned.why)
  const dueAt = new Date(due_at).toISOString()
  const alert: NewAlert = {
    type: 'appeal.waiting',
    subject: id,
    severity: 'urgent',
    data: { appeal: id, number: String(number), dueAt, why, words },
  }
  await raiseAlert(tx, clock, alert)
}
