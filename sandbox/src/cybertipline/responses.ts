/** The two documents the service answers with (CyberTipline API, section 3). */
import { describe } from './codes.ts'

export interface ReportAnswer {
  readonly root: 'reportResponse'
  readonly code: number
  readonly description?: string
  readonly reportId?: string
  readonly fileId?: string
  readonly hash?: string
}

/** What /finish says on success: the legal receipt. It has no description. */
export interface DoneAnswer {
  readonly root: 'reportDoneResponse'
  readonly code: 0
  readonly reportId: string
  readonly fileIds: readonly string[]
}

/** The schema, as /xsd gives it out. */
export interface SchemaAnswer {
  readonly root: 'schema'
  readonly code: 0
  readonly xsd: string
}

export type Answer = ReportAnswer | DoneAnswer | SchemaAnswer

export const refused = (code: number, detail?: string, reportId?: string): ReportAnswer => ({
  root: 'reportResponse',
  code,
  description: detail === undefined ? describe(code) : `${describe(code)} - ${detail}`,
  ...(reportId === undefined ? {} : { reportId }),
})

/** extra: XML put in before the closing tag, for the fault that adds elements nobody knows. */
export const toXml = (answer: Answer, extra = ''): string => {
  if (answer.root === 'schema') return answer.xsd
  const prolog = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
  return `${prolog}<${answer.root}>${inside(answer)}${extra}</${answer.root}>`
}

const inside = (answer: ReportAnswer | DoneAnswer): string =>
  answer.root === 'reportDoneResponse'
    ? `${tag('responseCode', answer.code)}${tag('reportId', answer.reportId)}${files(answer.fileIds)}`
    : tag('responseCode', answer.code) +
      tag('responseDescription', answer.description ?? describe(answer.code)) +
      tag('reportId', answer.reportId) +
      tag('fileId', answer.fileId) +
      tag('hash', answer.hash)

const files = (ids: readonly string[]): string =>
  ids.length === 0 ? '<files/>' : `<files>${ids.map((id) => tag('fileId', id)).join('')}</files>`

const tag = (name: string, value: string | number | undefined): string =>
  value === undefined ? '' : `<${name}>${escapeXml(String(value))}</${name}>`

const escapeXml = (text: string): string =>
  text.replace(/[&<>]/g, (character) => (character === '&' ? '&amp;' : character === '<' ? '&lt;' : '&gt;'))
