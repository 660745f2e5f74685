// Reads what NCMEC answers. Nobody promises which of its two documents comes, nor that it is XML at all.
import { reportDoneResponse, reportResponse } from '../schema/responses.ts'
import { readXml, type XmlElement } from '../xml/read-xml.ts'
import { type ResponseCode, responseCode } from './codes.ts'

export type Reply = {
  readonly kind: 'reply'
  readonly root: 'reportResponse' | 'reportDoneResponse'
  readonly code: ResponseCode
  /** NCMEC's own words. They may echo a report's content: show them to operators, keep them out of logs. */
  readonly description?: string
  /** Digits; a 64-bit number does not fit a JavaScript one. */
  readonly reportId?: string
  /** Opaque, even where it happens to be all digits. */
  readonly fileId?: string
  /** Of an upload: MD5 of the bytes NCMEC received, lower-case hex. */
  readonly hash?: string
  /** Of a finish: the files of the report, in NCMEC's order. */
  readonly fileIds?: readonly string[]
  /** Elements of a newer schema, which this version does not know, as they came. */
  readonly unknown?: readonly UnknownElement[]
}

/** Like a description it may echo content. */
export type UnknownElement = {
  readonly name: string
  readonly text: string
  readonly children: readonly UnknownElement[]
}

export type Unreadable = {
  readonly kind: 'unreadable'
  readonly why: 'not_xml' | 'doctype' | 'root' | 'code' | 'repeated'
}

/** The answer's fields, whichever of the two roots it has. CyberTipline API, section 3. */
export function parseResponse(bytes: Uint8Array): Reply | Unreadable {
  const document = readXml(bytes)
  if (typeof document === 'string') return unreadable(document)
  const root = document.name
  if (root !== 'reportResponse' && root !== 'reportDoneResponse') return unreadable('root')
  const known = document.children.map((child) => child.name).filter((name) => names.has(name))
  if (new Set(known).size !== known.length) return unreadable('repeated')
  const code = /^[+-]?\d{1,10}$/.exec(textOf(document, 'responseCode') ?? '')?.[0]
  if (code === undefined) return unreadable('code')
  const unknown = document.children.filter((child) => !names.has(child.name)).map(asUnknown)
  return {
    kind: 'reply',
    root,
    code: responseCode(Number(code)),
    ...only('description', textOf(document, 'responseDescription')),
    ...only('reportId', /^[1-9]\d{0,18}$/.exec(textOf(document, 'reportId') ?? '')?.[0]),
    ...only('fileId', textOf(document, 'fileId')),
    ...only('hash', textOf(document, 'hash')?.toLowerCase()),
    ...only('fileIds', fileIds(document)),
    ...only('unknown', unknown.length > 0 ? unknown : undefined),
  }
}

/** Of both documents: a failed finish may come as either. */
const names: ReadonlySet<string> = new Set([
  ...Object.keys(reportResponse.elements),
  ...Object.keys(reportDoneResponse.elements),
])

function textOf(parent: XmlElement, name: string): string | undefined {
  return parent.children.find((child) => child.name === name)?.text || undefined
}

function fileIds(document: XmlElement): readonly string[] | undefined {
  const files = document.children.find((child) => child.name === 'files')
  return files?.children.flatMap((child) => (child.name === 'fileId' && child.text !== '' ? [child.text] : []))
}

function asUnknown({ name, text, children }: XmlElement): UnknownElement {
  return { name, text, children: children.map(asUnknown) }
}

function only<K extends string, V>(key: K, value: V | undefined): { readonly [N in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [N in K]: V })
}

function unreadable(why: Unreadable['why']): Unreadable {
  return { kind: 'unreadable', why }
}
