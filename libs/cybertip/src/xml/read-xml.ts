// From bytes to elements, for what others send us: answers, and NCMEC's schema. Nobody promises that it is XML at all.
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { decodeEntities, decodeXml } from './decode.ts'

export type XmlElement = {
  /** Without its prefix. */
  readonly name: string
  /** '' when it has none. */
  readonly prefix: string
  /** By their names as written. */
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly XmlElement[]
  /** Its own text and CDATA, references resolved, trimmed. */
  readonly text: string
}

/** The root of a well-formed document without DOCTYPE: nothing in it is ever expanded but the five predefined entities. */
export function readXml(bytes: Uint8Array): XmlElement | 'not_xml' | 'doctype' {
  const text = decodeXml(bytes)
  if (text === undefined) return 'not_xml'
  if (declares(text)) return 'doctype'
  if (XMLValidator.validate(text) !== true) return 'not_xml'
  try {
    // The parser throws on names that would harm an object, and on nesting beyond a hundred.
    const top = elements(parser.parse(text)).filter(({ name }) => !name.startsWith('?'))
    // The validator lets a second root pass, and words after the first.
    const [root, ...others] = top.filter((element) => element.name !== '#text' || element.text.trim() !== '')
    return root && others.length === 0 && !isText(root) ? root : 'not_xml'
  } catch {
    return 'not_xml'
  }
}

/** What begins with <! outside comments and CDATA can only be a DOCTYPE, or no XML. One pass, however many begin and never end. */
function declares(text: string): boolean {
  for (let at = text.indexOf('<!'); at >= 0; ) {
    const closing = text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : undefined
    const end = closing === undefined ? -1 : text.indexOf(closing, at + 4)
    if (end < 0) return true
    at = text.indexOf('<!', end + 3)
  }
  return false
}

// With processEntities the parser would also resolve what a document defines itself; the predefined ones are resolved here.
const parser = new XMLParser({
  preserveOrder: true,
  processEntities: false,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  cdataPropName: '#cdata',
})

/** The parser's ordered output, `[{ name: [children], ':@': { attribute } }, { '#text': '...' }, { '#cdata': [{ '#text' }] }]`. */
function elements(nodes: unknown): XmlElement[] {
  if (!Array.isArray(nodes)) return []
  return nodes.flatMap((node: unknown) =>
    Object.entries(Object(node)).flatMap(([name, inside]) => {
      if (name === ':@') return []
      if (name === '#text') return [textNode(name, decodeEntities(String(inside)))]
      if (name === '#cdata') return [textNode(name, rawText(inside))]
      return [element(name, inside, Object(node)[':@'])]
    }),
  )
}

function element(name: string, inside: unknown, attributes: unknown): XmlElement {
  const children = elements(inside)
  const colon = name.indexOf(':')
  return {
    name: name.slice(colon + 1),
    prefix: colon < 0 ? '' : name.slice(0, colon),
    attributes: new Map(Object.entries(Object(attributes)).map(([key, value]) => [key, decodeEntities(String(value))])),
    children: children.filter((child) => !isText(child)),
    text: children
      .filter(isText)
      .map((child) => child.text)
      .join('')
      .trim(),
  }
}

function textNode(name: string, text: string): XmlElement {
  return { name, prefix: '', attributes: new Map(), children: [], text }
}

function isText({ name }: XmlElement): boolean {
  return name === '#text' || name === '#cdata'
}

function rawText(nodes: unknown): string {
  return Array.isArray(nodes) ? nodes.map((node: unknown) => String(Object(node)['#text'] ?? '')).join('') : ''
}
