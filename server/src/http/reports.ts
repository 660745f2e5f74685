// /v1/reports: where each report to NCMEC stands, and trying again after something was mended.
import { reportDetail, reportPage, reportStates } from '@wardline/api'
import { z } from 'zod'
import { callerAt } from './callers.ts'
import { id, perKey, type Router, refusals } from './router.ts'
import type { Stages } from './stages.ts'

const params = z.object({ id })
const tags = ['reports']

export function reportRoutes(app: Router, stages: Stages): void {
  app.route({
    method: 'GET',
    url: '/v1/reports',
    config: { act: 'list_reports', ...perKey() },
    schema: {
      operationId: 'listReports',
      tags,
      summary: 'Reports, newest first',
      querystring: z.strictObject({
        state: z.enum(reportStates).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
        before: id.optional(),
      }),
      response: { 200: reportPage, ...refusals },
    },
    handler: async (request) => {
      const { state, limit, before } = request.query
      const reports = await stages.listReports({ state, limit, before, caller: callerAt(request) })
      return { reports: [...reports], next: reports.length < limit ? null : (reports.at(-1)?.id ?? null) }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/reports/:id',
    config: { act: 'list_reports', ...perKey() },
    schema: {
      operationId: 'showReport',
      tags,
      summary: 'One report with its steps',
      params,
      response: { 200: reportDetail, ...refusals },
    },
    handler: (request) => stages.showReport(request.params.id, callerAt(request)),
  })

  app.route({
    method: 'POST',
    url: '/v1/reports/:id/retry',
    config: { act: 'retry_report', ...perKey() },
    schema: {
      operationId: 'retryReport',
      tags,
      summary: 'Something was mended: file the report again from where it stands',
      params,
      response: { 200: reportDetail, ...refusals },
    },
    handler: (request) => stages.retryReport(request.params.id, callerAt(request)),
  })
}
