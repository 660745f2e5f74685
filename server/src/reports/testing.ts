// For tests: a case of which a report may be sent, and a world in which one is filed step by step.
import { type Cybertipline, startCybertipline } from '@wardline/sandbox'
import { type CaseRecord, moveCase, readCase } from '#cases'
import type { DatabaseSettings } from '#db'
import { type Ground, openGround } from '../cases/testing.ts'
import { type Fileable, isFileable } from './purpose.ts'
import {
  createReport,
  credentialsOf,
  journalIntent,
  journalResult,
  openWay,
  performCall,
  type ReportSettings,
} from './reports.ts'

export function fileable(record: CaseRecord): Fileable {
  if (!isFileable(record)) throw new Error('a test in production is no case to be filed')
  return record
}

export interface FilingWorld extends Ground {
  readonly line: Cybertipline
  readonly settings: ReportSettings<'sandbox'>
  /** A case that is `reporting`, with its report. */
  reported(...files: readonly Uint8Array[]): Promise<string>
}

export async function openFilingWorld(database: DatabaseSettings): Promise<FilingWorld> {
  const ground = await openGround(database)
  const line = await startCybertipline({ clock: ground.clock })
  const { user, password } = line.credentials
  const settings: FilingWorld['settings'] = {
    environment: 'sandbox',
    baseUrl: line.baseUrl,
    credentials: credentialsOf('sandbox', { username: user, password }),
    reporter: { email: 'trust@example.org' },
  }
  const reported: FilingWorld['reported'] = async (...files) => {
    const finds = []
    for (const bytes of files) finds.push(await ground.found({}, bytes))
    const caseId = finds[0]?.caseId ?? ''
    return ground.transact(async (tx) => {
      await moveCase(tx, ground.clock, caseId, 'settled')
      const record = fileable(await readCase(tx, ground.vault, caseId))
      return (await createReport(tx, ground.clock, ground.vault, { record, settings })).reportId
    })
  }
  const close = async () => {
    await line.close()
    await ground[Symbol.asyncDispose]()
  }
  return { ...ground, line, settings, reported, [Symbol.asyncDispose]: close }
}

export function clientOf(world: FilingWorld, change: Partial<ReportSettings<'sandbox'>> = {}) {
  const way = openWay({ ...world.settings, ...change })
  if (way.kind !== 'client') throw new Error(`missing: ${way.missing.join()}`)
  return way.client
}

/** One step, whole; or only its beginning, as if the server died then or during the call. */
export async function step(
  world: FilingWorld,
  reportId: string,
  diesAfter?: 'intent' | 'call',
  client = clientOf(world),
) {
  const { database, clock, vault } = world
  const begun = await database.transact((tx) => journalIntent(tx, clock, vault, { reportId, environment: 'sandbox' }))
  if (begun.kind !== 'call' || diesAfter === 'intent') return begun
  const result = await performCall(begun, { client, db: database.read, vault })
  if (diesAfter === 'call') return begun
  await database.transact((tx) => journalResult(tx, clock, vault, begun, result))
  return begun
}

/** Until nothing is left to do; waits are waited for. Gives the names of the calls. */
export async function run(world: FilingWorld, reportId: string): Promise<string[]> {
  const names: string[] = []
  for (let left = 60; left > 0; left -= 1) {
    const done = await step(world, reportId)
    if (done.kind === 'over') return names
    if (done.kind === 'wait') world.clock.set(done.untilMs)
    else names.push(done.name)
  }
  throw new Error('the filing goes on for ever')
}
