// Is it alive, is it ready, how is it doing: for load balancers, orchestrators and monitoring.
import { ready } from '@wardline/api'
import { z } from 'zod'
import { type Environment, isProduction, NOTHING_IS_REPORTED } from '#base'
import type { Metrics } from './metrics.ts'
import { perKey, type Router, refusals } from './router.ts'
import type { Stages } from './stages.ts'

export interface StandingRoutes {
  readonly environment: Environment
  readonly stages: Stages
  /** Given when /metrics has no port of its own: then it stands here, and wants a key. */
  readonly metrics: Metrics | undefined
}

const tags = ['standing']

export function standingRoutes(app: Router, { environment, stages, metrics }: StandingRoutes): void {
  app.route({
    method: 'GET',
    url: '/healthz',
    schema: {
      operationId: 'healthz',
      tags,
      summary: 'The process answers',
      response: { 200: z.object({ ok: z.literal(true) }), ...refusals },
    },
    handler: () => ({ ok: true as const }),
  })

  app.route({
    method: 'GET',
    url: '/readyz',
    schema: {
      operationId: 'readyz',
      tags,
      summary: 'It can take images now; each check in words',
      response: { 200: ready, 503: ready, ...refusals },
    },
    handler: async (_request, reply) => {
      const checks = await stages.ready()
      const all = checks.every(({ ok }) => ok)
      return reply.code(all ? 200 : 503).send({
        ready: all,
        environment,
        ...(isProduction(environment) ? {} : { notice: NOTHING_IS_REPORTED }),
        checks: [...checks],
      })
    },
  })

  if (metrics === undefined) return
  app.route({
    method: 'GET',
    url: '/metrics',
    config: { act: 'read_metrics', ...perKey() },
    schema: {
      operationId: 'metrics',
      tags,
      summary: 'Counts and durations in the Prometheus exposition format',
      response: { 200: { description: 'text', content: { 'text/plain': { schema: z.string() } } }, ...refusals },
    },
    handler: async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()),
  })
}
