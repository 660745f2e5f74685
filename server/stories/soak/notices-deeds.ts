// What people and the platform do in the simulated days: fetch, hold what is on its way, mend addresses; mails come back.
import { Fault } from '#base'
import { noticeDelivered, noticeUndeliverable, recallNotice, retryNotice } from '#flow'
import { addHold, dueNotices, markBounced } from '#notices'
import { readPause } from '#pause'
import { hourMs, type Simulated } from './notices-model.ts'
import type { Process } from './notices-process.ts'
import type { Made, Soak, Told } from './notices-world.ts'

export const person = 'person:counsel'

export const addressesOf = (place: number) => [`reader-${place}@users.example`, `contact-${place}@orgs.example`]

export interface Run {
  readonly soak: Soak
  readonly all: readonly Simulated[]
  readonly made: readonly Made[]
  readonly start: number
  readonly pulled: Told[]
  readonly pauses: { from: number; until: number }[]
  readonly chance: () => number
}

/** By chance an instrument seldom comes in the hours in which a webhook is not taken: half of what lies there meets one, and is called back. */
export async function holdUntaken({ soak, chance }: Run, { river: { database } }: Process): Promise<void> {
  const { clock, vault } = soak
  const untaken = await soak.database.read
    .selectFrom('notices')
    .select('case_id')
    .where('state', '=', 'sending')
    .where('channel', '=', 'webhook')
    .execute()
  const paper = { kind: 'warrant', authority: 'a court', documentSha256: 'cd'.repeat(32), by: person } as const
  for (const { case_id: of } of untaken)
    if (chance() < 0.5)
      await database.transact((tx) =>
        addHold(tx, clock, vault, {
          ...{ scope: 'case', of, ...paper, recall: recallNotice },
          expiresAt: clock.now() + 10 * hourMs,
        }),
      )
}

/** The platform fetches what is due and answers for it. */
export async function fetchDue({ soak, all, made, pulled }: Run): Promise<void> {
  const { river, clock, vault, database } = soak
  if ((await readPause(database.read)) !== undefined) return
  const placeOf = new Map(made.map(({ caseId }, place) => [caseId, place]))
  for (let after: string | undefined; ; ) {
    const page = await dueNotices(database.read, clock, vault, { policy: river.notices, limit: 200, after })
    for (const { id, caseId, subject, text, html } of page.notices) {
      const says = all[placeOf.get(caseId) ?? -1]?.platformSays
      if (says === 'nothing') continue
      if (says === 'undeliverable') await noticeUndeliverable(river, id, 'key:platform', 'account_deleted')
      else {
        pulled.push({ noticeId: id, at: clock.now(), words: [subject, text, html].join('\n') })
        await noticeDelivered(river, id, 'key:platform')
        // Said twice, it changes nothing.
        await noticeDelivered(river, id, 'key:platform')
      }
    }
    if (page.next === null) return
    after = page.next
  }
}

/** Mails that were taken come back hours later. */
export async function bounce({ soak, all, made }: Run, { river: { database } }: Process): Promise<void> {
  const placeOf = new Map(made.map(({ caseId }, place) => [caseId, place]))
  const sent = await soak.database.read
    .selectFrom('notices')
    .select(['id', 'case_id'])
    .where('state', '=', 'sent')
    .where('channel', '=', 'smtp')
    .execute()
  for (const { id, case_id } of sent)
    if (all[placeOf.get(case_id) ?? -1]?.fate === 'bounces')
      await database.transact((tx) => markBounced(tx, soak.clock, id, '5.1.1'))
}

/** An operator has mended some addresses, and tries those notices again. */
export async function mend({ soak, all, made }: Run, { river }: Process): Promise<void> {
  const placeOf = new Map(made.map(({ caseId }, place) => [caseId, place]))
  for (const { place, fate } of all)
    if (fate === 'mended') for (const address of addressesOf(place)) soak.mailbox.faults.refuseRecipient(address, null)
  const dead = await soak.database.read
    .selectFrom('notices')
    .select(['id', 'case_id'])
    .where('state', '=', 'dead')
    .execute()
  for (const { id, case_id } of dead)
    if (all[placeOf.get(case_id) ?? -1]?.fate === 'mended')
      // What was an error is refused, and is withheld then.
      await retryNotice(river, id, person).catch((error: unknown) => {
        if (!(error instanceof Fault && error.code === 'not_possible')) throw error
      })
}
