// /v1/events: what the platform must act on, for a platform that fetches; and one event sent again.
import { eventPage, eventStanding, eventsTaken } from '@wardline/api'
import { z } from 'zod'
import { callerAt } from './callers.ts'
import type { EventStages } from './event-stages.ts'
import { id, perKey, type Router, refusals } from './router.ts'

const tags = ['events']
const params = z.object({ id })

export function eventRoutes(app: Router, stages: EventStages): void {
  app.route({
    method: 'GET',
    url: '/v1/events',
    config: { act: 'read_events', ...perKey() },
    schema: {
      operationId: 'readEvents',
      tags,
      summary: 'What the platform must act on, oldest first',
      description:
        'The same events that go to the webhook, for a platform without a door of its own. Ask with the `next` of the page ' +
        'before; no event ever appears behind one that was answered. Once a page is kept, say so with POST /v1/events/taken.',
      querystring: z.strictObject({
        after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
        limit: z.coerce.number().int().min(1).max(200).default(100),
      }),
      response: { 200: eventPage, ...refusals },
    },
    handler: (request) => stages.readEvents(request.query),
  })

  app.route({
    method: 'POST',
    url: '/v1/events/taken',
    config: { act: 'take_events', ...perKey() },
    schema: {
      operationId: 'takeEvents',
      tags,
      summary: 'The platform keeps all events up to a number: they are delivered',
      body: eventsTaken,
      response: { 200: z.object({ taken: z.int().describe('of these nobody had taken before') }), ...refusals },
    },
    handler: async (request) => ({ taken: await stages.takeEvents(request.body.upTo) }),
  })

  app.route({
    method: 'GET',
    url: '/v1/events/:id',
    config: { act: 'replay_event', ...perKey() },
    schema: {
      operationId: 'showEvent',
      tags,
      summary: 'How one event goes out; never what it says',
      params,
      response: { 200: eventStanding, ...refusals },
    },
    handler: (request) => stages.showEvent(request.params.id),
  })

  app.route({
    method: 'POST',
    url: '/v1/events/:id/replay',
    config: { act: 'replay_event', ...perKey() },
    schema: {
      operationId: 'replayEvent',
      tags,
      summary: 'Send one event again, under the same id',
      params,
      response: { 200: eventStanding, ...refusals },
    },
    handler: (request) => stages.replayEvent(request.params.id, callerAt(request)),
  })
}
