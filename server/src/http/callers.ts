// Who calls, and whether they may: settled from the headers alone, before any of the body is read.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Act, type Caller, type Identified, may } from '#access'
import { Refused } from './problem.ts'
import type { Strangers } from './strangers.ts'

export type Identify = (presented: string) => Promise<Identified>

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null
  }
  interface FastifyContextConfig {
    /** What a caller does here; without it the route is open to everyone. */
    act?: Act
  }
}

/** Every route of the scope that names an act asks for a key that may do it. */
export function guard(app: FastifyInstance, identify: Identify, strangers: Strangers): void {
  app.decorateRequest('caller', null)
  app.addHook('onRequest', async (request) => {
    const { act } = request.routeOptions.config
    if (act === undefined) return
    const caller = await callerOf(request, identify, strangers)
    if (!may(caller, act)) throw new Refused('not_allowed')
    request.caller = caller
  })
}

/** The caller of a guarded route. */
export function callerAt(request: FastifyRequest): Caller {
  if (request.caller === null) throw new Error('a route without an act asked for its caller')
  return request.caller
}

async function callerOf(request: FastifyRequest, identify: Identify, strangers: Strangers): Promise<Caller> {
  const presented = /^Bearer +(\S{1,500}) *$/i.exec(request.headers.authorization ?? '')?.[1]
  if (presented === undefined) throw new Refused('key_missing')
  const waitMs = strangers.waitMs(request.ip, presented)
  if (waitMs !== undefined) throw new Refused('rate_limited', { retryAfterMs: waitMs })
  const identified = await identify(presented)
  strangers.heard(request.ip, presented, identified.kind === 'refused' ? identified.why : 'known')
  if (identified.kind === 'refused') throw new Refused(identified.why)
  return identified.caller
}
