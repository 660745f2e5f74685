// What every route shares: types from the schemas, refusals in the reference, a limit per key.

import type { IncomingMessage, ServerResponse } from 'node:http'
import { problem } from '@wardline/api'
import type { FastifyBaseLogger, FastifyInstance, FastifyRequest, RawServerDefault } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { Refused } from './problem.ts'

export type Router = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>

/** The answer to everything that is not answered. */
export const refusals = {
  default: {
    description: 'a refusal or a fault, with a stable code and the next step in words',
    content: { 'application/problem+json': { schema: problem } },
  },
} as const

/** An id of ours. Anything else is refused here, before a database takes offence at a character of it. */
export const id = z
  .string()
  .max(100)
  .regex(/^[a-z]+(_[a-z]+)?_[0-9a-z]+$/, 'must be an id as this server gives them')

/** The largest number that a column of cases holds. */
export const largestNumber = 2 ** 31 - 1

/** Reading and deciding is for people and dashboards; a key that asks faster than this is stuck in a loop. */
const requestsPerMinute = 6_000

/** Route configuration: so many requests a minute and key, counted for this route and in this process. */
export function perKey(most = requestsPerMinute) {
  return rateLimit(most, (request) => request.caller?.keyId ?? request.ip)
}

/** For a route without keys: so many a minute for each name that the request is given, once its body is read. */
export function perCaller(most: number, nameOf: (request: FastifyRequest) => Promise<string>) {
  const { rateLimit: limit } = rateLimit(most, nameOf)
  return { rateLimit: { ...limit, hook: 'preValidation' as const } }
}

function rateLimit(max: number, keyGenerator: (request: FastifyRequest) => string | Promise<string>) {
  return {
    rateLimit: {
      max,
      timeWindow: 60_000,
      keyGenerator,
      errorResponseBuilder: (_request: FastifyRequest, { ttl }: { ttl: number }) =>
        new Refused('rate_limited', { retryAfterMs: ttl }),
    },
  }
}
