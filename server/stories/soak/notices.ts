// Thousands of reports finish, and their people are told, through crashes, refusals, bounces, holds, releases, pauses and a platform that is away.
import type { Kind } from '../world.ts'
import { addressesOf, type Run } from './notices-deeds.ts'
import { type Event, eventsOf } from './notices-events.ts'
import { type Judged, judge } from './notices-judge.ts'
import { hourMs, seeded, simulate, soakMs } from './notices-model.ts'
import { Killed, type Process, startProcess } from './notices-process.ts'
import { makeReports, openSoak, type Soak, type Told } from './notices-world.ts'

export interface Asked {
  readonly reports: number
  readonly seed: number
  readonly tell?: (words: string) => void
}

export interface Soaked extends Judged {
  readonly crashes: number
}

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
