// What the HTTP door asks for, answered by the river and by the folders' own views.
import { statfs } from 'node:fs/promises'
import type { CaseDetail, Check } from '@wardline/api'
import { actorOf, type Caller, may, openWindowNow, personIn } from '#access'
import { countUnsent } from '#alerts'
import { appealsOfCase, countAppeals, recordAppeal } from '#appeals'
import type { Actor } from '#audit'
import { Fault } from '#base'
import { countCases, countTestCases, countWaiting, listCases, readCase, scanState, showCase } from '#cases'
import { configuredLists } from '#config'
import { readFigures } from '#figures'
import {
  actionability,
  addContext,
  agesOf,
  type BatchBy,
  batchCases,
  closeCase,
  confirmCase,
  dismissCase,
  foreseeBatch,
  lacksOf,
  longReviewMs,
  type River,
  retryReport,
  reviewMs,
  scan,
} from '#flow'
import type { EntryFigures, FilingFigures, Gauges, ScanCall, ScanOutcome, Stages } from '#http'
import { countJobs } from '#jobs'
import { countLetters, leftOf, readBox, readCounts } from '#letters'
import { countCorrections, countFeedback, listSetAsides } from '#lists'
import { noticeFigures, noticesOfCase, readAppealToken, toldWhen } from '#notices'
import { readPause } from '#pause'
import { casesUndecided } from '#repairs'
import { countLate, countReports, listReports, openWay, readLine, reportOfCase, showReport } from '#reports'
import { listKeys } from '#vault'
import { countEvents } from '#webhooks'
import { entryStagesOf } from './entry-stages.ts'
import { eventStagesOf } from './event-stages.ts'
import type { Ground } from './ground.ts'
import { hearingStagesOf } from './hearing-stages.ts'
import { noticeStagesOf } from './notice-stages.ts'
import { repairStagesOf } from './repair-stages.ts'

const megabyte = 1024 * 1024

export function stagesOf({ river, ground }: { river: River; ground: Ground }): Stages {
  const { database, vault, clock } = river
  const db = database.read
  const decided = async (number: number) => {
    const { state, decision } = await readCase(db, vault, number)
    return { number, state, viewed: decision?.viewed ?? false }
  }
  return {
    entries: entryStagesOf(river),
    repairs: repairStagesOf(river, ground.config.repairs.correctionsTo),
    notices: noticeStagesOf(river),
    events: eventStagesOf(river),
    hearing: hearingStagesOf(river),
    scan: (call) => scanned(river, call),
    scanState: (id) => scanState(db, id),
    addContext: async (id, said, caller) => ({
      id,
      ...(await addContext(river, { scanId: id, said, apiKeyId: caller.keyId })),
    }),

    listCases: (page) => listCases(db, page),
    showCase: (number) => detail(river, number),
    confirmCase: async ({ number, caller, ...how }) => {
      await confirmCase(river, number, personOf(caller), how)
      return decided(number)
    },
    dismissCase: async ({ number, caller, reason, falseMatch }) => {
      await dismissCase(river, number, personOf(caller), { reason, falseMatch })
      return decided(number)
    },
    closeCase: async ({ number, caller, reason }) => {
      await closeCase(river, number, personOf(caller), { reason })
      return decided(number)
    },

    foreseeBatch: async ({ incidentType, ...by }) => {
      const { fileId, cases, left } = await foreseeBatch(river, batchBy(by), incidentType)
      return { fileId, cases: cases.map(({ number }) => number), left: [...left] }
    },
    batchCases: async ({ file, entry, ...batch }, caller) => {
      const { reportId } = await batchCases(river, { ...batch, of: batchBy({ file, entry }), by: personOf(caller) })
      return { reportId, cases: batch.cases.length }
    },

    listReports: (page) => listReports(db, page),
    showReport: (id) => showReport(db, id),
    retryReport: async (id, caller) => {
      await retryReport(river, id, actorOf(caller))
      return showReport(db, id)
    },

    appealPage: async (token) => {
      const noticeId = readAppealToken(vault, token)
      const told = noticeId && (await toldWhen(db, vault, noticeId))
      if (!told) return 'no_such_link'
      return told
    },
    recordAppeal: async (token, words) => {
      const noticeId = readAppealToken(vault, token)
      if (noticeId === undefined) return 'no_such_link'
      const settings = river.hearings
      await database.transact((tx) => recordAppeal(tx, clock, vault, { noticeId, words, door: 'link', settings }))
      river.wake()
      return 'recorded'
    },

    readStats: async ({ since, until = clock.now() }) => ({
      environment: river.environment,
      ...(await readFigures(db, { since, until })),
    }),
    ready: () => checks(river, ground),
    gauges: async () => {
      return {
        jobs: await countJobs(db),
        cases: await countCases(db),
        reports: await countReports(db),
        lists: { ...listFigures(river), ...(await fetchFigures(river, ground)) },
        appeals: await countAppeals(db, clock.now()),
        letters: await letterFigures(river),
        filing: await filingFigures(river),
        notices: await noticeFigures(db, clock, casesUndecided),
        entries: await entryFigures(river),
        events: await countEvents(db, clock),
        paused: (await readPause(db)) !== undefined,
        vault: await keyFigures(river),
        tests: {
          cases: await countTestCases(db),
          windowClosesAt: (await openWindowNow(db, clock))?.closesAt ?? null,
        },
      }
    },
  }
}

