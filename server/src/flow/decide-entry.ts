// What a person decides about an entry that was set aside. What follows for its cases is carried out by a job (entry-cases.ts).
import { type IncidentType, incidentTypes } from '@wardline/api'
import { z } from 'zod'
import type { Actor } from '#audit'
import { Fault } from '#base'
import { enqueueNow } from '#jobs'
import { type BulkSays, keepAside, readBulk, recordBulk, releaseEntry as release } from '#lists'
import { type Foresight, foresee } from './foresee.ts'
import type { Desk } from './river.ts'

type AboutEntry = { readonly id: string; readonly by: Actor; readonly reason: string }

/** The entry counts again, for good: what waited for it goes on, and it is never set aside again. */
export async function releaseEntry(desk: Desk, about: AboutEntry): Promise<void> {
  const { database, clock, vault } = desk
  await database.transact(async (tx) => {
    await release(tx, clock, vault, about)
    await enqueueNow(tx, clock, jobOf(about.id))
  })
  desk.wake()
}

/** A person looked, and it stays set aside: its cases wait for their decision. To be looked at again a day later. */
export async function keepEntryAside({ database, clock, vault }: Desk, about: AboutEntry): Promise<void> {
  await database.transact((tx) => keepAside(tx, clock, vault, about))
}

export const bulk = z.strictObject({
  by: z.templateLiteral(['person:', z.string()]),
  reason: z.string(),
  says: z.enum(['confirm', 'dismiss']),
  incidentType: z.enum(incidentTypes).optional(),
  falseMatch: z.boolean().optional(),
})
export type Bulk = z.infer<typeof bulk>

/**
 * All cases that rest on the entry are confirmed, or dismissed, for one reason: one line in the trail, and one for each case. A case
 * that something else would hold as well is left, and so is one whose report is under way; when that something is an entry of which
 * a person decided the same, the case is taken. Carried out by a running server, case by case; answers what that will come to as
 * the cases are now. Faults as `releaseEntry`.
 */
export async function decideEntry(
  desk: Desk,
  about: AboutEntry & {
    readonly says: 'confirm' | 'dismiss'
    readonly incidentType?: IncidentType | undefined
    readonly falseMatch?: boolean | undefined
  },
): Promise<Foresight> {
  const { database, clock, vault } = desk
  const { id, ...asked } = about
  if (!about.by.startsWith('person:'))
    throw new Fault('not_a_person', 'only a person decides about an entry', { retry: 'never' })
  const decision = bulk.parse(JSON.parse(JSON.stringify(asked)))
  const says = saysOf(decision)
  const { entryKey } = await readBulk(database.read, vault, id)
  // Before it is recorded: a running server takes the cases at once, and nobody could count them any more.
  const foresight = await foresee(desk, { key: entryKey, says, states: open, incidentType: about.incidentType })
  await database.transact(async (tx) => {
    await recordBulk(tx, clock, vault, { id, by: about.by, reason: about.reason, says, decision })
    await enqueueNow(tx, clock, jobOf(id))
  })
  desk.wake()
  return foresight
}

/** In which a case can take the decision. */
export const open = ['settling', 'set_aside', 'waiting_review', 'waiting_facts'] as const

export const saysOf = ({ says, falseMatch }: Bulk): BulkSays =>
  says === 'dismiss' && falseMatch === true ? 'dismiss_as_false' : says

export const jobOf = (id: string) => ({ kind: 'entry_cases', subject: id, uniqueKey: `entry_cases ${id}` })
