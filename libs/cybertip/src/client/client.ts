// The seven endpoints. CyberTipline API, sections 1 to 3. It never retries and never follows: what a failure means is the caller's to decide.

import { judge } from '../response/judge.ts'
import { parseResponse, type Reply, type UnknownElement } from '../response/parse.ts'
import { decodeXml } from '../xml/decode.ts'
import { addressProblem, type Environment } from './environment.ts'
import { type Answer, type Body, exchange, type Line, type Request } from './exchange.ts'
import { CybertipFault } from './fault.ts'
import { idForm, type Upload, uploadForm } from './multipart.ts'
import { answerFault } from './verdict.ts'

export type CybertipOptions<E extends Environment> = {
  /** Without the endpoint: `https://exttest.cybertip.org/ispws`. */
  readonly baseUrl: string
  readonly username: string
  readonly password: string
  /** production: report.cybertip.org only; test: exttest.cybertip.org only; sandbox: a loopback host only. */
  readonly environment: E
  /** The longest silence to bear; default one minute. */
  readonly timeoutMs?: number
  readonly fetch?: typeof globalThis.fetch
}

export type Ok = {
  readonly kind: 'ok'
  readonly httpStatus: number
  readonly requestId: string | undefined
  /** The answer's bytes as they came. Of a finish they are the legal receipt: keep them with the time. */
  readonly rawXml: Uint8Array
  /** Elements of the answer that this version does not know. */
  readonly unknown?: readonly UnknownElement[]
}
/** A fault is returned, not thrown. */
export type Result<T = unknown> = (Ok & T) | CybertipFault

export type Cybertip<E extends Environment = Environment> = {
  readonly environment: E
  /** Are we connected, are the credentials right? The description names user and address as NCMEC sees them. */
  status(): Promise<Result<{ readonly description: string }>>
  /** NCMEC's schema, in `rawXml`. */
  xsd(): Promise<Result>
  /** xml: a <report> document from `toXml`. */
  submit(xml: string): Promise<Result<{ readonly reportId: string }>>
  upload(reportId: string, file: Upload): Promise<Result<Uploaded>>
  /** xml: a <fileDetails> document from `toXml`. Once per file. */
  fileinfo(xml: string): Promise<Result>
  /** Irreversible. fileIds is undefined when the answer did not list them. */
  finish(reportId: string): Promise<Result<{ readonly fileIds: readonly string[] | undefined }>>
  retract(reportId: string): Promise<Result>
}

export type Uploaded = {
  readonly fileId: string
  /** MD5 of what NCMEC received, lower-case hex: compare it. */
  readonly hash: string | undefined
  /** MD5 of what was read from the source and sent. */
  readonly sentMd5: string
  readonly sentBytes: number
}

/**
 * Opens no connection yet. Throws CybertipFault('wrong_address') when the environment may not talk to this address, and always for test
 * and production while a test runner is at work.
 */
export function openCybertip<const E extends Environment>(options: CybertipOptions<E>): Cybertip<E> {
  const problem = addressProblem(options.environment, options.baseUrl)
  if (problem) throw new CybertipFault('wrong_address', { cause: problem })
  const line = lineOf(options)

  return {
    environment: options.environment,
    status: async () =>
      settle(await exchange(line, get('/status')), ({ description }) => ({ description: description ?? '' })),
    xsd: async () => schemaOf(await exchange(line, get('/xsd'))),
    submit: async (xml) =>
      settle(await exchange(line, post('/submit', document(xml))), ({ reportId }) => reportId && { reportId }),
    upload: async (reportId, file) => {
      const form = uploadForm(reportId, file)
      const answer = await exchange(line, post('/upload', form.body))
      return settle(answer, (reply) => uploaded(reply, form.sent()), reportId)
    },
    fileinfo: async (xml) => settle(await exchange(line, post('/fileinfo', document(xml))), () => ({})),
    finish: async (reportId) =>
      settle(await exchange(line, post('/finish', idForm(reportId))), ({ fileIds }) => ({ fileIds }), reportId),
    retract: async (reportId) => settle(await exchange(line, post('/retract', idForm(reportId))), () => ({}), reportId),
  }
}

function lineOf({ baseUrl, username, password, timeoutMs, fetch }: CybertipOptions<Environment>): Line {
  if (username.includes(':')) throw new TypeError('a user name cannot hold a colon in HTTP Basic')
  return {
    baseUrl: new URL(baseUrl).href.replace(/\/+$/, ''),
    authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
    timeoutMs: timeoutMs ?? 60_000,
    fetch: fetch ?? globalThis.fetch,
  }
}

function get(path: string): Request {
  return { method: 'GET', path }
}

function post(path: string, body: Body): Request {
  return { method: 'POST', path, body }
}

function document(xml: string): Body {
  return { contentType: 'text/xml; charset=utf-8', content: xml }
}

/** Success only with code 0, everything the endpoint owes, and about the report that was asked. */
function settle<T extends object>(
  answer: Answer | CybertipFault,
  pick: (reply: Reply) => T | undefined | '',
  asked?: string,
): Result<T> {
  if (answer instanceof CybertipFault) return answer
  const judgement = judge(answer.httpStatus, parseResponse(answer.bytes))
  if (judgement.by === 'status' || judgement.class !== 'ok') return answerFault(answer, judgement)
  const { reply } = judgement
  if (asked !== undefined && reply.reportId !== undefined && reply.reportId !== asked) {
    return faultAbout('contradictory_answer', answer)
  }
  const picked = pick(reply)
  const unknown = reply.unknown ? { unknown: reply.unknown } : {}
  return picked ? { ...okOf(answer), ...unknown, ...picked } : faultAbout('unreadable_answer', answer)
}

function schemaOf(answer: Answer | CybertipFault): Result {
  if (answer instanceof CybertipFault) return answer
  const isSchema = /<([A-Za-z][\w.-]*:)?schema[\s>]/.test(decodeXml(answer.bytes)?.slice(0, 10_000) ?? '')
  if (answer.httpStatus === 200 && isSchema) return okOf(answer)
  const judgement = judge(answer.httpStatus, parseResponse(answer.bytes))
  // Code 0 without a schema is no schema either.
  return judgement.class === 'ok' ? faultAbout('unreadable_answer', answer) : answerFault(answer, judgement)
}

function uploaded({ fileId, hash }: Reply, sent: { md5: string; sizeBytes: number } | undefined): Uploaded | undefined {
  // An answer that came before all was sent, or without an id, proves nothing.
  if (fileId === undefined || sent === undefined) return undefined
  return { fileId, hash, sentMd5: sent.md5, sentBytes: sent.sizeBytes }
}

function okOf({ httpStatus, requestId, bytes }: Answer): Ok {
  return { kind: 'ok', httpStatus, requestId, rawXml: bytes }
}

function faultAbout(code: 'contradictory_answer' | 'unreadable_answer', answer: Answer): CybertipFault {
  return new CybertipFault(code, {
    httpStatus: answer.httpStatus,
    rawAnswer: answer.bytes,
    ...(answer.requestId === undefined ? {} : { requestId: answer.requestId }),
  })
}
