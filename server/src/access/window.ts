// The window in which test cards count for every key: opened by a person for a while, closed by itself.
import { type Actor, record } from '#audit'
import { type Clock, newId } from '#base'
import type { Connection, Transaction } from '#db'
import { refusal, requirePerson } from './people.ts'
import type { TestWindow } from './records.ts'
import * as store from './store.ts'

/** Longer than a working day nobody tries anything; a window that was forgotten is closed by then. */
const mostMinutes = 24 * 60
const minuteMs = 60_000

/**
 * Opens a window, or moves the end of the one that is open. `by` is a person's id. Faults: `minutes_odd` (1 to 1440),
 * `person_unknown`, `person_disabled`.
 */
export async function openTestWindow(
  tx: Transaction,
  clock: Clock,
  { by, minutes }: { readonly by: string; readonly minutes: number },
): Promise<TestWindow> {
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > mostMinutes)
    throw refusal('minutes_odd', `a window for test cards is open for 1 to ${mostMinutes} whole minutes`)
  const person = await requirePerson(tx, by)
  const now = clock.now()
  await store.endWindows(tx, now)
  const window = {
    id: newId('window', clock),
    openedBy: person.id,
    openedAt: now,
    closesAt: now + minutes * minuteMs,
  }
  await store.insertWindow(tx, window)
  const detail = { minutes, closesAt: window.closesAt }
  await record(tx, clock, { actor: `person:${person.id}`, act: 'open_selftest_window', subject: window.id, detail })
  return window
}

/** Closes it at once. False when none was open. */
export async function closeTestWindow(tx: Transaction, clock: Clock, by: Actor): Promise<boolean> {
  const open = await openWindowNow(tx, clock)
  if (open === undefined) return false
  await store.endWindows(tx, clock.now())
  await record(tx, clock, { actor: by, act: 'close_selftest_window', subject: open.id })
  return true
}

/** The window that is open now; one whose time is over is closed, whether anybody looked at it or not. */
export function openWindowNow(db: Connection, clock: Clock): Promise<TestWindow | undefined> {
  return store.findWindow(db, clock.now())
}
