// GET /v1/stats: figures from the audit trail.
import { stats } from '@wardline/api'
import { z } from 'zod'
import { perKey, type Router, refusals } from './router.ts'
import type { Stages } from './stages.ts'

const moment = z.iso.datetime().transform((text) => Date.parse(text))
/** Each reads the trail from `since` on; a dashboard that asks more often asks too much. */
const requestsPerMinute = 10

export function statsRoute(app: Router, stages: Pick<Stages, 'readStats'>): void {
  app.route({
    method: 'GET',
    url: '/v1/stats',
    config: { act: 'read_stats', ...perKey(requestsPerMinute) },
    schema: {
      operationId: 'readStats',
      tags: ['stats'],
      summary: 'Overturn rate, and times to report, to notice, to decision and to hearing, by list and by route',
      description:
        'Counted from the audit trail alone. What ended in the time is counted in it, also where it began before. Tests are left out.',
      querystring: z.strictObject({
        since: moment.optional().describe('what happened from this moment on; without it, from the first line'),
        until: moment.optional().describe('what happened before this moment; without it, until now'),
      }),
      response: { 200: stats, ...refusals },
    },
    handler: (request) => stages.readStats(request.query),
  })
}
