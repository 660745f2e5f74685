/** One call on the service from its first byte to its last: fault, credentials, rights, answer, log line. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { callerOf, missingRight } from './access.ts'
import { httpStatus } from './codes.ts'
import type { Fault, FaultBox } from './faults.ts'
import { takesEffect } from './faults.ts'
import { CallerGone, drain } from './form.ts'
import type { Settings } from './options.ts'
import type { Answer, ReportAnswer } from './responses.ts'
import { refused, toXml } from './responses.ts'
import type { Route } from './route.ts'
import { methods } from './route.ts'
import type { Service } from './service.ts'

/** One line of the call log. status is null when no answer was sent, code null when it held none. */
export interface CallRecord {
  readonly route: Route | 'unknown'
  readonly method: string
  /** Epoch ms, on the sandbox's clock, at arrival. */
  readonly when: number
  readonly status: number | null
  readonly code: number | null
  readonly requestId: string
  readonly user: string | null
  /** As answered; null when the answer named none. */
  readonly reportId: string | null
  readonly fault: Fault['kind'] | null
}

export interface Exchange {
  readonly settings: Settings
  readonly service: Service
  readonly faults: FaultBox
  readonly log: (record: CallRecord) => void
  /** An earlier file's id of that report, or of any, for the fault duplicate_file_id. */
  readonly earlierFileId: (reportId: string | undefined, butNot: string | undefined) => string | undefined
}

type Outcome = Pick<CallRecord, 'status' | 'code' | 'user' | 'reportId'>

export const exchange = async (
  { settings, service, faults, log, earlierFileId }: Exchange,
  route: Route | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> => {
  const requestId = randomUUID()
  const when = settings.clock.now()
  const fault = route && faults.take(route)
  let caller: string | null = null

  const serve = async (): Promise<Outcome> => {
    if (fault?.kind === 'drop_before') return cut(null)
    if (fault?.kind === 'delay' && !fault.processed) await pause(fault)
    if (fault && !takesEffect(fault)) {
      await drain(request, () => {})
      return failInstead(fault, null)
    }
    const answer = await honest()
    if (fault?.kind === 'drop_after') return cut(answer)
    if (fault?.kind === 'delay' && fault.processed) await pause(fault)
    return fault ? failInstead(fault, answer) : send(answer)
  }

  const honest = async (): Promise<Answer> => {
    const user = callerOf(request.headers.authorization, settings.users)
    const code = user ? undefined : 2000
    if (!user || code !== undefined) return refused(2000)
    caller = user.user
    if (route === undefined) return refused(1210)
    if (request.method !== methods[route]) return refused(4000, `${methods[route]} expected`)
    const missing = missingRight(user, route)
    return missing === undefined ? service.answer(route, request, user.user) : refused(missing)
  }

  /** Gives the wrong answer the fault asks for; the true one, where the fault leaves that alone. */
  const failInstead = (fault: Fault, answer: Answer | null): Outcome => {
    switch (fault.kind) {
      case 'html_page':
        return sendHtml(fault.status ?? 500, answer)
      case 'too_many_requests':
        return sendHtml(429, answer, { 'Retry-After': String(fault.retryAfter ?? 1) })
      case 'unavailable':
        return sendHtml(503, answer, fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) })
      case 'bad_gateway':
        return sendHtml(502, answer)
      case 'unknown_code':
        return send(refused(4999))
      case 'code':
        return send(refused(fault.code))
      case 'wrong_md5':
        return send(withFile(answer, (file) => ({ ...file, hash: [...(file.hash ?? '')].reverse().join('') })))
      case 'duplicate_file_id':
        return send(
          withFile(answer, (file) => {
            const fileId = earlierFileId(file.reportId, file.fileId)
            return fileId === undefined ? file : { ...file, fileId }
          }),
        )
      case 'truncated_xml':
        return send(answer ?? refused(1000), (xml) => xml.slice(0, xml.length / 2))
      case 'extra_elements':
        return send(answer ?? refused(1000), (_, whole) =>
          toXml(whole, '<serverNode zone="east">7</serverNode><notes><note>n</note></notes>'),
        )
      case 'report_response_root':
        return send(
          answer?.root === 'reportDoneResponse'
            ? { root: 'reportResponse', code: 0, reportId: answer.reportId }
            : (answer ?? refused(1000)),
        )
      case 'delay':
      case 'drop_before':
      case 'drop_after':
        return send(answer ?? refused(1000))
    }
  }

  const send = (answer: Answer | null, shape = (xml: string, _whole: Answer) => xml): Outcome => {
    const whole = answer ?? refused(1000)
    const status = httpStatus(whole.code, settings.statusMap)
    const silent = status === 401 && settings.unauthorisedBody === 'empty'
    response.writeHead(status, {
      'Content-Type': `application/xml;charset=${settings.charsetHeader}`,
      'Request-ID': requestId,
      ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="ESP Web Services"' } : {}),
    })
    response.end(silent ? '' : shape(toXml(whole), whole))
    return { status, code: silent ? null : whole.code, user: caller, reportId: reportIdOf(whole) }
  }

  const sendHtml = (status: number, answer: Answer | null, headers: Record<string, string> = {}): Outcome => {
    // As from a proxy in front of the service: no Request-ID.
    response.writeHead(status, { 'Content-Type': 'text/html', ...headers })
    response.end(`<html><head><title>${status}</title></head><body><h1>${status}</h1><hr></body></html>`)
    return { status, code: null, user: caller, reportId: answer && reportIdOf(answer) }
  }

  const cut = (answer: Answer | null): Outcome => {
    request.socket.destroy()
    return { status: null, code: null, user: caller, reportId: answer && reportIdOf(answer) }
  }

  const pause = async (delay: Fault & { kind: 'delay' }): Promise<void> => {
    const gone = new AbortController()
    const leave = () => gone.abort()
    response.once('close', leave)
    if (delay.ms !== undefined) await settings.clock.wait(delay.ms, gone.signal)
    if (delay.until) await Promise.race([delay.until, new Promise<void>((resolve) => response.once('close', resolve))])
    response.off('close', leave)
    // Whoever gave up while we dawdled gets what it fears: before, nothing took effect; after, everything did.
    if (gone.signal.aborted) throw new CallerGone()
  }

  const record = (outcome: Outcome) =>
    log({
      route: route ?? 'unknown',
      method: request.method ?? '',
      when,
      requestId,
      fault: fault?.kind ?? null,
      ...outcome,
    })

  try {
    record(await serve())
  } catch (error) {
    record({ status: null, code: null, user: caller, reportId: null })
    if (!(error instanceof CallerGone)) throw error
  }
}

const reportIdOf = (answer: Answer): string | null => (answer.root === 'schema' ? null : (answer.reportId ?? null))

const withFile = (answer: Answer | null, change: (file: ReportAnswer) => ReportAnswer): Answer | null =>
  answer?.root === 'reportResponse' && answer.fileId !== undefined ? change(answer) : answer
