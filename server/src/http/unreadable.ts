// Answers what is no whole HTTP request with a problem of ours, in place of Node's bare words. Of the bytes that came it repeats none.
import { type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type Clock, type Log, newId, systemClock } from '#base'
import type { Metrics } from './metrics.ts'
import { problemFor, Refused } from './problem.ts'
import type { ProblemCode } from './problems.ts'

/** So long a caller may go on sending before it is hung up on: one that is cut off while it sends never reads the answer. */
const lingerMs = 1_000

interface Watching {
  readonly clock: Clock
  readonly log: Log
  readonly metrics: Metrics
  /** Go with every answer. */
  readonly headers: Readonly<Record<string, string>>
}

export interface Unreadable {
  /** For the framework's `clientErrorHandler`. */
  readonly answer: (error: Error & { readonly code?: string }, socket: Socket) => void
  /** Has to see every request, so that no answer is written into another one. */
  watch(server: Server): void
}

export function openUnreadable({ clock, log, metrics, headers }: Watching): Unreadable {
  const answers = new WeakMap<Socket, ServerResponse>()
  const answered = new WeakSet<Socket>()
  return {
    watch: (server) => void server.on('request', (request, response) => answers.set(request.socket, response)),
    answer: (error, socket) => {
      // One caller's bytes may be unreadable many times over.
      if (answered.has(socket)) return
      answered.add(socket)
      const last = answers.get(socket)
      // Of a request that is whole and still at work nobody knows how it ends: no answer of ours may say that nothing was kept.
      const isMidway = last !== undefined && !last.writableFinished && (last.headersSent || last.req.complete)
      if (error.code === 'ECONNRESET' || !socket.writable || isMidway) {
        socket.destroy()
        return
      }
      const request = newId('req', clock)
      const { problem } = problemFor(new Refused(codes[error.code ?? ''] ?? 'request_unreadable'), request)
      metrics.answered('unknown', problem.status, 0)
      log.info({ request, route: 'unknown', status: problem.status, problem: problem.code }, 'request')
      socket.end(written(problem.status, headers, JSON.stringify(problem)))
      hangUp(socket)
    },
  }
}

const codes: Readonly<Record<string, ProblemCode>> = {
  HPE_HEADER_OVERFLOW: 'headers_too_large',
  ERR_HTTP_REQUEST_TIMEOUT: 'request_too_slow',
}

function written(status: number, headers: Watching['headers'], body: string): string {
  const all = {
    ...headers,
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`)
  return [`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', body].join('\r\n')
}

/** Real time on purpose: a still clock must not keep a connection open. */
function hangUp(socket: Socket): void {
  const patience = new AbortController()
  socket.once('close', () => patience.abort())
  void systemClock.wait(lingerMs, patience.signal).then(() => socket.destroy())
}