async function keyFigures({ database }: River): Promise<Gauges['vault']> {
  const keys = (await listKeys(database.read)).filter(({ state }) => state !== 'retired')
  const left = keys.reduce((sum, { leftUnder = 0 }) => sum + leftUnder, 0)
  return { keys: keys.length, uncopied: keys.filter(({ copiedAt }) => copiedAt === undefined).length, left }
}

async function letterFigures({ database: { read }, clock }: River): Promise<Gauges['letters']> {
  const { failingSince } = await readBox(read)
  return {
    byState: (await countLetters(read)).byState,
    left: leftOf(await readCounts(read, clock.now())),
    unreachableMs: failingSince === null ? 0 : clock.now() - failingSince,
  }
}

async function filingFigures(river: River): Promise<FilingFigures> {
  const { read } = river.database
  const now = river.clock.now()
  return {
    line: (await readLine(read)).standing,
    late: await countLate(read, now - river.lateMs),
    undecidedDay: await countWaiting(read, now - reviewMs),
    undecidedTwoDays: await countWaiting(read, now - longReviewMs),
    alertsUnsent: await countUnsent(read, {
      webhook: river.alerts !== undefined,
      mail: river.alertsTo !== undefined,
      since: now - longReviewMs,
    }),
  }
}

async function entryFigures({ database: { read }, clock, guards }: River): Promise<EntryFigures> {
  const asides = await listSetAsides(read, clock)
  const of = (state: (typeof asides)[number]['state']) => asides.filter((one) => one.state === state).length
  return {
    setAside: { set_aside: of('set_aside'), kept: of('kept'), released: of('released') },
    setAsideOverdue: asides.filter(({ overdue }) => overdue).length,
    corrections: await countCorrections(read, clock),
    feedback: await countFeedback(read),
    ...guards.tallies,
  }
}

async function scanned(river: River, call: ScanCall): Promise<ScanOutcome> {
  const { caller, images, context, idempotencyKey } = call
  const mayTest = may(caller, 'send_test_card')
  const arrival = { sentBy: caller.keyId, mayTest, receivedAt: river.clock.now(), images, context, idempotencyKey }
  const tested = new Set<string>()
  try {
    const answer = await scan(river, arrival, (id) => tested.add(id))
    const held = new Set(
      ('results' in answer ? answer.results : [answer]).flatMap(({ id, verdict }) => (verdict === 'held' ? [id] : [])),
    )
    // What is real is real whoever sent it; of what was not held nobody can tell but by the key.
    return { kind: 'answered', answer, isTest: (id) => tested.has(id) || (mayTest && !held.has(id)) }
  } catch (error) {
    if (error instanceof Fault && error.code === 'request_in_progress') return { kind: 'in_progress' }
    if (error instanceof Fault && error.code === 'key_reused') return { kind: 'key_reused' }
    throw error
  }
}

