// What happens in the simulated days, in its order: reports finish, people release and hold, mails bounce, a platform fetches and is away.
import { Fault } from '#base'
import { caseRepaired, readCase } from '#cases'
import { noticeDelivered, noticeUndeliverable, recallNotice, retryNotice } from '#flow'
import { addHold, dueNotices, endHold, markBounced, releaseNotice } from '#notices'
import { beginPause, endPause, readPause } from '#pause'
import { hourMs, type Simulated, soakMs } from './notices-model.ts'
import type { Process } from './notices-process.ts'
import { finishReport, type Made, type Soak, type Told } from './notices-world.ts'

export interface Event {
  readonly at: number
  readonly act: (process: Process) => Promise<void>
}

const person = 'person:counsel'

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

export function eventsOf(run: Run): Event[] {
  const { soak, all, made, start, chance } = run
  const { clock, vault, mailbox, platform } = soak
  const events: Event[] = []
  const at = (ms: number, act: Event['act']) => {
    if (ms < soakMs) events.push({ at: start + Math.max(0, ms), act })
  }
  for (const [place, one] of all.entries()) {
    const its = made[place]
    if (its === undefined) throw new Error('a report that was not made')
    at(one.finishedAtMs, ({ river }) => finishReport(river, its, one))
    if (one.needsRelease && one.releasedAtMs !== null)
      at(one.releasedAtMs, async ({ river: { database } }) => {
        for (const noticeId of await unreleased(soak, its.reportId))
          await database.transact((tx) =>
            releaseNotice(tx, clock, vault, { noticeId, by: person, reason: 'looked at' }),
          )
      })
    if (one.hold !== null) holdOf(one.hold, its)
    const { repaired } = one
    if (repaired !== null)
      at(repaired.atMs, async ({ river: { database } }) => {
        for (const caseId of [its.caseId, repaired.what === 'all' ? its.alsoCaseId : undefined])
          if (caseId !== undefined) await repairOnce(soak, database, caseId)
      })
  }
  function holdOf(hold: NonNullable<Simulated['hold']>, its: Made) {
    let holdId: string | undefined
    at(hold.fromMs, async ({ river: { database } }) => {
      const paper = { kind: 'court_order', authority: 'a court', documentSha256: 'ab'.repeat(32) } as const
      const of = hold.scope === 'report' ? its.reportId : its.caseId
      // Written once, also when the one who wrote it died over it.
      if (holdId === undefined && (await holdsFor(soak, start + hold.untilMs)) === 0)
        await database.transact(async (tx) => {
          const asked = {
            scope: hold.scope,
            of,
            ...paper,
            expiresAt: start + hold.untilMs,
            by: person,
            recall: recallNotice,
          } as const
          holdId = (await addHold(tx, clock, vault, asked)).holdId
        })
    })
    if (hold.endedMs !== null)
      at(hold.endedMs, async ({ river: { database } }) => {
        const row = await soak.database.read
          .selectFrom('notice_holds')
          .select('id')
          .where('expires_at', '=', start + hold.untilMs)
          .where('ended_at', 'is', null)
          .executeTakeFirst()
        if (row)
          await database.transact((tx) => endHold(tx, clock, vault, { holdId: row.id, by: person, reason: 'lifted' }))
      })
  }
  for (let ms = 0; ms < soakMs; ms += 10 * 60_000) at(ms, () => fetchDue(run))
  for (let ms = 0; ms < soakMs; ms += 3 * hourMs) {
    at(ms + 1, async () => {
      if (chance() < 0.5) mailbox.faults.refuseNext(1 + Math.floor(chance() * 3))
      else mailbox.faults.dropAfterData(1, { lost: chance() < 0.5 })
    })
    at(ms + 2, (process) => bounce(run, process))
  }
  at(30 * hourMs, async () => platform.goAway(true))
  at(36 * hourMs, async () => platform.goAway(false))
  at(60 * hourMs, (process) => mend(run, process))
  for (const [from, hours] of [
    [20, 2],
    [50, 1],
  ] as const) {
    at(from * hourMs, ({ river: { database } }) => beginOnce(run, database))
    at((from + hours) * hourMs, ({ river: { database } }) => endOnce(run, database))
  }
  return events.sort((one, other) => one.at - other.at)
}

async function repairOnce({ clock, vault }: Soak, database: Soak['database'], caseId: string): Promise<void> {
  await database.transact(async (tx) => {
    if ((await readCase(tx, vault, caseId)).state === 'reported')
      await caseRepaired(tx, clock, vault, { caseId, windowMs: null })
  })
}

async function beginOnce({ soak, pauses }: Run, database: Soak['database']): Promise<void> {
  if ((await readPause(soak.database.read)) !== undefined) return
  await database.transact((tx) => beginPause(tx, soak.clock, { why: 'by_a_person', by: person }))
  pauses.push({ from: soak.clock.now(), until: Number.POSITIVE_INFINITY })
}

async function endOnce({ soak, pauses }: Run, database: Soak['database']): Promise<void> {
  if ((await readPause(soak.database.read)) === undefined) return
  await database.transact((tx) => endPause(tx, soak.clock, { by: person, reason: 'looked' }))
  const last = pauses.at(-1)
  if (last) last.until = soak.clock.now()
}

const unreleased = async ({ database }: Soak, reportId: string): Promise<string[]> =>
  (
    await database.read
      .selectFrom('notices')
      .select('id')
      .where('report_id', '=', reportId)
      .where('release', 'is not', null)
      .execute()
  ).map(({ id }) => id)

const holdsFor = async ({ database }: Soak, expiresAt: number): Promise<number> =>
  (await database.read.selectFrom('notice_holds').select('id').where('expires_at', '=', expiresAt).execute()).length

/** The platform fetches what is due and answers for it. */
async function fetchDue({ soak, all, made, pulled }: Run): Promise<void> {
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
async function bounce({ soak, all, made }: Run, { river: { database } }: Process): Promise<void> {
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
async function mend({ soak, all, made }: Run, { river }: Process): Promise<void> {
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
