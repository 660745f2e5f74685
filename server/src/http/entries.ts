// /v1/corrections, /v1/set-aside and /v1/feedback: what people decide about entries, under the same rights as at the terminal.
import {
  correction,
  correctionList,
  correctionProposal,
  entryDecision,
  feedback,
  feedbackApproval,
  feedbackList,
  setAside,
  setAsideDecision,
  setAsideForesight,
  setAsideList,
} from '@wardline/api'
import { z } from 'zod'
import { callerAt } from './callers.ts'
import type { EntryStages } from './entry-stages.ts'
import { id, perKey, type Router, refusals } from './router.ts'

const params = z.object({ id })

export function entryRoutes(app: Router, stages: EntryStages): void {
  corrections(app, stages)
  setAsides(app, stages)
  feedbacks(app, stages)
}

function corrections(app: Router, stages: EntryStages): void {
  const tags = ['corrections']
  app.route({
    method: 'GET',
    url: '/v1/corrections',
    config: { act: 'read_case', ...perKey() },
    schema: {
      operationId: 'listCorrections',
      tags,
      summary: 'Corrections, newest first: never a hash, never which entry',
      response: { 200: correctionList, ...refusals },
    },
    handler: async () => ({ corrections: [...(await stages.listCorrections())] }),
  })

  app.route({
    method: 'POST',
    url: '/v1/corrections',
    config: { act: 'decide_case', ...perKey() },
    schema: {
      operationId: 'proposeCorrection',
      tags,
      summary: 'The entries that a case’s file met are wrong about it; in force once another person approves',
      body: correctionProposal,
      response: { 200: correction, ...refusals },
    },
    handler: (request) => {
      const { case: number, fileId, listId, reason, reviewAt } = request.body
      const asked = { case: number, fileId, listId, reason, reviewAt: Date.parse(reviewAt) }
      return stages.proposeCorrection({ caller: callerAt(request), ...asked })
    },
  })

  for (const [says, act, summary] of [
    ['approve', 'decide_approval', 'Another person than the one who proposed it agrees: in force within a second'],
    ['refuse', 'decide_approval', 'It is not to be'],
    ['withdraw', 'decide_case', 'One person ends it: the entries count again'],
  ] as const)
    app.route({
      method: 'POST',
      url: `/v1/corrections/:id/${says}`,
      config: { act, ...perKey() },
      schema: {
        operationId: `${says}Correction`,
        tags,
        summary,
        params,
        body: entryDecision,
        response: { 200: correction, ...refusals },
      },
      handler: (request) =>
        stages.answerCorrection({
          id: request.params.id,
          caller: callerAt(request),
          reason: request.body.reason,
          says,
        }),
    })
}

function setAsides(app: Router, stages: EntryStages): void {
  const tags = ['set-aside']
  app.route({
    method: 'GET',
    url: '/v1/set-aside',
    config: { act: 'list_cases', ...perKey() },
    schema: {
      operationId: 'listSetAside',
      tags,
      summary: 'Entries that too many unrelated accounts hit, newest first; never which entry',
      response: { 200: setAsideList, ...refusals },
    },
    handler: async () => ({ setAside: [...(await stages.listSetAsides())] }),
  })

  for (const [says, summary] of [
    ['release', 'The entry is right: what waits goes on, and it is never set aside again'],
    ['keep', 'Looked at, and it stays set aside; to be looked at again within a day'],
  ] as const)
    app.route({
      method: 'POST',
      url: `/v1/set-aside/:id/${says}`,
      config: { act: 'decide_case', ...perKey() },
      schema: {
        operationId: `${says}SetAside`,
        tags,
        summary,
        params,
        body: entryDecision,
        response: { 200: setAside, ...refusals },
      },
      handler: (request) =>
        stages.answerSetAside({
          id: request.params.id,
          caller: callerAt(request),
          reason: request.body.reason,
          says,
        }),
    })

  app.route({
    method: 'POST',
    url: '/v1/set-aside/:id/decide',
    config: { act: 'decide_case', ...perKey() },
    schema: {
      operationId: 'decideSetAside',
      tags,
      summary: 'One decision for all cases that rest on the entry; what that comes to, in numbers',
      params,
      body: setAsideDecision,
      response: { 200: setAsideForesight, ...refusals },
    },
    handler: (request) => {
      const { says, reason, incidentType, falseMatch } = request.body
      const { id } = request.params
      return stages.decideSetAside({ id, caller: callerAt(request), says, reason, incidentType, falseMatch })
    },
  })
}

function feedbacks(app: Router, stages: EntryStages): void {
  const tags = ['feedback']
  app.route({
    method: 'GET',
    url: '/v1/feedback',
    config: { act: 'read_lists', ...perKey() },
    schema: {
      operationId: 'listFeedback',
      tags,
      summary: 'What cases taught about NCMEC’s entries, newest first; never which entry',
      response: { 200: feedbackList, ...refusals },
    },
    handler: async () => ({ feedback: [...(await stages.listFeedback())] }),
  })

  app.route({
    method: 'POST',
    url: '/v1/feedback/:id/approve',
    config: { act: 'decide_feedback', ...perKey() },
    schema: {
      operationId: 'approveFeedback',
      tags,
      summary: 'It is sent to NCMEC, once',
      params,
      body: feedbackApproval.nullish(),
      response: { 200: feedback, ...refusals },
    },
    handler: (request) =>
      stages.approveFeedback({
        id: request.params.id,
        caller: callerAt(request),
        reasonId: request.body?.reasonId,
      }),
  })

  app.route({
    method: 'POST',
    url: '/v1/feedback/:id/refuse',
    config: { act: 'decide_feedback', ...perKey() },
    schema: {
      operationId: 'refuseFeedback',
      tags,
      summary: 'It is never sent',
      params,
      response: { 200: feedback, ...refusals },
    },
    handler: (request) => stages.refuseFeedback({ id: request.params.id, caller: callerAt(request) }),
  })
}
