/** A CyberTipline in miniature: the reporting service of NCMEC as its documentation has it, strict, in memory, on loopback. */
import { createServer } from 'node:http'
import type { Clock } from '../clock/still.ts'
import { authority, demandLoopback, listen } from '../net/loopback.ts'
import type { CallRecord } from './exchange.ts'
import { exchange } from './exchange.ts'
import type { Faults } from './faults.ts'
import { FaultBox } from './faults.ts'
import type { Inspection } from './inspection.ts'
import { inspection } from './inspection.ts'
import type { CybertiplineOptions, SandboxUser } from './options.ts'
import { settled } from './options.ts'
import { Reports } from './reports.ts'
import { refused, toXml } from './responses.ts'
import { routeOf } from './route.ts'
import { service } from './service.ts'
import { openSchema } from './xml/schema.ts'

export type { CallRecord } from './exchange.ts'
export type { Fault, FaultLike, Faults } from './faults.ts'
export type { Inspection } from './inspection.ts'
export type { CybertiplineOptions, Right, SandboxUser } from './options.ts'
export type { FileRecord, ReportRecord, ReportState } from './reports.ts'
export type { Route } from './route.ts'

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
  const faults = new FaultBox()
  const calls: CallRecord[] = []
  const parts = {
    settings,
    service: service(settings, reports, schema),
    faults,
    log: (record: CallRecord) => void calls.push(record),
    earlierFileId: (reportId: string | undefined, butNot: string | undefined) => {
      const files = reports.all().flatMap((report) => (report.id === reportId ? report.files : []))
      return files.find((file) => file.fileId !== butNot)?.fileId
    },
  }
  const inspect = (): Inspection => ({ reports: reports.all(), calls: [...calls] })
  const inspected = inspection(inspect, faults)

  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://sandbox.invalid').pathname
    const within = path === settings.basePath || path.startsWith(`${settings.basePath}/`)
    const done = within
      ? exchange(parts, routeOf(path, settings.basePath), request, response)
      : inspected(path, request, response)
    // A fault of the sandbox itself: the caller sees 1000, the test's output the reason.
    done.catch((error: unknown) => {
      console.error('sandbox:', error)
      if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'application/xml' })
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

const atLeastOne = (users: readonly SandboxUser[]): readonly [SandboxUser] => {
  const [first] = users
  if (!first) throw new Error('the sandbox needs at least one user')
  return [first]
}
