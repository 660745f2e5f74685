/** The inspection as a page for people: reports, their files, calls. Everything escaped. */
import { escapeHtml, page } from '../page/page.ts'
import type { CallRecord } from './call.ts'
import type { Inspection } from './incidents.ts'
import type { ReportRecord } from './reports.ts'

/** Of many calls a page shows the last ones; /inspect/calls has them all. */
const mostCalls = 500

export const inspectedPage = ({ reports, calls }: Inspection): string =>
  page('CyberTipline sandbox', reportsHtml(reports) + callsHtml(calls))

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
  .slice(-mostCalls)
  .map(
    (call) =>
      `<tr><td>${time(call.when)}</td><td>${call.route}</td><td>${call.status ?? 'cut'}</td><td>${call.code ?? ''}</td><td>${call.requestId}</td></tr>`,
  )
  .join('\n')}</tbody></table>`

const time = (epochMs: number): string => new Date(epochMs).toISOString()
