/** One call on the service from its first byte to its last: fault, credentials, rights, answer, log line. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { callerOf, missingRight } from './access.ts'
import type { CallRecord, Sent } from './call.ts'
import type { FaultBox } from './fault-box.ts'
import type { Fault } from './faults.ts'
import { takesEffect } from './faults.ts'
import { CallerGone, drain } from './form.ts'
import type { Settings } from './options.ts'
import { replyTo } from './reply.ts'
import type { Reports } from './reports.ts'
import type { Answer } from './responses.ts'
import { refused } from './responses.ts'
import type { Route } from './route.ts'
import { methodOf } from './route.ts'
import type { Prepared, Service } from './service.ts'

export interface Exchange {
  readonly settings: Settings
  readonly service: Service
  readonly reports: Reports
  readonly faults: FaultBox
  readonly log: (record: CallRecord) => void
}

export const exchange = async (
  { settings, service, reports, faults, log }: Exchange,
  route: Route | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const requestId = randomUUID()
  const { clock } = settings
  const when = clock.now()
  const { nth, fault: atArrival } = route ? faults.arrive(route) : { nth: 0, fault: undefined }
  let fault = atArrival
  const heard: { user: string | null; about: string | null; incident: string | null } = {
    user: null,
    about: null,
    incident: null,
  }

  const serve = async (): Promise<Sent> => {
    const failed = fault && (await failBefore(fault))
    if (failed) return failed
    const call = await begin()
    if ('root' in call) return answered(call)
    hear(call.reportId, call.incident)
    if (route && !fault) {
      const report = call.reportId === null ? undefined : reports.find(call.reportId)
      fault = faults.meet(route, nth, { incident: heard.incident, report: report?.number ?? null })
      const failedNow = fault && (await failBefore(fault))
      if (failedNow) return failedNow
    }
    const answer = call.act()
    if (heard.about === null && answer.root !== 'schema') hear(answer.reportId ?? null, heard.incident)
    if (fault?.kind === 'delay' && fault.processed) await pause(fault)
    return answered(answer)
  }

  /** What goes wrong before the call takes effect: then it never does. */
  const failBefore = async (fault: Fault): Promise<Sent | undefined> => {
    if (fault.kind === 'drop_before') return reply.cut(null)
    if (fault.kind === 'delay' && !fault.processed) await pause(fault)
    if (takesEffect(fault)) return undefined
    await drain(request, () => {})
    return reply.failing(fault, null)
  }

  const answered = (answer: Answer): Sent => (fault ? reply.failing(fault, answer) : reply.honest(answer))

  /** Credentials, method and right; then the body. */
  const begin = async (): Promise<Prepared | Answer> => {
    const user = callerOf(request.headers.authorization, settings.users)
    if (!user) return refused(2000)
    heard.user = user.user
    if (route === undefined) return refused(1210)
    if (request.method !== methodOf(route)) return refused(4000, `${methodOf(route)} expected`)
    const missing = missingRight(user, route)
    return missing === undefined ? service.read(route, request, user.user) : refused(missing)
  }

  const hear = (reportId: string | null, incident: string | null) => {
    heard.about = reportId
    heard.incident = incident ?? (reportId === null ? null : (reports.find(reportId)?.incident ?? null))
  }

  const reply = replyTo({
    request,
    response,
    requestId,
    settings,
    earlierFileId: (reportId, butNot) => reports.filesOf(reportId).find((file) => file.fileId !== butNot)?.fileId,
    wentOut: (answer, xml, whole) => {
      if (answer.root === 'schema' || answer.reportId === undefined) return
      const { reportId } = answer
      if (route === 'submit') void whole.then((it) => it && reports.told(reportId))
      if (route === 'finish' && answer.code === 0)
        reports.addReceipt(reportId, { requestId, sentAt: clock.now(), xml }, whole)
    },
  })

  const pause = async (delay: Fault & { kind: 'delay' }): Promise<void> => {
    const gone = new AbortController()
    const leave = () => gone.abort()
    response.once('close', leave)
    if (delay.ms !== undefined) await clock.wait(delay.ms, gone.signal)
    if (delay.until) await Promise.race([delay.until, new Promise<void>((resolve) => response.once('close', resolve))])
    response.off('close', leave)
    // Whoever gave up while we dawdled gets what it fears: before, nothing took effect; after, everything did.
    if (gone.signal.aborted) throw new CallerGone()
  }

  const record = (sent: Sent) =>
    log({
      route: route ?? 'unknown',
      nth,
      method: request.method ?? '',
      when,
      endedAt: clock.now(),
      requestId,
      fault: fault?.kind ?? null,
      ...heard,
      ...sent,
    })

  try {
    record(await serve())
  } catch (error) {
    record({ status: null, code: null, reportId: null, fileId: null })
    if (!(error instanceof CallerGone)) throw error
  }
}
