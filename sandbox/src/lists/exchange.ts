/** One call on a list service from its first byte to its last: fault, answer, log line. The service itself is a function. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock/still.ts'
import type { ListFault, ListFaultBox } from './faults.ts'
import type { Breach, Ledger } from './ledger.ts'

export interface Answer {
  readonly status: number
  readonly type: string
  readonly body: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  /** How many entries it holds; 0 by default. */
  readonly entries?: number
}

/** A call that was refused; the service throws it. */
export class Refused extends Error {
  readonly breach: Breach
  readonly answer: Answer

  constructor(breach: Breach, words: string, answer: Answer) {
    super(words)
    this.breach = breach
    this.answer = answer
  }
}

export interface Asked<Route> {
  readonly route: Route | undefined
  readonly method: string
  /** As it stood in the request line. */
  readonly target: string
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
  readonly fault: ListFault | undefined
}

export interface Exchange<Route extends string> {
  readonly clock: Clock
  readonly faults: ListFaultBox<Route>
  readonly ledger: Ledger<Route>
  /** host:port, the only name it answers to without a word. */
  readonly authority: () => string
  readonly strangerUrl: () => string
  readonly answer: (asked: Asked<Route>) => Answer
}

const mostBodyBytes = 1_000_000

export const exchangeOf = <Route extends string>(parts: Exchange<Route>) => {
  const { clock, faults, ledger, authority, strangerUrl, answer } = parts
  let notBefore = Number.NEGATIVE_INFINITY

  return async (route: Route | undefined, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const when = clock.now()
    const name = route ?? 'unknown'
    const fault = route && faults.take(route)
    if (request.headers.host !== authority()) ledger.breach('wrong_host', name, 'Host')
    if (when < notBefore) ledger.breach('retry_after_ignored', name, 'Retry-After')
    const record = (status: number | null, entries = 0) =>
      ledger.call({ route: name, method: request.method ?? '', when, status, entries, fault: fault?.kind ?? null })

    const cut = (entries = 0) => {
      request.socket.destroy()
      record(null, entries)
    }
    const send = (told: Answer, bytes: string | Buffer = told.body) => {
      const body = typeof bytes === 'string' ? Buffer.from(bytes) : bytes
      response.writeHead(told.status, { 'Content-Type': told.type, 'Content-Length': body.length, ...told.headers })
      if (fault?.kind === 'drop_midway') {
        response.write(body.subarray(0, body.length / 2), () => request.socket.destroy())
        return record(null, told.entries)
      }
      response.end(body)
      record(told.status, told.entries)
    }
    const instead = (status: number, headers: Readonly<Record<string, string>> = {}) => {
      const body = `<html><head><title>${status}</title></head><body><h1>${status}</h1><hr></body></html>`
      send({ status, type: 'text/html', body, headers })
    }
    const wait = (retryAfter: number | string | undefined): Readonly<Record<string, string>> => {
      if (typeof retryAfter === 'number') notBefore = clock.now() + retryAfter * 1000
      return retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }
    }

    const body = await bodyOf(request)
    if (body === 'gone') return record(null)
    if (fault?.kind === 'drop_before') return cut()
    if (fault?.kind === 'delay' && (await dawdled(fault, clock, response)) === 'gone') return record(null)
    switch (fault?.kind) {
      case 'html_page':
        return instead(fault.status ?? 500)
      case 'unavailable':
        return instead(503, wait(fault.retryAfter))
      case 'too_many_requests':
        return instead(429, wait(fault.retryAfter))
      case 'bad_gateway':
        return instead(502)
      case 'gateway_timeout':
        return instead(504)
      case 'status':
        return send({ status: fault.status, type: 'text/plain', body: '' })
      case 'redirect':
        return instead(fault.status ?? 302, { Location: fault.location ?? strangerUrl() })
    }

    const method = request.method ?? ''
    const told = ask({ route, method, target: request.url ?? '', headers: request.headers, body, fault })
    if (fault?.kind === 'drop_after') return cut(told.entries)
    if (fault?.kind === 'truncated') return send(told, Buffer.from(told.body).subarray(0, told.body.length / 2))
    send(told)
  }

  function ask(asked: Asked<Route>): Answer {
    try {
      return answer(asked)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      ledger.breach(error.breach, asked.route ?? 'unknown', error.message)
      return error.answer
    }
  }
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer | 'gone'> => {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  try {
    for await (const chunk of request) {
      sizeBytes += chunk.length
      if (sizeBytes <= mostBodyBytes) chunks.push(chunk)
    }
  } catch {
    return 'gone'
  }
  return Buffer.concat(chunks)
}

const dawdled = async (
  delay: ListFault & { kind: 'delay' },
  clock: Clock,
  response: ServerResponse,
): Promise<'gone' | 'there'> => {
  const gone = new AbortController()
  const closed = new Promise<void>((resolve) => response.once('close', resolve)).then(() => gone.abort())
  if (delay.ms !== undefined) await clock.wait(delay.ms, gone.signal)
  if (delay.until) await Promise.race([delay.until, closed])
  return gone.signal.aborted ? 'gone' : 'there'
}
