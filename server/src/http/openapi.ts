// The reference at /openapi.json, made from the same schemas that check the requests.
import swagger from '@fastify/swagger'
import { moment } from '@wardline/api'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'
import type { z } from 'zod'

const config = {
  zodToJsonConfig: {
    override: ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodType; jsonSchema: z.core.JSONSchema.BaseSchema }) => {
      // Inside it is a number, on the wire it is text.
      if (zodSchema === moment) {
        for (const key of Object.keys(jsonSchema)) delete jsonSchema[key]
        Object.assign(jsonSchema, { type: 'string', format: 'date-time' })
      }
      if (zodSchema._zod.def.type === 'undefined') jsonSchema.type = 'null'
    },
  },
}
const transform = createJsonSchemaTransform(config)
const transformObject = createJsonSchemaTransformObject(config)

/** Before any route is added, so that it sees them all. */
export async function describe(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Wardline',
        version,
        description: 'Finds known images, preserves, reports to the CyberTipline, tells the user, hears an appeal.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
    },
    transform: (document) => {
      const { schema, url } = transform(document)
      // Every route speaks for itself; what answers well needs no more words than its summary.
      const guarded = document.route.config?.act !== undefined
      return { schema: { ...schema, security: guarded ? [{ key: [] }] : [] }, url }
    },
    transformObject,
  })
  app.route({
    method: 'GET',
    url: '/openapi.json',
    schema: { hide: true },
    handler: (_request, reply) => reply.type('application/json').send(completed(app.swagger())),
  })
}

const context = { $ref: '#/components/schemas/ScanContextInput' }
// No schema: the bytes themselves, as received from the user.
const bytes = {}

/** The upload is read by hand (no schema checks raw bytes), so it is described by hand. */
const upload = {
  parameters: [
    {
      name: 'Wardline-Context',
      in: 'header',
      description: 'beside a raw body: the context as JSON, in UTF-8 or percent-encoded',
      content: { 'application/json': { schema: context } },
    },
    {
      name: 'Idempotency-Key',
      in: 'header',
      description: 'the same key and body within 24 hours are answered as before; a digest of it is kept',
      schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    },
  ],
  requestBody: {
    required: true,
    content: {
      'application/octet-stream': bytes,
      'image/*': bytes,
      'multipart/form-data': {
        schema: {
          type: 'object',
          properties: { file: { type: 'array', minItems: 1, items: {} }, context },
          required: ['file'],
          additionalProperties: false,
        },
        encoding: { context: { contentType: 'application/json' } },
      },
    },
  },
}

interface Operation {
  readonly responses: Record<string, { description: string }>
  readonly requestBody?: {
    required?: boolean
    content: Record<string, { schema?: { anyOf?: readonly { type?: string }[] } }>
  }
}

interface Document {
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { schemas: Record<string, unknown> }
}

/** What the generator leaves open: the words of a good answer, and that a body which may be null may be left out. */
function finish({ responses, requestBody }: Operation): void {
  for (const answer of Object.values(responses))
    if (answer.description === 'Default Response') answer.description = 'the answer'
  const json = requestBody?.content['application/json']?.schema
  if (requestBody && json?.anyOf?.some(({ type }) => type === 'null')) requestBody.required = false
}

/** As text. Adds the upload, and leaves out what nothing refers to: every schema exists as sent and as answered. */
function completed(generated: object): string {
  const document: Document = JSON.parse(JSON.stringify(generated))
  Object.assign(document.paths['/v1/scans']?.['post'] ?? {}, upload)
  for (const methods of Object.values(document.paths)) for (const operation of Object.values(methods)) finish(operation)
  const all = document.components.schemas
  const used = new Set<string>()
  const follow = (part: unknown) => {
    for (const [, name] of JSON.stringify(part ?? null).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue
      used.add(name)
      follow(all[name])
    }
  }
  follow(document.paths)
  document.components.schemas = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)))
  return JSON.stringify(document)
}
