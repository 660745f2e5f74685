/** For the sandbox's own tests: a plain caller of the service, and documents written out by hand. */
import { XMLParser } from 'fast-xml-parser'
import { StillClock } from '../clock/still.ts'
import type { Cybertipline, CybertiplineOptions } from './cybertipline.ts'
import { startCybertipline } from './cybertipline.ts'
import type { Route } from './route.ts'

export interface Reply {
  readonly status: number
  readonly headers: Headers
  readonly body: string
  readonly root: string
  readonly code: string | undefined
  readonly description: string
  readonly reportId: string
  readonly fileId: string
  readonly hash: string
  readonly fileIds: readonly string[]
}

export interface Caller {
  call(route: Route | string, init?: RequestInit): Promise<Reply>
  submit(xml: string): Promise<Reply>
  upload(id: string, bytes: Uint8Array, name?: string): Promise<Reply>
  fileinfo(xml: string): Promise<Reply>
  finish(id: string): Promise<Reply>
  retract(id: string): Promise<Reply>
}

export const callerOf = (
  tip: Cybertipline,
  { user, password }: { readonly user: string; readonly password: string } = tip.credentials,
): Caller => {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  const call = async (route: string, init: RequestInit = {}) => {
    const headers = { authorization, ...(init.headers as Record<string, string> | undefined) }
    return reply(await fetch(`${tip.baseUrl}/${route}`, { ...init, headers }))
  }
  const xml = (route: string, body: string) =>
    call(route, { method: 'POST', body, headers: { 'content-type': 'text/xml; charset=utf-8' } })
  return {
    call,
    submit: (body) => xml('submit', body),
    fileinfo: (body) => xml('fileinfo', body),
    upload: (id, bytes, name = 'a.jpg') => {
      const body = formOf({ id })
      body.append('file', new Blob([new Uint8Array(bytes)]), name)
      return call('upload', { method: 'POST', body })
    },
    finish: (id) => call('finish', { method: 'POST', body: formOf({ id }) }),
    retract: (id) => call('retract', { method: 'POST', body: formOf({ id }) }),
  }
}

export const formOf = (fields: Readonly<Record<string, string>>): FormData => {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  return form
}

/** A service with a still clock, and one open report on it. */
export const opened = async (options: CybertiplineOptions = {}, xml = reportXml()) => {
  const clock = new StillClock()
  const tip = await startCybertipline({ clock, ...options })
  const caller = callerOf(tip)
  const { reportId } = await caller.submit(xml)
  return { tip, clock, caller, reportId, [Symbol.asyncDispose]: () => tip.close() }
}

/** The parts of a report that a test wants different. */
export interface Parts {
  readonly batched?: string
  readonly summary?: string
  readonly when?: string
  readonly internet?: string
  readonly law?: string
  readonly reporter?: string
  readonly user?: string
  readonly rest?: string
}

/** The minimal legal report, with these parts put in where they belong. */
export const reportXml = (parts: Parts = {}): string =>
  `<?xml version="1.0" encoding="UTF-8"?>
<report>${parts.batched ?? ''}<incidentSummary>
<incidentType>Child Pornography (possession, manufacture, and distribution)</incidentType>${parts.summary ?? ''}
<incidentDateTime>${parts.when ?? '2026-05-01T10:00:00Z'}</incidentDateTime></incidentSummary>${parts.internet ?? ''}${parts.law ?? ''}
<reporter>${parts.reporter ?? '<reportingPerson><email>safety@wild.example</email></reportingPerson>'}</reporter>
${parts.user === undefined ? '' : `<personOrUserReported>${parts.user}</personOrUserReported>`}${parts.rest ?? ''}</report>`

export const fileDetailsXml = (reportId: string, fileId: string, rest = ''): string =>
  `<fileDetails><reportId>${reportId}</reportId><fileId>${fileId}</fileId>${rest}</fileDetails>`

const parser = new XMLParser({
  parseTagValue: false,
  processEntities: true,
  ignoreDeclaration: true,
  isArray: (_name, path) => String(path).endsWith('files.fileId'),
})

const reply = async (response: Response): Promise<Reply> => {
  const body = await response.text()
  const xml = /xml/.test(response.headers.get('content-type') ?? '')
  const parsed = xml ? parsedOrNothing(body) : {}
  const [root = '', content = {}] = Object.entries(parsed)[0] ?? []
  const text = (name: string) => (typeof content[name] === 'string' ? content[name] : '')
  const files = content.files as { fileId?: string[] } | undefined
  return {
    status: response.status,
    headers: response.headers,
    body,
    root,
    code: text('responseCode') || undefined,
    description: text('responseDescription'),
    reportId: text('reportId'),
    fileId: text('fileId'),
    hash: text('hash'),
    fileIds: files?.fileId ?? [],
  }
}

const parsedOrNothing = (body: string): Record<string, Record<string, unknown>> => {
  try {
    return parser.parse(body)
  } catch {
    return {}
  }
}
