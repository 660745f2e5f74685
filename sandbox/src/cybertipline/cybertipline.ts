/** A CyberTipline in miniature: the reporting service of NCMEC as its documentation has it, strict, in memory, on loopback. */
import { createServer } from 'node:http'
import type { Clock } from '../clock/still.ts'
import { authority, demandLoopback, listen } from '../net/loopback.ts'
import type { CallRecord } from './call.ts'
import { exchange } from './exchange.ts'
import type { Faults } from './fault-box.ts'
import { FaultBox } from './fault-box.ts'
import type { Inspection } from './incidents.ts'
import { inspection } from './inspection.ts'
import type { CybertiplineOptions, SandboxUser } from './options.ts'
import { settled } from './options.ts'
import { Reports } from './reports.ts'
import { refused, toXml } from './responses.ts'
import { routeOf } from './route.ts'
import { service } from './service.ts'
import { openSchema } from './xml/schema.ts'

export type { CallRecord } from './call.ts'
export type { StatusMap } from './codes.ts'
export type { Aim, Call, FaultRule, Faults } from './fault-box.ts'
export type { Fault, FaultLike } from './faults.ts'
export { faultKinds } from './faults.ts'
export type { Incident, IncidentReport, Inspection, Knowledge, Orphan } from './incidents.ts'
export { incidentsOf, orphansOf } from './incidents.ts'
export type { CybertiplineOptions, Right, SandboxUser } from './options.ts'
export type { Wish } from './planting.ts'
export { planted } from './planting.ts'
export type { RandomPlan } from './random-plan.ts'
export { randomPlan } from './random-plan.ts'
export type { FileRecord, Receipt, ReportRecord, ReportState } from './reports.ts'
export type { Route } from './route.ts'
export { routes } from './route.ts'
export type { Expected, Verdict } from './verdict.ts'
export { verdictOf } from './verdict.ts'

export interface Cybertipline {
  /** e.g. http://127.0.0.1:40123/ispws, without a slash at the end. */
  readonly baseUrl: string
  /** The readable page, and /inspect/reports, /inspect/calls, /inspect/faults beside it. */
  readonly pageUrl: string
  readonly port: number
  /** Of the first user. */
  readonly credentials: { readonly user: string; readonly password: string }
  readonly faults: Faults
  readonly clock: Clock
  /** A copy of what has come in so far. */
  inspect(): Inspection
  /** Cuts every connection and stops listening. */
  close(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

export const startCybertipline = async (options: CybertiplineOptions = {}): Promise<Cybertipline> => {
  demandLoopback(options)
  const settings = settled(options)
  const [{ user, password }] = atLeastOne(settings.users)
  const schema = openSchema(settings)
  const reports = new Reports(settings.clock, settings.expiredCode, settings.firstReportId)
  const faults = new FaultBox(settings.clock)
  const calls: CallRecord[] = []
  const log = (record: CallRecord) => {
    calls.push(record)
    settings.onCall?.(record)
  }
  const parts = { settings, service: service(settings, reports, schema), reports, faults, log }
  const inspect = (): Inspection => ({ reports: reports.all(), calls: [...calls] })
  const inspected = inspection({ inspect, faults, clock: settings.clock })

  const server = createServer((request, response) => {
    const url = urlOf(request.url ?? '/')
    const path = url.pathname
    const within = path === settings.basePath || path.startsWith(`${settings.basePath}/`)
    const done = within
      ? exchange(parts, routeOf(path, settings.basePath), request, response)
      : inspected(url, request, response)
    // A fault of the sandbox itself: the caller sees 1000, the test's output the reason.
    done.catch((error: unknown) => {
      console.error('sandbox:', error)
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'application/xml;charset=UTF-8' })
      response.end(toXml(refused(1000)))
    })
  })
  // Uploads may take long; this server sets no deadline of its own.
  server.requestTimeout = 0
  const { host, port } = await listen(server, options)

  const close = async () => {
    if (!server.listening) return
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
    schema.dispose()
  }
  const origin = `http://${authority(host, port)}`
  return {
    baseUrl: `${origin}${settings.basePath}`,
    pageUrl: `${origin}/`,
    port,
    credentials: { user, password },
    faults,
    clock: settings.clock,
    inspect,
    close,
    [Symbol.asyncDispose]: close,
  }
}

// What stands in a request line need be no path: `//` and `*` are sent too.
const urlOf = (target: string): URL => {
  const origin = 'http://sandbox.invalid'
  const whole = target.startsWith('/') ? `${origin}${target}` : target
  return URL.canParse(whole) ? new URL(whole) : new URL(origin)
}

const atLeastOne = (users: readonly SandboxUser[]): readonly [SandboxUser] => {
  const [first] = users
  if (!first) throw new Error('the sandbox needs at least one user')
  return [first]
}
