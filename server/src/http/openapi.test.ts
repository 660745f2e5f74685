import { expect, test } from 'vitest'
import { Door } from './testing.ts'

type Json = { readonly [key: string]: Json } | readonly Json[] | string | number | boolean | null
interface Operation {
  readonly operationId: string
  readonly summary: string
  readonly security: readonly object[]
  readonly parameters?: readonly { name: string; in: string }[]
  readonly requestBody?: { content: Record<string, { schema: Json }> }
  readonly responses: Record<string, { description: string; content?: Record<string, { schema: Json }> }>
}
interface Document {
  readonly openapi: string
  readonly info: { title: string; version: string }
  readonly paths: Record<string, Record<string, Operation>>
  readonly components: { schemas: Record<string, Json>; securitySchemes: Record<string, Json> }
}

async function reference(): Promise<{ document: Document; text: string }> {
  await using door = await Door.open({ metrics: { port: null } })
  const answer = await door.ask('/openapi.json', undefined)
  expect(answer.headers.get('content-type')).toContain('application/json')
  const text = await answer.text()
  return { document: JSON.parse(text) as Document, text }
}

const operationsOf = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => ({ path, method, one })),
  )

test('the reference names every address there is', async () => {
  const { document } = await reference()
  expect(document).toMatchObject({
    openapi: '3.1.0',
    info: { title: 'Wardline', version: expect.stringMatching(/^\d/) },
  })
  expect(
    operationsOf(document)
      .map(({ path, method }) => `${method} ${path}`)
      .sort(),
  ).toEqual([
    'get /appeals/received',
    'get /appeals/{token}',
    'get /healthz',
    'get /metrics',
    'get /readyz',
    'get /v1/appeals',
    'get /v1/appeals/{number}',
    'get /v1/cases',
    'get /v1/cases/batch',
    'get /v1/cases/{number}',
    'get /v1/corrections',
    'get /v1/events',
    'get /v1/events/{id}',
    'get /v1/feedback',
    'get /v1/notice-holds',
    'get /v1/notices',
    'get /v1/notices/due',
    'get /v1/notices/{id}',
    'get /v1/notices/{id}/appeal',
    'get /v1/repairs',
    'get /v1/repairs/{number}',
    'get /v1/reports',
    'get /v1/reports/{id}',
    'get /v1/scans/{id}',
    'get /v1/set-aside',
    'get /v1/stats',
    'post /v1/appeals',
    'post /v1/appeals/next',
    'post /v1/appeals/{number}/decide',
    'post /v1/appeals/{number}/hand-back',
    'post /v1/appeals/{number}/second-look',
    'post /v1/cases/batch',
    'post /v1/cases/{number}/close',
    'post /v1/cases/{number}/confirm',
    'post /v1/cases/{number}/dismiss',
    'post /v1/corrections',
    'post /v1/corrections/{id}/approve',
    'post /v1/corrections/{id}/refuse',
    'post /v1/corrections/{id}/withdraw',
    'post /v1/events/taken',
    'post /v1/events/{id}/replay',
    'post /v1/feedback/{id}/approve',
    'post /v1/feedback/{id}/refuse',
    'post /v1/notice-holds',
    'post /v1/notice-holds/{id}/end',
    'post /v1/notices/{id}/appeal',
    'post /v1/notices/{id}/delivered',
    'post /v1/notices/{id}/release',
    'post /v1/notices/{id}/undeliverable',
    'post /v1/repairs/second-looks',
    'post /v1/repairs/{number}/again',
    'post /v1/repairs/{number}/approve',
    'post /v1/repairs/{number}/letter',
    'post /v1/repairs/{number}/letter/sent',
    'post /v1/repairs/{number}/refuse',
    'post /v1/repairs/{number}/report',
    'post /v1/repairs/{number}/restored',
    'post /v1/reports/{id}/retry',
    'post /v1/scans',
    'post /v1/scans/{id}/context',
    'post /v1/set-aside/{id}/decide',
    'post /v1/set-aside/{id}/keep',
    'post /v1/set-aside/{id}/release',
  ])
})

test('every operation is whole: an id of its own, words, its parameters, answers with a description, problems', async () => {
  const { document } = await reference()
  const operations = operationsOf(document)
  expect(new Set(operations.map(({ one }) => one.operationId)).size).toBe(operations.length)
  for (const { path, one } of operations) {
    expect(one.summary, path).toBeTruthy()
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(
      (one.parameters ?? []).filter((parameter) => parameter.in === 'path').map(({ name }) => name),
      path,
    ).toEqual(named)
    for (const answer of Object.values(one.responses)) expect(typeof answer.description, path).toBe('string')
    expect(one.responses['default']?.content?.['application/problem+json']?.schema, path).toEqual({
      $ref: '#/components/schemas/Problem',
    })
  }
})

test('keys are asked for where they are needed and nowhere else', async () => {
  const { document } = await reference()
  const open = operationsOf(document)
    .filter(({ one }) => one.security.length === 0)
    .map(({ path }) => path)
  expect(open.sort()).toEqual(['/appeals/received', '/appeals/{token}', '/healthz', '/readyz', '/v1/appeals'])
  expect(document.components.securitySchemes['key']).toEqual({ type: 'http', scheme: 'bearer' })
})

test('every reference leads somewhere, and nothing is there that nothing refers to', async () => {
  const { document, text } = await reference()
  const referred = new Set(
    [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to?.replace('#/components/schemas/', '')),
  )
  expect([...referred].sort()).toEqual(Object.keys(document.components.schemas).sort())
  expect(referred).toContain('ScanContextInput')
})

test('schemas are JSON Schema 2020-12 of known types; times are shown as they are on the wire', async () => {
  const { document } = await reference()
  const types = new Set<string>()
  const visit = (schema: Json): void => {
    if (typeof schema !== 'object' || schema === null) return
    if (!Array.isArray(schema) && 'type' in schema && typeof schema.type === 'string') types.add(schema.type)
    for (const below of Object.values(schema)) visit(below)
  }
  visit(Object.values(document.components.schemas))
  for (const type of types)
    expect(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null']).toContain(type)
  expect(document.components.schemas['CaseSummary']).toMatchObject({
    properties: { openedAt: { type: 'string', format: 'date-time' } },
  })
})

test('the upload is described in each of its forms', async () => {
  const { document } = await reference()
  const scan = document.paths['/v1/scans']?.['post']
  expect(Object.keys(scan?.requestBody?.content ?? {})).toEqual([
    'application/octet-stream',
    'image/*',
    'multipart/form-data',
  ])
  expect(scan?.parameters?.map(({ name }) => name)).toEqual(['Wardline-Context', 'Idempotency-Key'])
})
