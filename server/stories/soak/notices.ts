// Thousands of reports finish, and their people are told, through crashes, refusals, bounces, holds, releases, pauses and a platform that is away.

import { noticeDelivered, noticeUndeliverable, retryNotice } from '#flow'
import { addHold, dueNotices, endHold, markBounced, releaseNotice } from '#notices'
import { beginPause, endPause, readPause } from '#pause'
import type { Kind } from '../world.ts'
import { type Judged, judge } from './notices-judge.ts'
import { hourMs, type Simulated, seeded, simulate, soakMs } from './notices-model.ts'
import { Killed, type Process, startProcess } from './notices-process.ts'
import { finishReport, type Made, makeReports, openSoak, type Soak, type Told } from './notices-world.ts'

export interface Asked {
  readonly reports: number
  readonly seed: number
  readonly tell?: (words: string) => void
}

export interface Soaked extends Judged {
  readonly crashes: number
}

interface Event {
  readonly at: number
  readonly act: (process: Process) => Promise<void>
}

const person = 'person:counsel'

export async function soakNotices(kind: Kind, { reports, seed, tell = () => {} }: Asked): Promise<Soaked> {
  const chance = seeded(seed)
  await using soak = await openSoak(kind, chance)
  const all = Array.from({ length: reports }, (_, place) => simulate(place, chance))
  for (const { place, fate } of all)
    if (fate === 'refused' || fate === 'mended')
      for (const address of addressesOf(place)) soak.mailbox.faults.refuseRecipient(address)
  const made = await makeReports(soak, all)
  tell(`${made.length} reports are written`)
  const start = soak.clock.now()
  const pulled: Told[] = []
  const pauses: { from: number; until: number }[] = []
  const run = { soak, all, made, start, pulled, pauses, chance }
  const crashes = await passTime(run, eventsOf(run), tell)
  tell('the time is over; judging')
  const judged = await judge({ soak, all, made, start, pulled, pauses })
  return { ...judged, crashes }
}

const addressesOf = (place: number) => [`reader-${place}@users.example`, `contact-${place}@orgs.example`]

interface Run {
  readonly soak: Soak
  readonly all: readonly Simulated[]
  readonly made: readonly Made[]
  readonly start: number
  readonly pulled: Told[]
  readonly pauses: { from: number; until: number }[]
  readonly chance: () => number
}

function eventsOf(run: Run): Event[] {
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
  }
  function holdOf(hold: NonNullable<Simulated['hold']>, its: Made) {
    let holdId: string | undefined
    at(hold.fromMs, async ({ river: { database } }) => {
      const paper = { kind: 'court_order', authority: 'a court', documentSha256: 'ab'.repeat(32) } as const
      const of = hold.scope === 'report' ? its.reportId : its.caseId
      // Written once, also when the one who wrote it died over it.
      if (holdId === undefined && (await holdsFor(soak, start + hold.untilMs)) === 0)
        await database.transact(async (tx) => {
          const asked = { scope: hold.scope, of, ...paper, expiresAt: start + hold.untilMs, by: person } as const
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
    if (all[placeOf.get(case_id) ?? -1]?.fate === 'mended') await retryNotice(river, id, person)
}

/** Twice a thousand writes. */
const odds = 0.002

async function passTime(run: Run, events: Event[], tell: (words: string) => void): Promise<number> {
  const { soak, start, chance } = run
  const { clock } = soak
  let process = await startProcess(soak.river, chance, odds)
  let crashes = 0
  const restart = async () => {
    crashes += 1
    await process.stop()
    process = await startProcess(soak.river, chance, odds)
  }
  let next = 0
  let day = 0
  for (;;) {
    const event = events[next]
    const job = await nextJob(soak)
    const end = start + soakMs
    const to = Math.min(event?.at ?? end, job ?? end, end)
    // A worker looks once a second; one jump is half a minute at most behind.
    if (to > clock.now()) clock.set(Math.min(to, end))
    if (clock.now() - start >= (day + 1) * 24 * hourMs) tell(`day ${++day}, ${crashes} crashes`)
    if (event !== undefined && event.at <= clock.now()) {
      try {
        await event.act(process)
        next += 1
      } catch (error) {
        if (!(error instanceof Killed)) throw error
      }
      if (process.isDead()) await restart()
      continue
    }
    if (job === undefined && event === undefined) clock.set(end)
    if (clock.now() >= end) break
    await drain(soak, process, restart)
    if (process.isDead()) await restart()
  }
  await process.stop()
  if (process.isDead()) crashes += 1
  return crashes
}

const kinds = ['notify', 'event_taken', 'platform_event']

async function nextJob({ database, clock }: Soak): Promise<number | undefined> {
  const row = await database.read
    .selectFrom('jobs')
    .select('run_at')
    .where('kind', 'in', kinds)
    .where('state', '=', 'waiting')
    .orderBy('run_at')
    .limit(1)
    .executeTakeFirst()
  return row && Math.max(row.run_at, clock.now())
}

/** Until nothing is due any more and nobody is at work. */
async function drain({ database, clock }: Soak, process: Process, restart: () => Promise<void>): Promise<void> {
  for (let looks = 0; ; looks += 1) {
    if (process.isDead()) return restart()
    // Each poke asks the database; a worker that has ended a job looks by itself.
    if (looks % 10 === 0) process.poke()
    const busy = await database.read
      .selectFrom('jobs')
      .select('id')
      .where('kind', 'in', kinds)
      .where((eb) =>
        eb.or([eb('state', '=', 'running'), eb.and([eb('state', '=', 'waiting'), eb('run_at', '<=', clock.now())])]),
      )
      .limit(1)
      .executeTakeFirst()
    if (busy === undefined) return
    if (looks > 60_000) throw new Error('a job is never done')
    await new Promise((resolve) => setTimeout(resolve, 4))
  }
}
