// One line per request: which route, how it ended, how long it took, whose key. Never the address, a header or the body.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Log } from '#base'
import type { Metrics } from './metrics.ts'

export function watchRequests(
  app: FastifyInstance,
  { log, metrics }: { readonly log: Log; readonly metrics: Metrics },
) {
  app.decorateRequest('problem', undefined)
  app.addHook('onResponse', async (request, reply) => {
    const ms = Math.round(reply.elapsedTime)
    metrics.answered(routeOf(request), reply.statusCode, reply.elapsedTime / 1000)
    log.info({ ...fieldsOf(request), status: reply.statusCode, ms, problem: request.problem }, 'request')
  })
  app.addHook('onRequestAbort', async (request) => {
    log.info(fieldsOf(request), 'the caller hung up')
  })
}

/** The pattern, as `GET /v1/cases/:number`: an address itself can hold a token. */
export function routeOf(request: FastifyRequest): string {
  const pattern = request.routeOptions.url
  return pattern === undefined ? 'unknown' : `${request.method} ${pattern}`
}

function fieldsOf(request: FastifyRequest): Record<string, unknown> {
  return { request: request.id, route: routeOf(request), key: request.caller?.keyId }
}
