// The HTTP door: what comes in is checked and counted, what goes out says no more than it may.
import rateLimit from '@fastify/rate-limit'
import { wrongKeys } from '@wardline/api'
import Fastify from 'fastify'
import { serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import type { z } from 'zod'
import { type Clock, type Environment, type Log, newId, systemClock } from '#base'
import { ourTexts, type Texts } from '#notices'
import { answerProblem } from './answer-problem.ts'
import { appealRoutes } from './appeals.ts'
import { hearingRoutes } from './appeals-desk.ts'
import { guard, type Identify } from './callers.ts'
import { caseRoutes } from './cases.ts'
import { contextRoute } from './context.ts'
import { entryRoutes } from './entries.ts'
import { eventRoutes } from './events.ts'
import { watchRequests } from './journal.ts'
import { listenFault } from './listen.ts'
import { openMetrics } from './metrics.ts'
import { openMetricsPort } from './metrics-port.ts'
import { noticeRoutes } from './notices.ts'
import { describe } from './openapi.ts'
import { Refused } from './problem.ts'
import { repairRoutes } from './repairs.ts'
import { reportRoutes } from './reports.ts'
import { scanRoutes } from './scans.ts'
import type { Stages } from './stages.ts'
import { standingRoutes } from './standing.ts'
import { statsRoute } from './stats.ts'
import { openStrangers } from './strangers.ts'
import { openUnreadable } from './unreadable.ts'

export type { Identify } from './callers.ts'
export type { EntryStages } from './entry-stages.ts'
export type { EventStages } from './event-stages.ts'
export type { HearingStages } from './hearing-stages.ts'
export { type LogSettings, openLog } from './log.ts'
export type { NoticeStages } from './notice-stages.ts'
export type { RepairStages } from './repair-stages.ts'
export type { CaseAct, EntryFigures, FilingFigures, Gauges, Page, ScanCall, ScanOutcome, Stages } from './stages.ts'

export interface HttpSettings {
  readonly environment: Environment
  readonly server: {
    readonly host: string
    readonly port: number
    readonly bodyLimitMb: number
    readonly filesPerScan: number
    /** Addresses and CIDR blocks whose X-Forwarded-For is believed; none if left out. */
    readonly trustedProxies?: readonly string[]
  }
  /** null: no port of its own; then /metrics stands here and wants a key. */
  readonly metrics: { readonly port: number | null }
  readonly limits: { readonly scansPerMinutePerKey: number }
  /** platform: the service's name, shown on the appeal page. */
  readonly cybertip?: { readonly platform?: string | undefined }
  /** language: of the appeal page, where neither the notice nor the browser names one that we write. */
  readonly notices?: { readonly language?: string | undefined }
}

export interface Http {
  /** Without a slash at its end. */
  readonly url: string
  readonly metricsUrl: string | undefined
  /**
   * Takes no more requests (503 for those that still come in on open connections), lets the running ones end, waits at
   * most `graceMs` (default 30 s) for callers that hold the line. Resolves when no scan runs any more.
   */
  close(graceMs?: number): Promise<void>
}

/** A body that is not through in this time is cut off. */
const requestTimeoutMs = 300_000

export async function openHttp({
  settings,
  version,
  log,
  clock,
  identify,
  stages,
  texts = ourTexts(),
}: {
  readonly settings: HttpSettings
  readonly version: string
  readonly log: Log
  readonly clock: Clock
  readonly identify: Identify
  readonly stages: Stages
  /** What the appeal page says. */
  readonly texts?: Texts | undefined
}): Promise<Http> {
  const { server, environment } = settings
  const bodyBytes = server.bodyLimitMb * 1024 * 1024
  const metrics = openMetrics(environment, () => stages.gauges())
  const running = new Set<Promise<unknown>>()
  let closing = false

  const answer = answerProblem({ log, mostBytes: bodyBytes })
  const unreadable = openUnreadable({ clock, log, metrics, headers: securityHeaders })
  const app = Fastify({
    logger: false,
    genReqId: () => newId('req', clock),
    requestTimeout: requestTimeoutMs,
    // The framework's own words for this would not be a problem of ours.
    return503OnClosing: false,
    trustProxy: server.trustedProxies?.length ? [...server.trustedProxies] : false,
    routerOptions: { maxParamLength: 300 },
    clientErrorHandler: unreadable.answer,
    frameworkErrors: (error, request, reply) => {
      answer(error, request, reply)
    },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler<z.ZodType>(({ schema }) => (value) => {
    const parsed = schema.safeParse(value)
    if (parsed.success) return { value: parsed.data }
    return { error: new Refused('request_wrong', { wrong: wrongKeys(parsed.error, value) }) }
  })
  app.setSerializerCompiler(serializerCompiler)
  app.setErrorHandler((error, request, reply) => {
    answer(error, request, reply)
  })
  app.setNotFoundHandler((request, reply) => answer(new Refused('no_such_route'), request, reply))

  unreadable.watch(app.server)
  watchRequests(app, { log, metrics })
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(securityHeaders)
    if (closing) throw new Refused('shutting_down')
  })
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
  guard(app, identify, openStrangers(clock))
  await app.register(rateLimit, { global: false })
  await describe(app, version)
  await app.register((scope) =>
    scanRoutes(scope.withTypeProvider(), {
      stages,
      metrics,
      limits: { bodyBytes, files: server.filesPerScan },
      scansPerMinute: settings.limits.scansPerMinutePerKey,
      running: (work) => remember(running, work),
    }),
  )
  await app.register(async (scope) => contextRoute(scope.withTypeProvider(), stages))
  await app.register(async (scope) => caseRoutes(scope.withTypeProvider(), stages))
  await app.register(async (scope) => reportRoutes(scope.withTypeProvider(), stages))
  await app.register(async (scope) => entryRoutes(scope.withTypeProvider(), stages.entries))
  await app.register(async (scope) => repairRoutes(scope.withTypeProvider(), stages.repairs))
  await app.register(async (scope) => noticeRoutes(scope.withTypeProvider(), stages.notices))
  await app.register(async (scope) => eventRoutes(scope.withTypeProvider(), stages.events))
  await app.register(async (scope) => statsRoute(scope.withTypeProvider(), stages))
  await app.register(async (scope) => hearingRoutes(scope.withTypeProvider(), stages.hearing))
  await app.register((scope) =>
    appealRoutes(scope.withTypeProvider(), {
      stages,
      looks: { environment, platform: settings.cybertip?.platform, texts, language: settings.notices?.language },
      answerProblem: answer,
    }),
  )
  const atHome = settings.metrics.port === null ? metrics : undefined
  await app.register(async (scope) =>
    standingRoutes(scope.withTypeProvider(), { environment, stages, metrics: atHome }),
  )

  const { host, port } = server
  const url = await app.listen({ host, port }).catch((cause: NodeJS.ErrnoException) => {
    throw listenFault(cause, { host, port, key: 'server.port' })
  })
  const metricsPort =
    settings.metrics.port === null
      ? undefined
      : await openMetricsPort(settings.metrics.port, metrics, log).catch(async (cause: unknown) => {
          await app.close()
          throw cause
        })
  log.info({ host, port: Number(new URL(url).port) }, 'listening')

  return {
    url,
    metricsUrl: metricsPort?.url,
    close: async (graceMs = 30_000) => {
      closing = true
      // Real time on purpose: a still clock must not keep a process from ending.
      const patience = new AbortController()
      const cutOff = systemClock.wait(graceMs, patience.signal).then(() => app.server.closeAllConnections())
      await app.close()
      patience.abort()
      await cutOff
      await Promise.allSettled(running)
      await metricsPort?.close()
      log.info({}, 'closed')
    },
  }
}

/** No page of ours is framed, guessed at, cached or told to another site. */
const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
}

function remember<T>(running: Set<Promise<unknown>>, work: Promise<T>): Promise<T> {
  running.add(work)
  const forget = () => running.delete(work)
  work.then(forget, forget)
  return work
}
