// Puts the folders together: the ground, the river on it, and the doors. Everything that is opened here is closed here.
import { readFileSync } from 'node:fs'
import { identify } from '#access'
import { openSequencer } from '#audit'
import { type Config, configuredLists } from '#config'
import {
  alertHandlers,
  beginFetching,
  beginReading,
  compareLogbook,
  type FetchGround,
  fetchHandlers,
  filingHandlers,
  handlers,
  keepWatch,
  letterHandlers,
  listUncertain,
  lookUpHandlers,
  openCards,
  openGuards,
  openMatching,
  openWatch,
  type River,
  resume,
  seatAll,
  tidy,
  webhookHandlers,
} from '#flow'
import { openDecoders } from '#hash'
import { openHttp } from '#http'
import { releaseClaims } from '#intake'
import { openWorker, releaseJobs } from '#jobs'
import { leashOf, openDesk, webhooksOf } from './desk.ts'
import { type Ground, type Outside, openGround } from './ground.ts'
import { noticePolicy, noticeWords } from './notice-policy.ts'
import { stagesOf } from './stages.ts'

export { leashOf, openDesk, webhooksOf } from './desk.ts'
export { databaseSettings, type Ground, type Outside, openGround } from './ground.ts'

export interface Wardline extends AsyncDisposable {
  readonly url: string
  readonly metricsUrl: string | undefined
  readonly ground: Ground
  readonly river: River
  /** Finishes what runs, then closes everything. */
  close(): Promise<void>
}

const minuteMs = 60_000
const hourMs = 3_600_000
/** How long callers may hold the line at a stop; `wardline serve` gives the whole stop 30 s. */
const graceMs = 20_000
/** A dead replica's job is taken over after this; renewed every 5 s while its worker lives. */
const longLeaseMs = 30_000
/** Each list has a hand of its own, so that none waits for one that hangs; of more than these, some take turns. */
const mostFetches = 8

/**
 * Starts a server. Faults say what is wrong and what to do; whatever was opened by then is closed again. leaseMs: stories
 * that kill a server do not want to wait so long for the next one to take over.
 */
