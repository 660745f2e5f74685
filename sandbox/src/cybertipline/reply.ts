/** The one answer a call gets: the true one, the wrong one a fault asks for, or a cut connection. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Sent } from './call.ts'
import { httpStatus } from './codes.ts'
import type { Fault } from './faults.ts'
import type { Settings } from './options.ts'
import type { Answer, ReportAnswer } from './responses.ts'
import { refused, toXml } from './responses.ts'

interface Telling {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly requestId: string
  readonly settings: Settings
  /** Another file's id of that report, for the fault duplicate_file_id. */
  readonly earlierFileId: (reportId: string | undefined, butNot: string | undefined) => string | undefined
  /** Called with each document as it went out; `whole` turns true once all of it was handed over. */
  readonly wentOut: (answer: Answer, xml: string, whole: Promise<boolean>) => void
}

export interface Reply {
  honest(answer: Answer): Sent
  /** answer: what the call really came to; null if it took no effect. */
  failing(fault: Fault, answer: Answer | null): Sent
  cut(answer: Answer | null): Sent
}

export const replyTo = ({ request, response, requestId, settings, earlierFileId, wentOut }: Telling): Reply => {
  const honest = (answer: Answer): Sent => send(answer, 'whole')

  const failing = (fault: Fault, answer: Answer | null): Sent => {
    const truth = answer ?? refused(1000)
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
        return send(refused(4999), 'whole')
      case 'code':
        return send(refused(fault.code), 'whole')
      case 'wrong_md5':
        return send(
          withFile(truth, (file) => ({ ...file, hash: otherHash(file.hash ?? '') })),
          'whole',
        )
      case 'duplicate_file_id':
        return send(
          withFile(truth, (file) => ({
            ...file,
            fileId: earlierFileId(file.reportId, file.fileId) ?? file.fileId ?? '',
          })),
          'whole',
        )
      case 'truncated_xml':
        return send(truth, 'half')
      case 'drop_midway':
        return send(truth, 'midway')
      case 'extra_elements':
        return send(truth, 'whole', '<serverNode zone="east">7</serverNode><notes><note>n</note></notes>')
      case 'report_response_root':
        return send(
          truth.root === 'reportDoneResponse' ? { root: 'reportResponse', code: 0, reportId: truth.reportId } : truth,
          'whole',
        )
      case 'drop_before':
      case 'drop_after':
        return cut(answer)
      case 'delay':
        return send(truth, 'whole')
    }
  }

  const send = (answer: Answer, much: 'whole' | 'half' | 'midway', extra = ''): Sent => {
    const status = httpStatus(answer.code, settings.statusMap)
    const silent = status === 401 && settings.unauthorisedBody === 'empty'
    const xml = silent ? '' : toXml(answer, extra)
    const half = xml.slice(0, xml.length / 2)
    response.writeHead(status, {
      'Content-Type': `application/xml;charset=${settings.charsetHeader}`,
      'Content-Length': Buffer.byteLength(much === 'half' ? half : xml),
      'Request-ID': requestId,
      ...(status === 401 ? { 'WWW-Authenticate': 'Basic realm="ESP Web Services"' } : {}),
    })
    const whole = new Promise<boolean>((resolve) => {
      response.once('finish', () => resolve(much === 'whole'))
      response.once('close', () => resolve(false))
    })
    if (much === 'midway') response.write(half, () => request.socket.destroy())
    else response.end(much === 'half' ? half : xml)
    if (!silent) wentOut(answer, much === 'whole' ? xml : half, whole)
    return { ...named(answer), status, code: silent ? null : answer.code }
  }

  const sendHtml = (status: number, answer: Answer | null, headers: Record<string, string> = {}): Sent => {
    // As from a proxy in front of the service: no Request-ID.
    response.writeHead(status, { 'Content-Type': 'text/html', ...headers })
    response.end(`<html><head><title>${status}</title></head><body><h1>${status}</h1><hr></body></html>`)
    return { ...named(answer), status, code: null }
  }

  const cut = (answer: Answer | null): Sent => {
    request.socket.destroy()
    return { ...named(answer), status: null, code: null }
  }

  return { honest, failing, cut }
}

const named = (answer: Answer | null): Pick<Sent, 'reportId' | 'fileId'> => {
  if (answer === null || answer.root === 'schema') return { reportId: null, fileId: null }
  const fileId = answer.root === 'reportResponse' ? answer.fileId : undefined
  return { reportId: answer.reportId ?? null, fileId: fileId ?? null }
}

const withFile = (answer: Answer, change: (file: ReportAnswer) => ReportAnswer): Answer =>
  answer.root === 'reportResponse' && answer.fileId !== undefined ? change(answer) : answer

/** Another hash of the same shape: the first digit changed. */
const otherHash = (hash: string): string => `${hash.startsWith('0') ? '1' : '0'}${hash.slice(1)}`