async function detail(river: River, number: number): Promise<CaseDetail> {
  const { database, vault } = river
  const shown = await showCase(database.read, vault, number)
  const measured = await actionability(river, database.read, await readCase(database.read, vault, number))
  const report = await reportOfCase(database.read, shown.id)
  return {
    ...shown,
    actionability: measured === undefined ? null : { score: measured.points, lacking: lacksOf(measured) },
    reports: report === undefined ? [] : [report],
    notices: [...(await noticesOfCase(database.read, shown.id))],
    appeals: (await appealsOfCase(database.read, vault, shown.id)).map((one) => ({ ...one, words: [...one.words] })),
  }
}

/** May this server take images now? Each check in words, with what to do. */
async function checks({ database, vault, matching, reports, decoders }: River, { config }: Ground): Promise<Check[]> {
  const way = openWay(reports)
  const { free, ok: roomy } = await room(config.data, config.limits.freeDiskMb)
  const reachable = await database.ping().then(
    () => true,
    () => false,
  )
  const decoding = await decoders.ready().then(
    () => true,
    () => false,
  )
  const storing = await vault.probe().then(
    () => 'can be written',
    (error: unknown) => (error instanceof Fault ? error.message : 'could not be tried; see the log'),
  )
  const pause = reachable ? await readPause(database.read).catch(() => undefined) : undefined
  return [
    { name: 'database', ok: reachable, words: reachable ? 'answers' : 'does not answer' },
    { name: 'decoders', ok: decoding, words: decoding ? 'ready' : 'none can start; see the log' },
    {
      name: 'disk',
      ok: roomy,
      words: roomy
        ? `${free} MB free for evidence`
        : `${free} MB free, limits.freeDiskMb asks for ${config.limits.freeDiskMb}: make room`,
    },
    { name: 'vault', ok: storing === 'can be written', words: storing },
    { name: 'lists', ...listsCheck(matching) },
    {
      name: 'pause',
      ok: true,
      words: pause === undefined ? 'none' : 'PAUSED: nothing is filed, told or destroyed (wardline pause show)',
    },
    {
      name: 'cybertipline',
      ok: true,
      words: way.kind === 'client' ? 'configured' : `cannot report, missing: ${way.missing.join(', ')}`,
    },
  ]
}

/** Former lists that serve on are better than no answer: then the words say what is wrong, and images are taken. */
function listsCheck(matching: River['matching']): { ok: boolean; words: string } {
  const { loaded, trouble } = matching.standing()
  if (loaded < 1)
    return {
      ok: false,
      words: trouble === undefined ? `loading ${Math.floor(loaded * 100)} %` : `not loaded: ${trouble}`,
    }
  const { size, version } = matching.current()
  if (trouble !== undefined)
    return { ok: true, words: `version ${version} stays in use; the newest cannot be read: ${trouble}` }
  return { ok: true, words: size > 0 ? `version ${version}` : 'empty: nothing can be found (wardline lists import)' }
}

async function fetchFigures(
  { database, clock }: River,
  { config }: Ground,
): Promise<Pick<Gauges['lists'], 'fetched' | 'tooOld'>> {
  const ages = await agesOf({ database, clock, lists: configuredLists(config) })
  return {
    fetched: ages.map(({ list, ageMs }) => ({ id: list.id, ageMs })),
    tooOld: ages.filter(({ tooOld }) => tooOld).length,
  }
}

function listFigures({ matching, clock }: River): Omit<Gauges['lists'], 'fetched' | 'tooOld'> {
  const { loaded, refreshedAt } = matching.standing()
  const { size, version, bytes, lists } = loaded < 1 ? nothingLoaded : matching.current()
  const ageMs = refreshedAt === undefined ? null : clock.now() - refreshedAt
  return { loaded, entries: size, version, bytes, ageMs, byList: lists }
}

const nothingLoaded = { size: 0, version: 0, bytes: 0, lists: [] }

async function room(folder: string, neededMb: number): Promise<{ free: number; ok: boolean }> {
  const { bavail, bsize } = await statfs(folder)
  const free = Math.floor((bavail * bsize) / megabyte)
  return { free, ok: free >= neededMb }
}

const personOf = (caller: Caller): Actor => `person:${personIn(caller, 'decides about a case')}`

/** The door has seen to it that one is there. */
function batchBy({ file, entry }: { file?: string | undefined; entry?: string | undefined }): BatchBy {
  return file === undefined ? { asideId: entry ?? '' } : { fileId: file }
}
