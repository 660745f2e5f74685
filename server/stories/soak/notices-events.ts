// What happens in the simulated days, in its order: reports finish, people release and hold, mails bounce, a platform fetches and is away.
import { caseRepaired, readCase } from '#cases'
import { recallNotice } from '#flow'
import { addHold, endHold, releaseNotice } from '#notices'
import { beginPause, endPause, readPause } from '#pause'
import { bounce, fetchDue, holdUntaken, mend, person, type Run } from './notices-deeds.ts'
import { hourMs, type Simulated, soakMs } from './notices-model.ts'
import type { Process } from './notices-process.ts'
import { finishReport, type Made, type Soak } from './notices-world.ts'

export interface Event {
  readonly at: number
  readonly act: (process: Process) => Promise<void>
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
  for (const from of [30, 42]) {
    at(from * hourMs, async () => platform.goAway(true))
    at((from + 5) * hourMs, (process) => holdUntaken(run, process))
    at((from + 6) * hourMs, async () => platform.goAway(false))
  }
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
