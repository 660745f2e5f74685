// /v1/notices and /v1/notice-holds: where each stands, what a platform fetches and answers for, who lets go and who holds.
import {
  duePage,
  entryDecision,
  newNoticeHold,
  noticeDetail,
  noticeHeld,
  noticeHold,
  noticeHoldList,
  noticePage,
  noticeRelease,
  noticeStates,
  noticeUndelivered,
} from '@wardline/api'
import { z } from 'zod'
import { callerAt } from './callers.ts'
import type { NoticeStages } from './notice-stages.ts'
import { id, perKey, type Router, refusals } from './router.ts'

const params = z.object({ id })
const tags = ['notices']
const limit = z.coerce.number().int().min(1).max(200).default(50)

export function noticeRoutes(app: Router, stages: NoticeStages): void {
  reading(app, stages)
  delivering(app, stages)
  holding(app, stages)
}

function reading(app: Router, stages: NoticeStages): void {
  app.route({
    method: 'GET',
    url: '/v1/notices',
    config: { act: 'list_notices', ...perKey() },
    schema: {
      operationId: 'listNotices',
      tags,
      summary: 'Notices, newest first: never an address, never the text',
      querystring: z.strictObject({ state: z.enum(noticeStates).optional(), limit, before: id.optional() }),
      response: { 200: noticePage, ...refusals },
    },
    handler: async (request) => {
      const { state, limit, before } = request.query
      const notices = await stages.list({ state, limit, before, caller: callerAt(request) })
      return { notices: [...notices], next: notices.length < limit ? null : (notices.at(-1)?.id ?? null) }
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/notices/:id',
    config: { act: 'list_notices', ...perKey() },
    schema: {
      operationId: 'showNotice',
      tags,
      summary: 'One notice with its tries',
      params,
      response: { 200: noticeDetail, ...refusals },
    },
    handler: (request) => stages.show(request.params.id, callerAt(request)),
  })

  app.route({
    method: 'POST',
    url: '/v1/notices/:id/release',
    config: { act: 'release_notice', ...perKey() },
    schema: {
      operationId: 'releaseNotice',
      tags,
      summary: 'A person lets a notice of an escalated report, or one with a known victim, go',
      params,
      body: noticeRelease,
      response: { 200: noticeDetail, ...refusals },
    },
    handler: (request) => stages.release(request.params.id, callerAt(request), request.body.reason),
  })
}

function delivering(app: Router, stages: NoticeStages): void {
  app.route({
    method: 'GET',
    url: '/v1/notices/due',
    config: { act: 'pull_notices', ...perKey() },
    schema: {
      operationId: 'dueNotices',
      tags,
      summary: 'What your platform is to tell its users now, in whole (notices.channel: pull)',
      querystring: z.strictObject({ limit, after: id.optional() }),
      response: { 200: duePage, ...refusals },
    },
    handler: async (request) => {
      const { notices, ...page } = await stages.due(request.query)
      return { ...page, notices: [...notices] }
    },
  })

  const done = { 204: z.undefined().describe('written down'), ...refusals }
  app.route({
    method: 'POST',
    url: '/v1/notices/:id/delivered',
    config: { act: 'pull_notices', ...perKey() },
    schema: {
      operationId: 'noticeDelivered',
      tags,
      summary: 'Your platform has told the reader; said again it changes nothing',
      params,
      response: done,
    },
    handler: async (request, reply) => {
      await stages.delivered(request.params.id, callerAt(request))
      return reply.code(204).send()
    },
  })

  app.route({
    method: 'POST',
    url: '/v1/notices/:id/undeliverable',
    config: { act: 'pull_notices', ...perKey() },
    schema: {
      operationId: 'noticeUndeliverable',
      tags,
      summary: 'Your platform cannot tell the reader: the notice is given up, and an operator hears of it',
      params,
      body: noticeUndelivered,
      response: done,
    },
    handler: async (request, reply) => {
      await stages.undeliverable(request.params.id, callerAt(request), request.body.why)
      return reply.code(204).send()
    },
  })
}

function holding(app: Router, stages: NoticeStages): void {
  app.route({
    method: 'GET',
    url: '/v1/notice-holds',
    config: { act: 'read_holds', ...perKey() },
    schema: {
      operationId: 'listNoticeHolds',
      tags,
      summary: 'Legal instruments under which nobody may be told',
      querystring: z.strictObject({ all: z.stringbool().default(false).describe('also those that have ended') }),
      response: { 200: noticeHoldList, ...refusals },
    },
    handler: async (request) => ({ holds: [...(await stages.holds(request.query.all))] }),
  })

  app.route({
    method: 'POST',
    url: '/v1/notice-holds',
    config: { act: 'hold_notice', ...perKey() },
    schema: {
      operationId: 'holdNotices',
      tags,
      summary: 'Nobody is told of this report, case or account until then',
      body: newNoticeHold,
      response: { 200: noticeHeld, ...refusals },
    },
    handler: (request) => {
      const { expiresAt, ...asked } = request.body
      return stages.hold({ ...asked, expiresAt: Date.parse(expiresAt), caller: callerAt(request) })
    },
  })

  app.route({
    method: 'POST',
    url: '/v1/notice-holds/:id/end',
    config: { act: 'hold_notice', ...perKey() },
    schema: {
      operationId: 'endNoticeHold',
      tags,
      summary: 'The instrument was lifted before its date: what nothing else holds goes on',
      params,
      body: entryDecision,
      response: { 200: noticeHold, ...refusals },
    },
    handler: (request) => stages.endHold(request.params.id, callerAt(request), request.body.reason),
  })
}
