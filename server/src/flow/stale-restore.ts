// A restore that the platform has not taken, weighed again before it goes: what came meanwhile may be a real offender's.
import { raiseAlert } from '#alerts'
import type { Connection, Transaction } from '#db'
import { moveRepairCase, readRepair, repairCaseOfEvent } from '#repairs'
import { eventOf, type eventRow, handToPerson, settleEvent } from '#webhooks'
import { standsBeside } from './repair-gather.ts'
import type { River } from './river.ts'

type Row = NonNullable<Awaited<ReturnType<typeof eventRow>>>

/** restored: it is done, whoever did it. stands: another case of the account is there that this repair does not undo. */
export type Stale = 'restored' | 'stands'

/** Undefined: the event is about something else, or still holds. */
export async function whyStale({ vault }: Pick<River, 'vault'>, db: Connection, row: Row): Promise<Stale | undefined> {
  if (row.type !== 'repair.restore') return undefined
  const asked = await repairCaseOfEvent(db, vault, row.id)
  // Of a test that was cleaned up.
  if (asked === undefined) return undefined
  if (asked.state === 'restored') return 'restored'
  const event = eventOf(vault, row)
  if (event.type !== 'repair.restore' || !event.data.asks.includes('restore_account')) return undefined
  return (await standsBeside(db, asked.case_id, asked.repair_id)) ? 'stands' : undefined
}

/** What is done is settled. Where another case stands a person decides about the account, and is told so. */
export async function setStaleAside(
  { clock, vault }: Pick<River, 'clock' | 'vault'>,
  tx: Transaction,
  row: Row,
  why: Stale,
): Promise<void> {
  if (why === 'restored') return settleEvent(tx, row.id)
  if (!(await handToPerson(tx, clock, row.id, staleWords.stands))) return
  const asked = await repairCaseOfEvent(tx, vault, row.id)
  if (asked?.state !== 'closed' && asked?.state !== 'not_taken') return
  await moveRepairCase(tx, clock, asked, { state: 'not_taken', why: 'account' })
  const { number } = await readRepair(tx, vault, asked.repair_id)
  await raiseAlert(tx, clock, {
    type: 'repair.stuck',
    subject: asked.repair_id,
    severity: 'urgent',
    data: { repair: asked.repair_id, number: String(number), step: 'restore' },
  })
}

export const staleWords = {
  restored: 'what this event asks for is done already (wardline repair show)',
  stands:
    'another case of this account stands, so the platform is not asked to restore it: a person decides (wardline repair show)',
} as const satisfies Record<Stale, string>
