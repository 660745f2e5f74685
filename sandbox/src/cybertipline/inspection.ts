/** What a test or a curious person may see and plant from outside the API: JSON, and one readable page. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock/still.ts'
import { page, sendJson, sendPage } from '../page/page.ts'
import type { Faults } from './fault-box.ts'
import { drain } from './form.ts'
import type { Inspection } from './incidents.ts'
import { incidentsOf, orphansOf } from './incidents.ts'
import { inspectedPage } from './inspected-page.ts'
import { planted } from './planting.ts'
import type { ReportRecord } from './reports.ts'
import type { Expected } from './verdict.ts'
import { verdictOf } from './verdict.ts'

interface Parts {
  readonly inspect: () => Inspection
  readonly faults: Faults
  readonly clock: Clock
}

export const inspection =
  ({ inspect, faults, clock }: Parts) =>
  async (url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'POST') {
      if (url.pathname === '/inspect/faults') {
        return change(request, response, (wish) => {
          planted(faults, wish)
          return plannedIn(faults)
        })
      }
      if (url.pathname === '/inspect/verdict') {
        return change(request, response, (wish) => verdictOf(inspect(), expectedIn(wish)))
      }
      if (url.pathname === '/inspect/clock') return change(request, response, (wish) => advanced(clock, wish))
    }
    await drain(request, () => {})
    if (request.method !== 'GET')
      return sendJson(response, { error: 'GET, or POST to /inspect/faults, clock or verdict' }, 405)
    if (url.pathname === '/') return sendPage(response, inspectedPage(inspect()))
    if (url.pathname === '/inspect/faults') return sendJson(response, plannedIn(faults))
    if (url.pathname === '/inspect/clock') return sendJson(response, { now: clock.now() })
    const answer = answers[url.pathname]?.(inspect(), filterOf(url))
    if (answer !== undefined) return sendJson(response, answer)
    sendPage(response, page('Nothing here', '<p><a href="/">All reports</a></p>'), 404)
  }

/** What has met no call yet, and what goes on meeting them. */
const plannedIn = (faults: Faults) => ({ waiting: faults.waiting(), ...faults.standing() })

interface Filter {
  readonly incident: string | null
  readonly report: string | null
  readonly state: string | null
  readonly route: string | null
}

// ?incident= ?report= ?state= ?route= narrow what is given out, each alone or together.
const filterOf = (url: URL): Filter => {
  const { searchParams } = url
  const [incident, report, state, route] = ['incident', 'report', 'state', 'route'].map((name) =>
    searchParams.get(name),
  )
  return { incident: incident ?? null, report: report ?? null, state: state ?? null, route: route ?? null }
}

const answers: Readonly<Record<string, (seen: Inspection, filter: Filter) => unknown>> = {
  '/inspect/reports': ({ reports }, filter) => chosen(reports, filter).map(withoutBytes),
  '/inspect/incidents': ({ reports }, filter) => incidentsOf(chosen(reports, filter)),
  '/inspect/orphans': ({ reports }, filter) => orphansOf(chosen(reports, filter)),
  '/inspect/verdict': (seen) => verdictOf(seen),
  '/inspect/calls': ({ calls }, { incident, report, route }) =>
    calls.filter(
      (call) =>
        (incident === null || call.incident === incident) &&
        (report === null || call.about === report) &&
        (route === null || call.route === route),
    ),
}

const chosen = (reports: readonly ReportRecord[], { incident, report, state }: Filter): readonly ReportRecord[] =>
  reports.filter(
    (one) =>
      (incident === null || one.incident === incident) &&
      (report === null || one.id === report) &&
      (state === null || one.state === state),
  )

const withoutBytes = (report: ReportRecord) => ({
  ...report,
  files: report.files.map(({ bytes: _, ...file }) => file),
})

const change = async (
  request: IncomingMessage,
  response: ServerResponse,
  act: (wish: unknown) => unknown,
): Promise<void> => {
  const chunks: Buffer[] = []
  await drain(request, (chunk) => chunks.push(chunk))
  // A page in some browser cannot send this type here without asking first, and is never allowed.
  if (request.headers['content-type'] !== 'application/json') return sendJson(response, { error: 'JSON expected' }, 415)
  try {
    sendJson(response, await act(JSON.parse(Buffer.concat(chunks).toString('utf8'))))
  } catch (error) {
    sendJson(response, { error: error instanceof Error ? error.message : String(error) }, 400)
  }
}

/** {"user-1": ["<SHA-256>"], "user-2": null}: what should have been filed. */
const expectedIn = (wish: unknown): Expected => {
  const right = (files: unknown) =>
    files === null || (Array.isArray(files) && files.every((one) => typeof one === 'string'))
  if (typeof wish !== 'object' || wish === null || Array.isArray(wish) || !Object.values(wish).every(right)) {
    throw new Error('an object is wanted: incident -> list of SHA-256, or null')
  }
  return wish as Expected
}

/** {"advanceMs": 86400000} lets a day pass, if this sandbox's clock is one that can be moved. */
const advanced = async (clock: Clock, wish: unknown) => {
  const ms = typeof wish === 'object' && wish !== null && 'advanceMs' in wish ? wish.advanceMs : undefined
  if (typeof ms !== 'number' || !(ms >= 0)) throw new Error('advanceMs is a number of milliseconds, from 0 up')
  if (clock.advance === undefined) throw new Error('this sandbox goes by a clock that nobody can move')
  await clock.advance(ms)
  return { now: clock.now() }
}
