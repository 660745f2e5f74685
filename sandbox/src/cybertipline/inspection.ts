/** What a test or a curious person may see from outside the API: reports and calls as JSON, and one readable page. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { escapeHtml, page, sendJson, sendPage } from '../page/page.ts'
import type { CallRecord } from './exchange.ts'
import type { FaultLike, Faults } from './faults.ts'
import { drain } from './form.ts'
import type { ReportRecord } from './reports.ts'
import type { Route } from './route.ts'
import { methods } from './route.ts'

export interface Inspection {
  /** Oldest first. */
  readonly reports: readonly ReportRecord[]
  /** Every call under the base path, in the order in which they ended. */
  readonly calls: readonly CallRecord[]
}

export const inspection =
  (inspect: () => Inspection, faults: Faults) =>
  async (path: string, request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (path === '/inspect/faults' && request.method === 'POST') return plant(faults, request, response)
    await drain(request, () => {})
    const { reports, calls } = inspect()
    if (path === '/inspect/reports') return sendJson(response, reports.map(withoutBytes))
    if (path === '/inspect/calls') return sendJson(response, calls)
    if (path === '/') return sendPage(response, page('CyberTipline sandbox', reportsHtml(reports) + callsHtml(calls)))
    sendPage(response, page('Nothing here', '<p><a href="/">All reports</a></p>'), 404)
  }

// For a sandbox in another process: {"route":"finish","fault":"drop_after"}, with "always":true for a standing one (null ends it).
const plant = async (faults: Faults, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const chunks: Buffer[] = []
  await drain(request, (chunk) => chunks.push(chunk))
  // A page in some browser cannot send this type here without asking first, and is never allowed.
  if (request.headers['content-type'] !== 'application/json') return sendJson(response, { error: 'JSON expected' }, 415)
  try {
    const wish = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
      route: Route
      fault: FaultLike | null
      always?: boolean
    }
    if (!Object.hasOwn(methods, wish.route)) throw new Error('the sandbox knows no such route')
    if (wish.always || wish.fault === null) faults.always(wish.route, wish.fault)
    else faults.next(wish.route, wish.fault)
    sendJson(response, {}, 200)
  } catch (error) {
    sendJson(response, { error: String(error) }, 400)
  }
}

const withoutBytes = (report: ReportRecord) => ({
  ...report,
  files: report.files.map(({ bytes: _, ...file }) => file),
})

const reportsHtml = (reports: readonly ReportRecord[]): string =>
  reports.length === 0
    ? '<p>No report has come in yet.</p>'
    : reports
        .map(
          (report) => `<section><h2>Report ${escapeHtml(report.id)}: ${report.state}</h2>
<p>Opened ${time(report.openedAt)}${report.finishedAt === null ? '' : `, finished ${time(report.finishedAt)}`}.</p>
${report.files.map(fileHtml).join('\n')}
<details><summary>The report as received</summary><pre>${escapeHtml(report.submittedXml)}</pre></details></section>`,
        )
        .join('\n')

const fileHtml = (file: ReportRecord['files'][number]): string =>
  `<table><tr><th scope="row">File</th><td>${file.fileId}, ${file.sizeBytes} bytes</td></tr>
<tr><th scope="row">MD5</th><td>${file.md5}</td></tr></table>
${file.fileDetailsXml === null ? '<p>No details.</p>' : `<details><summary>Details of this file</summary><pre>${escapeHtml(file.fileDetailsXml)}</pre></details>`}`

const callsHtml = (calls: readonly CallRecord[]): string =>
  `<h2>Calls</h2><table><thead><tr><th>When</th><th>Route</th><th>HTTP</th><th>Code</th><th>Request-ID</th></tr></thead><tbody>
${calls
  .map(
    (call) =>
      `<tr><td>${time(call.when)}</td><td>${call.route}</td><td>${call.status ?? 'cut'}</td><td>${call.code ?? ''}</td><td>${call.requestId}</td></tr>`,
  )
  .join('\n')}</tbody></table>`

const time = (epochMs: number): string => new Date(epochMs).toISOString()