export async function openWardline(
  config: Config,
  outside: Outside,
  { leaseMs = longLeaseMs }: { leaseMs?: number } = {},
): Promise<Wardline> {
  const closing: (() => Promise<void>)[] = []
  const close = async () => {
    // Whatever does not end as it should, the rest is ended all the same.
    for (const end of closing.splice(0).reverse())
      await end().catch((error: unknown) => outside.log.error({ error }, 'a part of the server did not end cleanly'))
  }
  try {
    // Before anything is opened: what people would be told is whole, or the server does not begin.
    const policy = { ...noticePolicy(config), ...noticeWords(config) }
    const ground = await openGround(config, outside, { createKey: true, alone: true })
    closing.push(() => ground.close())
    const { database, clock, log, vault } = ground
    if (database.kind === 'sqlite') {
      // Nobody else can be working on them: the folder's lock is ours.
      await database.transact(async (tx) => {
        await releaseJobs(tx)
        await releaseClaims(tx)
      })
    }
    const decoders = openDecoders({ count: config.limits.decoders, ...leashOf(config), log })
    closing.push(() => decoders.close())
    await decoders.ready()
    const matching = openMatching({ database, vault, environment: config.environment, clock, log })
    closing.push(() => matching.stop())
    const guards = await openGuards({ database, vault, environment: config.environment, clock, log })
    closing.push(() => guards.stop())
    // Loading takes a while; until it is done, scans are answered with 503.
    matching.start()
    guards.start()

    const sequencer = openSequencer({ database, clock, log })
    const river: River = {
      ...openDesk(ground, () => {
        for (const one of running) one.poke()
      }),
      decoders,
      matching,
      guards,
      cards: openCards(log),
      letters: lettersOf(config),
      alerts: alertsOf(config),
      webhooks: webhooksOf(config),
      alertsTo: config.alerts.email,
      lateMs: config.reports.lateAfterHours * hourMs,
      notices: {
        ...policy,
        get publicUrl() {
          return config.server.publicUrl ?? http.url
        },
      },
    }
    const worker = openWorker({ database, clock, log, handlers: handlers(river), leaseMs })
    // Apart from the rest, so that long uploads hold up nothing else; each report uploads one file at a time.
    const filer = openWorker({
      database,
      clock,
      log,
      handlers: filingHandlers(river),
      leaseMs,
      concurrency: config.reports.uploadsAtATime,
    })
    const fetching = fetchingOf(ground, river.wake)
    const atOnce = Math.min(mostFetches, Math.max(1, fetching.lists.length))
    const fetcher = openWorker({
      database,
      clock,
      log,
      handlers: fetchHandlers(fetching),
      leaseMs,
      concurrency: atOnce,
    })
    const alerter = openWorker({ database, clock, log, handlers: alertHandlers(river), leaseMs, concurrency: 2 })
    const asker = openWorker({ database, clock, log, handlers: lookUpHandlers(river), leaseMs })
    const teller = openWorker({ database, clock, log, handlers: webhookHandlers(river), leaseMs })
    const reader = openWorker({ database, clock, log, handlers: letterHandlers(river), leaseMs, concurrency: 1 })
    // Stopped in the order from last to first: the trail is chained until nothing writes it any more.
    const running = [sequencer, worker, filer, fetcher, alerter, asker, teller, reader]
    for (const one of running) closing.push(() => one.stop())
    const http = await openHttp({
      settings: config,
      version,
      log,
      clock,
      identify: (presented) => identify(database.read, clock, presented),
      stages: stagesOf({ river, ground }),
      texts: river.notices.texts,
    })
    // Ended first of all: who is being answered still needs the rest.
    closing.push(() => http.close(graceMs))
    await compareLogbook(river)
    await sayPause(river)
    // Behind the pause: on a stale database's word nothing is swept.
    const tidying = 'tidying failed; it is tried again in an hour'
    closing.push(keepDoing(river, { everyMs: hourMs, words: tidying, work: () => tidy(river) }))
    await resume(river)
    await beginFetching(fetching)
    await beginReading(river)
    for (const one of running) one.start()
    closing.push(keepWatch(fetching))
    const watching = 'what waits could not be looked at; it is tried again in a minute'
    closing.push(keepDoing(river, { everyMs: minuteMs, words: watching, work: openWatch(river) }))
    const seating = 'appeals could not be given to people; it is tried again in a minute'
    closing.push(keepDoing(river, { everyMs: minuteMs, words: seating, work: () => seatAll(river) }))
    return { url: http.url, metricsUrl: http.metricsUrl, ground, river, close, [Symbol.asyncDispose]: close }
  } catch (error) {
    await close()
    throw error
  }
}

function lettersOf({ environment, appeals: { mail } }: Config): River['letters'] {
  const { imapUrl, address, everySeconds } = mail
  return imapUrl === undefined || address === undefined
    ? undefined
    : { environment, imapUrl, address, everyMs: everySeconds * 1000 }
}

function alertsOf({ alerts: { webhookUrl, secret } }: Config): River['alerts'] {
  return webhookUrl === undefined || secret === undefined ? undefined : { webhookUrl, secret }
}

function fetchingOf({ config, database, clock, log, vault }: Ground, wake: () => void): FetchGround {
  const { environment } = config
  return { environment, database, clock, log, vault, lists: configuredLists(config), alerts: alertsOf(config), wake }
}

async function sayPause(river: River): Promise<void> {
  const pause = await listUncertain(river)
  if (pause !== undefined)
    river.log.error(
      { pause: pause.id, why: pause.why },
      'ALERT: paused: nothing is filed, told or destroyed until a person ends it (wardline pause show); images are answered as always',
    )
}

/** Now and again and again, until the returned function is called. */
function keepDoing(
  { log, clock }: River,
  { everyMs, words, work }: { readonly everyMs: number; readonly words: string; readonly work: () => Promise<void> },
): () => Promise<void> {
  const stopping = new AbortController()
  const run = async () => {
    while (!stopping.signal.aborted) {
      await work().catch((error: unknown) => log.error({ error }, words))
      await clock.wait(everyMs, stopping.signal)
    }
  }
  const running = run()
  return async () => {
    stopping.abort()
    await running
  }
}

const version: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version
