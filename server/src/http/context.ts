// POST /v1/scans/{id}/context: the platform says more about an image that it sent before.
import { contextTaken, laterContext } from '@wardline/api'
import { z } from 'zod'
import { callerAt } from './callers.ts'
import { id, perKey, type Router, refusals } from './router.ts'
import type { Stages } from './stages.ts'

export function contextRoute(app: Router, stages: Stages): void {
  app.route({
    method: 'POST',
    url: '/v1/scans/:id/context',
    config: { act: 'add_context', ...perKey() },
    schema: {
      operationId: 'addContext',
      tags: ['scans'],
      summary: 'What is known by now of a held image',
      description:
        'Facts that were missing when the image was sent. They are added: nothing that was said is overwritten, and what ' +
        'differs stands beside it, with its date. A case that waits for facts is filed at once when they suffice. The same ' +
        'words twice are one, and an empty object only asks what is lacking.',
      params: z.object({ id }),
      body: laterContext,
      response: { 200: contextTaken, ...refusals },
    },
    handler: (request) => stages.addContext(request.params.id, request.body, callerAt(request)),
  })
}
