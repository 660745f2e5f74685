// /v1/cases: what people work on, and their decisions.
import {
  batchForeseen,
  batchQuestion,
  caseBatch,
  caseBatched,
  caseClosing,
  caseConfirmation,
  caseDecided,
  caseDetail,
  caseDismissal,
  casePage,
  caseStates,
} from '@wardline/api'
import { z } from 'zod'
import { callerAt } from './callers.ts'
import { largestNumber, perKey, type Router, refusals } from './router.ts'
import type { Stages } from './stages.ts'

const number = z.object({ number: z.coerce.number().int().min(1).max(largestNumber) })
const tags = ['cases']

export function caseRoutes(app: Router, stages: Stages): void {
  app.route({
    method: 'GET',
    url: '/v1/cases',
    config: { act: 'list_cases', ...perKey() },
    schema: {
      operationId: 'listCases',
      tags,
      summary: 'Cases, newest first',
      querystring: z.strictObject({
        state: z.enum(caseStates).optional(),
        limit: z.coerce.number().int().min(1).max(200).default(50),
        before: z.coerce.number().int().min(1).max(largestNumber).optional(),
      }),
      response: { 200: casePage, ...refusals },
    },
    handler: async (request) => {
      const { state, limit, before } = request.query
      const cases = await stages.listCases({ state, limit, before, caller: callerAt(request) })
      return { cases: [...cases], next: cases.length < limit ? null : (cases.at(-1)?.number ?? null) }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/cases/:number',
    config: { act: 'read_case', ...perKey() },
    schema: {
      operationId: 'showCase',
      tags,
      summary: 'One case: its files, matches, reports, notices and appeals',
      params: number,
      response: { 200: caseDetail, ...refusals },
    },
    handler: (request) => stages.showCase(request.params.number, callerAt(request)),
  })

  app.route({
    method: 'POST',
    url: '/v1/cases/:number/confirm',
    config: { act: 'decide_case', ...perKey() },
    schema: {
      operationId: 'confirmCase',
      tags,
      summary: 'A person confirms the case without viewing; a report follows',
      params: number,
      body: caseConfirmation.nullish(),
      response: { 200: caseDecided, ...refusals },
    },
    handler: (request) =>
      stages.confirmCase({
        number: request.params.number,
        caller: callerAt(request),
        reason: request.body?.reason,
        incidentType: request.body?.incidentType,
        files: request.body?.files,
        annotations: request.body?.annotations,
        escalate: request.body?.escalate,
      }),
  })

  app.route({
    method: 'POST',
    url: '/v1/cases/:number/dismiss',
    config: { act: 'decide_case', ...perKey() },
    schema: {
      operationId: 'dismissCase',
      tags,
      summary: 'A person dismisses the case without viewing; the file is released',
      params: number,
      body: caseDismissal,
      response: { 200: caseDecided, ...refusals },
    },
    handler: (request) =>
      stages.dismissCase({
        number: request.params.number,
        caller: callerAt(request),
        reason: request.body.reason,
        falseMatch: request.body.falseMatch,
      }),
  })

  app.route({
    method: 'POST',
    url: '/v1/cases/:number/close',
    config: { act: 'decide_case', ...perKey() },
    schema: {
      operationId: 'closeCase',
      tags,
      summary: 'A person has dealt elsewhere with a case that is never reported; the file counts as removed',
      params: number,
      body: caseClosing,
      response: { 200: caseDecided, ...refusals },
    },
    handler: (request) =>
      stages.closeCase({
        number: request.params.number,
        caller: callerAt(request),
        reason: request.body.reason,
      }),
  })

  app.route({
    method: 'GET',
    url: '/v1/cases/batch',
    config: { act: 'list_cases', ...perKey() },
    schema: {
      operationId: 'foreseeBatch',
      tags,
      summary: 'Which cases of one picture could be one batched report',
      querystring: batchQuestion,
      response: { 200: batchForeseen, ...refusals },
    },
    handler: (request) => stages.foreseeBatch(request.query, callerAt(request)),
  })

  app.route({
    method: 'POST',
    url: '/v1/cases/batch',
    config: { act: 'decide_case', ...perKey() },
    schema: {
      operationId: 'batchCases',
      tags,
      summary: 'A person confirms cases of one viral picture as one report, without viewing',
      description:
        'All of them or none. Such a report names the accounts by their ids and says nothing else of them; what a person ' +
        'calls viral or a meme is their word.',
      body: caseBatch,
      response: { 200: caseBatched, ...refusals },
    },
    handler: (request) => stages.batchCases(request.body, callerAt(request)),
  })
}
