// What a start owes to the time before it: cases that waited for credentials, answers that are too old, files nobody knows.
import { Fault } from '#base'
import { type CaseState, listCases } from '#cases'
import { forgetExpiredAnswers } from '#intake'
import { finishRemovals, forgetHits, tidyCanaries } from '#lists'
import { readPause } from '#pause'
import { forgetEvents } from '#webhooks'
import { askForCompactions } from './compact.ts'
import { resumeReleased } from './entry-cases.ts'
import { resumeFiling } from './filing-line.ts'
import { writeMissingEntries } from './missing-entries.ts'
import { lookAgain } from './more-facts.ts'
import { resumeUnreported, say } from './report.ts'
import { askForResealing } from './reseal.ts'
import type { River } from './river.ts'

/** Once at start, then every hour. */
export async function tidy(river: River): Promise<void> {
  await river.database.transact((tx) => forgetExpiredAnswers(tx, river.clock))
  await river.database.transact((tx) => forgetHits(tx, river.clock, river.rules.breaker))
  await writeMissingEntries(river)
  await resumeReleased(river)
  // On a stale database's word no file is nobody's.
  if ((await readPause(river.database.read)) === undefined) await river.vault.sweep()
  await river.logbook.forget()
  await tidyCanaries(river.database, river.vault, river.clock)
  await finishRemovals(river.database)
  if ((await readPause(river.database.read)) === undefined) await forgetAll(river)
  await askForCompactions(river)
  await askForResealing(river)
}

async function forgetAll({ database, clock }: River): Promise<void> {
  while (await database.transact((tx) => forgetEvents(tx, clock)));
}

/** Every case that could not be reported, or that waits for facts, looked at again; all pages of them. */
export async function resume(river: River): Promise<void> {
  // Whoever starts a server has perhaps mended what stopped the line.
  await resumeFiling(river, 'wardline')
  // The operator may have changed the floor.
  await each(river, 'waiting_facts', async (id) => {
    say(river, await river.database.transact((tx) => lookAgain(river, tx, id)))
  })
  await each(river, 'cannot_report', (id) => resumeUnreported(river, [id]))
}

async function each(river: River, state: CaseState, work: (caseId: string) => Promise<void>): Promise<void> {
  for (let before: number | undefined; ; ) {
    const page = await listCases(river.database.read, { state, limit: 100, before })
    for (const { id } of page) await work(id).catch(leaveToPerson(river, id))
    before = page.at(-1)?.number
    if (page.length < 100) return
  }
}

/** One case that cannot be read, say, must not keep the server from starting: the others are reported. */
const leaveToPerson = (river: River, id: string) => (error: unknown) => {
  if (error instanceof Fault && (error.retry === 'now' || error.retry === 'later')) throw error
  const words = isUnnamed(error)
    ? 'ALERT: this case stays unreported until a person says what the incident is (wardline cases confirm --incident-type)'
    : 'ALERT: this case stays unreported, for it cannot go on; a person must look, then start the server again'
  river.log.error({ case: id, error }, words)
}

/** Confirmed under a version that did not ask for it. */
const isUnnamed = (error: unknown) => error instanceof Fault && error.code === 'incident_type_missing'
