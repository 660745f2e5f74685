// The link of a notice: a page with one field, and where its words go. Whoever holds the link adds words, reads nothing.
import formbody from '@fastify/formbody'
import { appealReceived, appealRequest } from '@wardline/api'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { AnswerProblem } from './answer-problem.ts'
import { type Looks, pagePolicy } from './appeal-frame.ts'
import { languageQuery, paperFor } from './appeal-language.ts'
import { appealForm, appealThanks, pageOfProblem, thanksPage } from './appeal-page.ts'
import { Refused } from './problem.ts'
import { perCaller, type Router, refusals } from './router.ts'
import type { Stages } from './stages.ts'

const page = {
  200: { description: 'a page', content: { 'text/html': { schema: z.string() } } },
  ...refusals,
}
const tags = ['appeals']
const perMinute = 120
const none = 'no_such_link' as const
const mendable: ReadonlySet<string> = new Set(['request_wrong', 'words_missing', 'words_too_long'])

export interface AppealRoutes {
  readonly stages: Stages
  readonly looks: Looks
  readonly answerProblem: AnswerProblem
}

export async function appealRoutes(app: Router, { stages, looks, answerProblem }: AppealRoutes) {
  /** A link of ours has a limit of its own; only those who hold none share the one of their address. */
  const perLink = perCaller(perMinute, async (request) => {
    const { data } = tokenIn.safeParse({ ...asObject(request.params), ...asObject(request.body) })
    const ours = data !== undefined && (await stages.appealPage(data.token)) !== none
    return ours ? `link ${data.token}` : `address ${request.ip}`
  })
  await app.register(formbody, { bodyLimit: 128 * 1024 })
  // A person at a browser is answered with a page, a program with a problem.
  app.setErrorHandler(async (error, request, reply) => {
    if (!isPerson(request)) return answerProblem(error, request, reply)
    const sent = z.object({ token: z.string().max(200), words: z.string() }).safeParse(request.body)
    // Nothing that fails here hides what failed before.
    const known = sent.success ? await stages.appealPage(sent.data.token).catch(() => none) : none
    return answerProblem(error, request, reply, ({ code }) => {
      const paper = paperFor(looks, request, known === none ? null : known.locale)
      // Whoever wrote too much, or nothing, finds the words again and mends them.
      if (sent.success && known !== none && mendable.has(code))
        return appealForm(paper, { token: sent.data.token, appealBy: known.appealBy, mend: sent.data.words })
      return pageOfProblem(paper, code, { switches: request.method === 'GET' })
    })
  })

  app.route({
    method: 'GET',
    url: '/appeals/received',
    schema: {
      operationId: 'appealThanks',
      tags,
      summary: 'Where the form leads to',
      querystring: languageQuery,
      response: page,
    },
    handler: (request, reply) => {
      send(reply, appealThanks(paperFor(looks, request)))
    },
  })

  app.route({
    method: 'GET',
    url: '/appeals/:token',
    config: perLink,
    schema: {
      operationId: 'appealPage',
      tags,
      summary: 'The page behind a notice’s link; opening it changes nothing',
      params: z.object({ token: z.string().max(200) }),
      querystring: languageQuery,
      response: page,
    },
    handler: async (request, reply) => {
      // Mail scanners open every link: this only looks whether the link is one of ours.
      const { token } = request.params
      const known = await stages.appealPage(token)
      if (known === none) throw new Refused(none)
      return send(reply, appealForm(paperFor(looks, request, known.locale), { token, appealBy: known.appealBy }))
    },
  })

  app.route({
    method: 'POST',
    url: '/v1/appeals',
    bodyLimit: 128 * 1024,
    config: perLink,
    schema: {
      operationId: 'appeal',
      tags,
      summary: 'Adds words to the case of a notice',
      description: 'The token of the link is all the authority that is needed, and it allows nothing else.',
      body: appealRequest,
      querystring: languageQuery,
      response: {
        201: appealReceived,
        303: z.undefined().describe('to the page of thanks, for a browser’s form'),
        ...refusals,
      },
    },
    handler: async (request, reply) => {
      const { token, words } = request.body
      if ((await stages.recordAppeal(token, words)) === none) throw new Refused(none)
      // A form is answered with another address, so that reloading the page does not send the words again.
      if (isForm(request)) return reply.redirect(thanksPage(paperFor(looks, request)), 303)
      return reply.code(201).send({ received: true as const })
    },
  })
}

const tokenIn = z.object({ token: z.string().max(200) })
const asObject = (value: unknown): object => (typeof value === 'object' && value !== null ? value : {})

const isForm = (request: FastifyRequest) =>
  request.headers['content-type']?.toLowerCase().startsWith('application/x-www-form-urlencoded') === true
const isPerson = (request: FastifyRequest) => isForm(request) || request.routeOptions.url !== '/v1/appeals'

function send(reply: FastifyReply, text: string): FastifyReply {
  return reply.header('content-security-policy', pagePolicy).type('text/html; charset=utf-8').send(text)
}
