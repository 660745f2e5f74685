// /v1/repairs: what overturned appeals set right, who approved it, and how far each is.
import { repairDecision, repairDetail, repairLetter, repairList, repairRestored, secondLook } from '@wardline/api'
import { z } from 'zod'
import { callerAt } from './callers.ts'
import type { RepairStages } from './repair-stages.ts'
import { largestNumber, perKey, type Router, refusals } from './router.ts'

const params = z.object({ number: z.coerce.number().int().min(1).max(largestNumber) })
const tags = ['repairs']

export function repairRoutes(app: Router, stages: RepairStages): void {
  reading(app, stages)
  deciding(app, stages)
  correcting(app, stages)
}

function reading(app: Router, stages: RepairStages): void {
  app.route({
    method: 'GET',
    url: '/v1/repairs',
    config: { act: 'read_repairs', ...perKey() },
    schema: {
      operationId: 'listRepairs',
      tags,
      summary: 'Repairs, newest first, with how far each is',
      response: { 200: repairList, ...refusals },
    },
    handler: async () => ({ repairs: [...(await stages.list())] }),
  })

  app.route({
    method: 'GET',
    url: '/v1/repairs/:number',
    config: { act: 'read_repairs', ...perKey() },
    schema: {
      operationId: 'showRepair',
      tags,
      summary: 'One repair and its cases, by picture: never a hash, never which entry',
      params,
      response: { 200: repairDetail, ...refusals },
    },
    handler: (request) => stages.show(request.params.number),
  })
}

function deciding(app: Router, stages: RepairStages): void {
  for (const [says, summary] of [
    ['approve', 'One of two people approves the list as it is; whoever decided one of its cases cannot'],
    ['refuse', 'It is not to be: its entries count again, and what waited goes on; of a hearing two people say so'],
  ] as const)
    app.route({
      method: 'POST',
      url: `/v1/repairs/:number/${says}`,
      config: { act: 'decide_repair', ...perKey() },
      schema: {
        operationId: `${says}Repair`,
        tags,
        summary,
        params,
        body: repairDecision,
        response: { 200: repairDetail, ...refusals },
      },
      handler: (request) =>
        stages.answer({ ...request.params, caller: callerAt(request), reason: request.body.reason, says }),
    })

  app.route({
    method: 'POST',
    url: '/v1/repairs/:number/again',
    config: { act: 'decide_repair', ...perKey() },
    schema: {
      operationId: 'repairAgain',
      tags,
      summary: 'Cases that came later are gathered in a further round, to be approved like the first',
      params,
      body: repairDecision,
      response: { 200: repairDetail, ...refusals },
    },
    handler: (request) => stages.again({ ...request.params, caller: callerAt(request), reason: request.body.reason }),
  })

  app.route({
    method: 'POST',
    url: '/v1/repairs/second-looks',
    config: { act: 'decide_case', ...perKey() },
    schema: {
      operationId: 'lookAgain',
      tags,
      summary: 'What a second look at a case that was over came to; nothing is reported either way',
      body: secondLook,
      response: { 200: z.object({ state: z.string(), repair: z.int().nullable() }), ...refusals },
    },
    handler: (request) => stages.secondLook({ ...request.body, caller: callerAt(request) }),
  })
}

function correcting(app: Router, stages: RepairStages): void {
  app.route({
    method: 'POST',
    url: '/v1/repairs/:number/report',
    config: { act: 'decide_repair', ...perKey() },
    schema: {
      operationId: 'reportRepair',
      tags,
      summary:
        'NCMEC gets a new report for each that was an error, which takes it back and names nobody; not done unless asked',
      params,
      body: repairDecision,
      response: { 200: repairDetail, ...refusals },
    },
    handler: (request) => stages.report({ ...request.params, caller: callerAt(request), reason: request.body.reason }),
  })

  app.route({
    method: 'POST',
    url: '/v1/repairs/:number/letter',
    config: { act: 'decide_repair', ...perKey() },
    schema: {
      operationId: 'openRepairLetter',
      tags,
      summary: 'The correction for NCMEC, which a person sends; a line in the trail is written first',
      params,
      response: { 200: repairLetter, ...refusals },
    },
    handler: (request) => stages.letter({ ...request.params, caller: callerAt(request) }),
  })

  app.route({
    method: 'POST',
    url: '/v1/repairs/:number/letter/sent',
    config: { act: 'decide_repair', ...perKey() },
    schema: {
      operationId: 'markRepairLetterSent',
      tags,
      summary: 'A person has sent it',
      params,
      response: { 200: repairDetail, ...refusals },
    },
    handler: (request) => stages.letterSent({ ...request.params, caller: callerAt(request) }),
  })

  app.route({
    method: 'POST',
    url: '/v1/repairs/:number/restored',
    config: { act: 'decide_repair', ...perKey() },
    schema: {
      operationId: 'markRestored',
      tags,
      summary: 'A person has seen to it that the platform restored one of its cases',
      params,
      body: repairRestored,
      response: { 200: repairDetail, ...refusals },
    },
    handler: (request) => stages.restored({ ...request.params, ...request.body, caller: callerAt(request) }),
  })
}
