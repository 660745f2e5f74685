// The one place where a failure becomes an answer: a problem for programs, a page for people, a log line when it is ours.

import type { Problem } from '@wardline/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Fault, type Log } from '#base'
import { pagePolicy } from './appeal-frame.ts'
import { letPass } from './body.ts'
import { routeOf } from './journal.ts'
import { problemFor } from './problem.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The code of the problem that was answered, for the log's line. */
    problem: string | undefined
  }
}

/** `html` turns the problem into a page, where a person asked. */
export type AnswerProblem = (
  error: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  html?: (problem: Problem) => string,
) => FastifyReply

export function answerProblem({ log, mostBytes }: { readonly log: Log; readonly mostBytes: number }): AnswerProblem {
  return (error, request, reply, html) => {
    const { problem, headers, ours } = problemFor(error, request.id)
    request.problem = problem.code
    if (ours) {
      const fields = { request: request.id, route: routeOf(request), code: problem.code, error }
      if (error instanceof Fault) log.warn(fields, 'a request met a fault')
      else log.error(fields, 'a request met a bug')
    }
    letPass(request.raw, mostBytes)
    reply.code(problem.status).headers(headers)
    if (html === undefined) return reply.type('application/problem+json').send(JSON.stringify(problem))
    return reply.header('content-security-policy', pagePolicy).type('text/html; charset=utf-8').send(html(problem))
  }
}
