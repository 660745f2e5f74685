// Writes a document in the order the XSD demands, whatever order the caller's object has.
import { create } from 'xmlbuilder2'
import type { XMLBuilder } from 'xmlbuilder2/lib/interfaces.js'
import type { Attributes, Complex, Field, Leaf, Simple } from '../schema/kinds.ts'
import { type Root, type Schema, schema, type Value } from '../schema/schema.ts'
import { absentItem, elementsOf } from './absent.ts'
import { legal } from './characters.ts'

export type XmlOptions = {
  /** Adds the two xsi attributes of NCMEC's examples to the root; the schema does not ask for them. */
  readonly schemaLocation?: boolean
  /** One element a line, for reading. */
  readonly pretty?: boolean
  /** A table with the further elements of a newer schema, from `extendSchema`: the one the value was validated with. */
  readonly schema?: Schema
}

/**
 * The document as text, with its XML declaration, to be sent as UTF-8. Characters XML cannot carry are removed, absent optional elements
 * left out. Expects a value that passed `validate`; anything else it can not write throws a TypeError that names the element only.
 */
export function toXml<R extends Root>(root: R, value: Value<R>, options?: XmlOptions): string
/** With a table of one's own its further names are allowed, so the value is checked only as it is written. */
export function toXml(root: Root, value: object, options: XmlOptions & { readonly schema: Schema }): string
export function toXml(root: Root, value: unknown, options: XmlOptions = {}): string {
  const element = create({ version: '1.0', encoding: 'UTF-8' }).ele(root)
  if (options.schemaLocation) {
    element.att('http://www.w3.org/2000/xmlns/', 'xmlns:xsi', xsi)
    element.att(xsi, 'xsi:noNamespaceSchemaLocation', 'https://report.cybertip.org/ispws/xsd')
  }
  writeComplex(element, (options.schema ?? schema)[root], value, root)
  return element.doc().end({ prettyPrint: options.pretty ?? false })
}

const xsi = 'http://www.w3.org/2001/XMLSchema-instance'

function writeComplex(element: XMLBuilder, type: Complex, value: unknown, path: string): void {
  const given = asObject(value, path)
  refuseUnknown(given, type, path)
  writeAttributes(element, type.attributes, given, path)
  for (const [name, field] of Object.entries(type.elements)) {
    const here = `${path}/${name}`
    if (type.order === 'choice' && given[name] === undefined) continue
    for (const item of items(given[name], field, here)) {
      if (field.min === 0 && absentItem(field.type, item)) continue
      writeField(element.ele(name), field, item, here)
    }
  }
}

function writeField(element: XMLBuilder, field: Field, item: unknown, path: string): void {
  const { type } = field
  if (type.kind === 'complex') writeComplex(element, type, item, path)
  else if (type.kind === 'simple') writeSimple(element, type, item, path)
  else writeText(element, type, item, path)
}

function writeSimple(element: XMLBuilder, type: Simple, item: unknown, path: string): void {
  const given = typeof item === 'object' ? asObject(item, path) : { '#': item }
  writeAttributes(element, type.attributes, given, path)
  writeText(element, type.content, given['#'], path)
}

function writeAttributes(element: XMLBuilder, attributes: Attributes, given: Bag, path: string): void {
  for (const [name, { leaf, required }] of Object.entries(attributes)) {
    const value = given[`@${name}`]
    if (required || !absentItem(leaf, value)) element.att(name, attributeText(words(leaf, value, `${path}/@${name}`)))
  }
}

function writeText(element: XMLBuilder, leaf: Leaf, value: unknown, path: string): void {
  const content = words(leaf, value, path)
  if (content !== '') element.txt(escaped(content))
}

/**
 * xmlbuilder2 leaves an ampersand alone where it seems to begin a reference, so a stranger's "&#0;" would make the document malformed and
 * "&amp;" would arrive as "&". It escapes the rest itself. A carriage return must be a reference, or a parser makes it a line feed.
 */
function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('\r', '&#13;')
}

/** In an attribute a parser makes a blank of a line feed or a tab that is not a reference. */
function attributeText(content: string): string {
  return escaped(content).replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}

function words(leaf: Leaf, value: unknown, path: string): string {
  if (leaf.kind === 'flag' && value === true) return ''
  if (leaf.kind !== 'flag' && typeof value === 'string') return legal(value)
  if (leaf.kind === 'boolean' && typeof value === 'boolean') return String(value)
  if ((leaf.kind === 'int' || leaf.kind === 'double') && Number.isFinite(value)) return String(value)
  throw new TypeError(`${path} cannot be written: validate first`)
}

function items(value: unknown, field: Field, path: string): readonly unknown[] {
  if (field.max === 1 || value === undefined) return [value]
  if (Array.isArray(value)) return value
  throw new TypeError(`${path} must be a list: validate first`)
}

function refuseUnknown(given: Bag, type: Complex, path: string): void {
  const unknown = Object.keys(given).some((key) =>
    key.startsWith('@') ? !Object.hasOwn(type.attributes, key.slice(1)) : !Object.hasOwn(type.elements, key),
  )
  if (unknown) throw new TypeError(`${path} has a name the schema does not know: validate first`)
}

type Bag = { readonly [name: string]: unknown }

function asObject(value: unknown, path: string): Bag {
  const elements = elementsOf(value)
  if (!elements) throw new TypeError(`${path} must hold elements: validate first`)
  return elements
}
