/** An XML body through the gates before the business rules: content type, well-formed, root and schema (section 8.4). */
import type { IncomingMessage } from 'node:http'
import { readXmlBody } from './form.ts'
import type { ReportAnswer } from './responses.ts'
import { refused } from './responses.ts'
import type { Element } from './xml/element.ts'
import { readXml } from './xml/element.ts'
import type { Schema } from './xml/schema.ts'

export type Document =
  | { readonly kind: 'read'; readonly root: Element; readonly xml: string }
  | { readonly kind: 'refused'; readonly answer: ReportAnswer }

interface Gates {
  readonly rootName: string
  readonly schema: Schema
  readonly schemaErrorCode: 4100 | 4110
}

export const documentOf = async (
  request: IncomingMessage,
  { rootName, schema, schemaErrorCode }: Gates,
): Promise<Document> => {
  const body = await readXmlBody(request)
  if (body === 'wrong_type') return refuse(4000, 'text/xml; charset=utf-8 expected')
  if (body === 'too_large') return refuse(4000, 'the document is too large')
  const reading = readXml(body)
  if (reading.kind === 'malformed') return refuse(4110, reading.detail)
  try {
    const fault = schema.fault(reading.document) ?? wrongRoot(reading.root, rootName)
    if (fault !== undefined) return refuse(schemaErrorCode, fault)
    return { kind: 'read', root: reading.root, xml: body.toString('utf8') }
  } finally {
    reading.document.dispose()
  }
}

const refuse = (code: number, detail: string): Document => ({ kind: 'refused', answer: refused(code, detail) })

// The schema declares many roots; only one is meant here.
const wrongRoot = (root: Element, expected: string): string | undefined =>
  root.name === expected ? undefined : `cvc-elt.1.a: Cannot find the declaration of element '${root.name}'.`
