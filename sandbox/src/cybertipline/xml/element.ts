/** A parsed document as a plain tree, for the rules to walk; libxml2's own nodes live in WASM memory and must be freed. */
import { ParseOption, XmlCData, XmlDocument, XmlElement, type XmlNode, XmlParseError, XmlText } from 'libxml2-wasm'

export interface Element {
  readonly name: string
  /** Names from the root down, with slashes; for messages. */
  readonly path: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly Element[]
  /** Own text, children's not included, comments left out. */
  readonly text: string
}

export type Reading =
  | { readonly kind: 'well_formed'; readonly document: XmlDocument; readonly root: Element }
  | { readonly kind: 'malformed'; readonly detail: string }

/** The caller disposes of the document. Not well-formed, not UTF-8, or with a DOCTYPE: malformed (CyberTipline API, section 4). */
export const readXml = (bytes: Uint8Array): Reading => {
  if (!isUtf8(bytes)) return { kind: 'malformed', detail: 'Invalid byte sequence for UTF-8.' }
  let document: XmlDocument
  try {
    document = XmlDocument.fromBuffer(bytes, { option: ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_NONET })
  } catch (error) {
    if (error instanceof XmlParseError) return { kind: 'malformed', detail: error.message.trim() }
    throw error
  }
  if (document.dtd !== null) {
    document.dispose()
    return { kind: 'malformed', detail: 'DOCTYPE is disallowed.' }
  }
  if (document.encoding !== null && document.encoding.toLowerCase() !== 'utf-8') {
    document.dispose()
    return { kind: 'malformed', detail: 'The document must be UTF-8.' }
  }
  return { kind: 'well_formed', document, root: plain(document.root, '') }
}

export const childrenNamed = (element: Element, name: string): Element[] =>
  element.children.filter((child) => child.name === name)

export const childNamed = (element: Element, name: string): Element | undefined =>
  element.children.find((child) => child.name === name)

export const hasChild = (element: Element, name: string): boolean => childNamed(element, name) !== undefined

/** The element and all below it, each with its parent. */
export function* walk(
  element: Element,
  parent?: Element,
): Generator<{ element: Element; parent: Element | undefined }> {
  yield { element, parent }
  for (const child of element.children) yield* walk(child, element)
}

/** White space as XML Schema collapses it for dates, numbers and booleans. */
export const trimXml = (text: string): string => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')

/** xs:boolean, of a text the schema has already accepted. */
export const isTrue = (text: string | undefined): boolean => text !== undefined && ['true', '1'].includes(trimXml(text))

/** All direct content. Sibling by sibling would break at a processing instruction, which libxml2-wasm 0.7 gives no `next`. */
export const contentOf = (node: XmlElement): XmlNode[] => node.find('node()')

const plain = (node: XmlElement, above: string): Element => {
  const path = above === '' ? node.name : `${above}/${node.name}`
  const children: Element[] = []
  let text = ''
  for (const child of contentOf(node)) {
    if (child instanceof XmlElement) children.push(plain(child, path))
    else if (child instanceof XmlText || child instanceof XmlCData) text += child.content
  }
  const attributes = Object.fromEntries(node.attrs.map((attribute) => [attribute.name, attribute.value]))
  return { name: node.name, path, attributes, children, text }
}

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
