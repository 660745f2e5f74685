// POST /v1/scans: images in, verdicts out. GET /v1/scans/{id}: what became of a held one.
import multipart from '@fastify/multipart'
import { scanAnswer, scanAnswers, scanState } from '@wardline/api'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { openRoom } from './body.ts'
import { callerAt } from './callers.ts'
import type { Metrics } from './metrics.ts'
import { Refused } from './problem.ts'
import { id, perKey, type Router, refusals } from './router.ts'
import type { ScanOutcome, Stages } from './stages.ts'
import { readUpload, type UploadLimits } from './upload.ts'

/** Of the largest size; of usual photographs it is a hundred times as many. */
const uploadsAtOnce = 8

export interface ScanRoutes {
  readonly stages: Stages
  readonly metrics: Metrics
  readonly limits: UploadLimits
  readonly scansPerMinute: number
  /** Tells the closing server that this scan is still running, also when its caller has hung up. */
  readonly running: <T>(work: Promise<T>) => Promise<T>
}

export async function scanRoutes(app: Router, { stages, metrics, limits, scansPerMinute, running }: ScanRoutes) {
  const within = openRoom(limits.bodyBytes * uploadsAtOnce)

  // The bytes decide what an image is; a content type only has to be an image's or nobody's.
  app.removeAllContentTypeParsers()
  await app.register(multipart, { throwFileSizeLimit: false })
  app.addContentTypeParser('application/octet-stream', (_request, _payload, done) => done(null))
  app.addContentTypeParser(/^image\//, (_request, _payload, done) => done(null))
  app.addContentTypeParser('*', (request, _payload, done) =>
    done(request.headers['content-type'] === undefined ? null : new Refused('content_type_wrong')),
  )

  app.route({
    method: 'POST',
    url: '/v1/scans',
    config: { act: 'scan', ...perKey(scansPerMinute) },
    schema: {
      operationId: 'scan',
      tags: ['scans'],
      summary: 'Is this image known?',
      description:
        'One image as the body, or several as multipart parts. A `held` answer is given only after evidence and case ' +
        'are durable. A `clear` image leaves nothing behind.',
      response: {
        200: {
          description: 'one answer for one file, a list for several',
          content: { 'application/json': { schema: z.union([scanAnswer, scanAnswers]) } },
        },
        ...refusals,
      },
    },
    handler: async (request, reply) => {
      const idempotencyKey = idempotencyKeyOf(request)
      const outcome = await within(request.raw, limits.bodyBytes, async () => {
        const upload = await readUpload(request, limits)
        return running(stages.scan({ ...upload, caller: callerAt(request), idempotencyKey }))
      })
      const { answer, isTest } = answerOf(outcome)
      for (const { id, verdict } of 'results' in answer ? answer.results : [answer])
        metrics.scanned(verdict, isTest?.(id) ?? false)
      return reply.type('application/json').send(answer)
    },
  })

  app.route({
    method: 'GET',
    url: '/v1/scans/:id',
    config: { act: 'read_scan', ...perKey() },
    schema: {
      operationId: 'scanState',
      tags: ['scans'],
      summary: 'What became of a held image?',
      params: z.object({ id: z.string().max(100) }),
      response: { 200: scanState, ...refusals },
    },
    handler: async (request) => ({
      id: request.params.id,
      // What is no id of ours was never a scan: said without asking the database.
      state: id.safeParse(request.params.id).success ? await stages.scanState(request.params.id) : 'unknown',
    }),
  })
}

function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const key = request.headers['idempotency-key']
  if (key === undefined) return undefined
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) throw new Refused('idempotency_key_wrong')
  return key
}

function answerOf(outcome: ScanOutcome): ScanOutcome & { readonly kind: 'answered' } {
  switch (outcome.kind) {
    case 'answered':
      return outcome
    case 'in_progress':
      throw new Refused('idempotency_key_in_progress')
    case 'key_reused':
      throw new Refused('idempotency_key_reused')
  }
}
