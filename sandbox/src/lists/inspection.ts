/** The control of a list server for other processes, over HTTP and without credentials: state, entries, faults, changes. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { sendJson } from '../page/page.ts'
import type { ListFaultLike, ListFaults } from './faults.ts'
import { churnShape, type Demand } from './shape.ts'

export interface Controlled<Route> {
  readonly routes: readonly string[]
  readonly faults: ListFaults<Route>
  /** Throws, in words, what is no change. */
  readonly changeShape: Demand
  change(change: never): unknown
  churn(churn: never): unknown
  live(): Iterable<unknown>
  inspect(): object
  census(): object
  forget(): void
}

export const listInspection =
  <Route extends string>(control: Controlled<Route>) =>
  async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const what = (request.url ?? '').slice('/inspect/'.length)
    if (request.method === 'GET' && what === 'state') return sendJson(response, control.inspect())
    if (request.method === 'GET' && what === 'census') return sendJson(response, control.census())
    if (request.method === 'GET' && what === 'entries') return sendLines(response, control.live())
    if (request.method !== 'POST') return sendJson(response, { error: 'nothing here' }, 404)
    // A page in some browser cannot send this type here without asking first, and is never allowed.
    if (request.headers['content-type'] !== 'application/json')
      return sendJson(response, { error: 'JSON expected' }, 415)
    try {
      sendJson(response, act(control, what, JSON.parse(Buffer.concat(chunks).toString('utf8'))) ?? {})
    } catch (error) {
      sendJson(response, { error: String(error) }, 400)
    }
  }

interface FaultWish<Route> {
  readonly route: Route
  /** Queued, one call each; null is a call that goes well. */
  readonly script?: readonly (ListFaultLike | null)[]
  /** Standing, until null. */
  readonly always?: ListFaultLike | null
}

const act = <Route extends string>(control: Controlled<Route>, what: string, wish: unknown): unknown => {
  if (what === 'change') {
    control.changeShape(wish, 'change')
    return control.change(wish as never)
  }
  if (what === 'churn') {
    churnShape(wish, 'churn')
    return control.churn(wish as never)
  }
  if (what === 'forget') return control.forget()
  if (what !== 'faults') throw new Error('the sandbox knows no such order')
  const { route, script, always } = wish as FaultWish<Route>
  if (!control.routes.includes(route)) throw new Error('the sandbox knows no such route')
  if (script) control.faults.script(route, script)
  if (always !== undefined) control.faults.always(route, always)
  return undefined
}

/** One JSON object a line; a slow reader is waited for. */
const sendLines = async (response: ServerResponse, entries: Iterable<unknown>): Promise<void> => {
  response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'X-Content-Type-Options': 'nosniff' })
  let lines = ''
  for (const entry of entries) {
    lines += `${JSON.stringify(entry)}\n`
    if (lines.length < 65_536) continue
    if (!response.write(lines)) await room(response)
    if (response.destroyed) return
    lines = ''
  }
  response.end(lines)
}

const room = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const go = () => {
      response.off('drain', go).off('close', go)
      resolve()
    }
    response.on('drain', go).on('close', go)
  })
