// Reads what NCMEC answers. Nobody promises which of its two documents comes, nor that it is XML at all.
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { type ResponseCode, responseCode } from './codes.ts'
import { decodeEntities, decodeXml } from './decode.ts'

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
}

export type Unreadable = {
  readonly kind: 'unreadable'
  readonly why: 'not_xml' | 'doctype' | 'root' | 'code' | 'repeated'
}

/** The answer's fields, whichever of the two roots it has; elements nobody knows are skipped. CyberTipline API, section 3. */
export function parseResponse(bytes: Uint8Array): Reply | Unreadable {
  const text = decodeXml(bytes)
  if (text === undefined) return unreadable('not_xml')
  // What begins with <! outside comments and CDATA can only be a DOCTYPE or no XML: no entity is ever defined here.
  if (/<!/.test(text.replace(/<!--.*?-->|<!\[CDATA\[.*?\]\]>/gs, ''))) return unreadable('doctype')
  const document = parse(text)
  if (!document) return unreadable('not_xml')
  const root = document.name
  if (root !== 'reportResponse' && root !== 'reportDoneResponse') return unreadable('root')
  const names = document.children.map((child) => child.name)
  if (singles.some((name) => names.indexOf(name) !== names.lastIndexOf(name))) return unreadable('repeated')
  const code = /^[+-]?\d{1,10}$/.exec(textOf(document, 'responseCode') ?? '')?.[0]
  if (code === undefined) return unreadable('code')
  return {
    kind: 'reply',
    root,
    code: responseCode(Number(code)),
    ...only('description', textOf(document, 'responseDescription')),
    ...only('reportId', /^[1-9]\d{0,18}$/.exec(textOf(document, 'reportId') ?? '')?.[0]),
    ...only('fileId', textOf(document, 'fileId')),
    ...only('hash', textOf(document, 'hash')?.toLowerCase()),
    ...only('fileIds', fileIds(document)),
  }
}

const singles = ['responseCode', 'responseDescription', 'reportId', 'fileId', 'hash', 'files']

type Element = { readonly name: string; readonly children: readonly Element[]; readonly text: string }

function parse(text: string): Element | undefined {
  if (XMLValidator.validate(text) !== true) return undefined
  try {
    // The parser throws on names that would harm an object, and on nesting without end.
    const top = elements(parser.parse(text)).filter((element) => !element.name.startsWith('?'))
    // The validator lets a second root pass, and words after the first.
    const [root, ...others] = top.filter((element) => element.name !== '#text' || element.text.trim() !== '')
    return others.length === 0 ? root : undefined
  } catch {
    return undefined
  }
}

// With processEntities the parser would also resolve what a document defines itself; the predefined ones are resolved here.
const parser = new XMLParser({
  preserveOrder: true,
  processEntities: false,
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  removeNSPrefix: true,
  cdataPropName: '#cdata',
})

/** The parser's ordered output, `[{ name: [children] }, { '#text': '...' }, { '#cdata': [{ '#text': '...' }] }]`, as elements. */
function elements(nodes: unknown): Element[] {
  if (!Array.isArray(nodes)) return []
  return nodes.flatMap((node: unknown) =>
    Object.entries(Object(node)).map(([name, inside]) => {
      if (name === '#text') return { name, children: [], text: decodeEntities(String(inside)) }
      const children = name === '#cdata' ? [] : elements(inside)
      const text = name === '#cdata' ? rawText(inside) : children.filter(isText).map((child) => child.text)
      return { name, children: children.filter((child) => !isText(child)), text: [text].flat().join('').trim() }
    }),
  )
}

function isText({ name }: Element): boolean {
  return name === '#text' || name === '#cdata'
}

function rawText(nodes: unknown): string {
  return Array.isArray(nodes) ? nodes.map((node: unknown) => String(Object(node)['#text'] ?? '')).join('') : ''
}

function textOf(parent: Element, name: string): string | undefined {
  return parent.children.find((child) => child.name === name)?.text || undefined
}

function fileIds(document: Element): readonly string[] | undefined {
  const files = document.children.find((child) => child.name === 'files')
  return files?.children.flatMap((child) => (child.name === 'fileId' && child.text !== '' ? [child.text] : []))
}

function only<K extends string, V>(key: K, value: V | undefined): { readonly [N in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [N in K]: V })
}

function unreadable(why: Unreadable['why']): Unreadable {
  return { kind: 'unreadable', why }
}
