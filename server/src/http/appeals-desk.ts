// /v1/appeals for the people who hear them, and /v1/notices/{id}/appeal for a platform whose user objects in its own product.
import {
  appealDetail,
  appealHandBack,
  appealPage,
  appealStates,
  appealVerdict,
  nextAppeal,
  platformAppeal,
  platformAppealStanding,
} from '@wardline/api'
import { z } from 'zod'
import { callerAt } from './callers.ts'
import type { HearingStages } from './hearing-stages.ts'
import { id, largestNumber, perKey, type Router, refusals } from './router.ts'

const whole = z.coerce.number().int().min(1)
const params = z.object({ number: whole.max(largestNumber) })
const tags = ['appeals']

export function hearingRoutes(app: Router, stages: HearingStages): void {
  platform(app, stages)
  reading(app, stages)
  hearing(app, stages)
}

function platform(app: Router, stages: HearingStages): void {
  const params = z.object({ id })
  app.route({
    method: 'POST',
    url: '/v1/notices/:id/appeal',
    bodyLimit: 128 * 1024,
    config: { act: 'enter_appeal', ...perKey() },
    schema: {
      operationId: 'enterAppeal',
      tags,
      summary: 'A user objects in your own product: their words, about the notice of their account',
      description: 'The first words open an appeal, later ones join it. Nothing of the case is ever answered.',
      params,
      body: platformAppeal,
      response: { 201: platformAppealStanding, ...refusals },
    },
    handler: async (request, reply) =>
      reply.code(201).send(await stages.enter({ noticeId: request.params.id, ...request.body })),
  })

  app.route({
    method: 'GET',
    url: '/v1/notices/:id/appeal',
    config: { act: 'enter_appeal', ...perKey() },
    schema: {
      operationId: 'appealStanding',
      tags,
      summary: 'Whether words about a notice were received, and whether they were decided about; never how',
      params,
      response: { 200: platformAppealStanding, ...refusals },
    },
    handler: (request) => stages.standing(request.params.id),
  })
}

function reading(app: Router, stages: HearingStages): void {
  app.route({
    method: 'GET',
    url: '/v1/appeals',
    config: { act: 'read_appeals', ...perKey() },
    schema: {
      operationId: 'listAppeals',
      tags,
      summary: 'Appeals, newest first',
      querystring: z.strictObject({
        state: z
          .enum(['open', ...appealStates])
          .optional()
          .describe('open: whatever is not decided'),
        mine: z.enum(['true', 'false']).default('false').describe('true: those that you are to decide'),
        limit: whole.max(200).default(50),
        before: whole.max(largestNumber).optional(),
      }),
      response: { 200: appealPage, ...refusals },
    },
    handler: async (request) => {
      const { state, mine, limit, before } = request.query
      const asked = { state, mine: mine === 'true', limit, before, caller: callerAt(request) }
      const appeals = await stages.list(asked)
      return { appeals: [...appeals], next: appeals.length < limit ? null : (appeals.at(-1)?.number ?? null) }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/appeals/:number',
    config: { act: 'read_appeals', ...perKey() },
    schema: {
      operationId: 'showAppeal',
      tags,
      summary: 'One appeal: its words, what was found and how near, who decided, who hears it; never a hash value',
      params,
      response: { 200: appealDetail, ...refusals },
    },
    handler: (request) => stages.show(request.params.number),
  })
}

function hearing(app: Router, stages: HearingStages): void {
  app.route({
    method: 'POST',
    url: '/v1/appeals/next',
    config: { act: 'hear_appeal', ...perKey() },
    schema: {
      operationId: 'nextAppeal',
      tags,
      summary: 'Of the appeals that chance gave to you, the one that is due first',
      description: 'Nobody chooses which appeal they hear, and nobody is given one about a case that they decided.',
      response: { 200: nextAppeal, ...refusals },
    },
    handler: async (request) => ({ appeal: await stages.next(callerAt(request)) }),
  })

  for (const [round, url, operationId, summary] of [
    [1, 'decide', 'decideAppeal', 'The person who sits over it decides it, with a reason'],
    [
      2,
      'second-look',
      'lookAgainAtAppeal',
      'Another person looks at an upheld one: it is upheld for good, or overturned',
    ],
  ] as const)
    app.route({
      method: 'POST',
      url: `/v1/appeals/:number/${url}`,
      config: { act: 'hear_appeal', ...perKey() },
      schema: { operationId, tags, summary, params, body: appealVerdict, response: { 200: appealDetail, ...refusals } },
      handler: (request) =>
        stages.decide({ ...request.body, number: request.params.number, caller: callerAt(request), round }),
    })

  app.route({
    method: 'POST',
    url: '/v1/appeals/:number/hand-back',
    config: { act: 'hear_appeal', ...perKey() },
    schema: {
      operationId: 'handBackAppeal',
      tags,
      summary: 'You give it back, or as an administrator take it from somebody; chance gives it to another person',
      params,
      body: appealHandBack,
      response: { 200: appealDetail, ...refusals },
    },
    handler: (request) =>
      stages.handBack({
        number: request.params.number,
        caller: callerAt(request),
        reason: request.body.reason,
      }),
  })
}
