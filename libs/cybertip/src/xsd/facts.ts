// What a schema says of each element and attribute, flat and by path: two schemas can be compared by nothing else.
import type { Attribute, Complex, Field, Leaf } from '../schema/kinds.ts'
import type { Schema } from '../schema/schema.ts'

export type Fact = {
  /** Of an attribute 0..1 or 1..1. Each branch of a choice may be missing. */
  readonly min: number
  readonly max: number | 'many'
  /** What its text is: an XSD type by its name without prefix; undefined when it holds elements only. */
  readonly text?: string
  readonly values?: readonly string[]
  readonly patterns?: readonly string[]
  readonly fixed?: string
  /** Further restrictions of the text, `maxLength=255`. NCMEC's schema of 2025 had none. */
  readonly limits?: readonly string[]
  readonly group?: 'sequence' | 'choice' | 'all'
  /** Names of the elements inside, in order. */
  readonly children: readonly string[]
}

/** By path: `report/victim/victimPerson/email`, `report/victim/victimPerson/email/@type`. */
export type Facts = ReadonlyMap<string, Fact>

/** Our table's facts, as the XSD would say them: where the documentation is stricter, what the XSD allows. */
export function factsOf(schema: Schema): Facts {
  return new Map(Object.entries(schema).flatMap(([root, type]) => elementFacts(root, { type, min: 1, max: 1 })))
}

type Entry = readonly [path: string, fact: Fact]

function elementFacts(path: string, field: Field): Entry[] {
  const { type } = field
  const range = { min: field.inXsd?.min ?? field.min, max: field.inXsd?.max ?? field.max }
  if (type.kind === 'complex') return complexFacts(path, type, range)
  if (type.kind === 'simple') {
    return [[path, { ...range, ...textFact(type.content), children: [] }], ...attributeFacts(path, type.attributes)]
  }
  return [[path, { ...range, ...textFact(type), children: [] }]]
}

function complexFacts(path: string, type: Complex, range: Pick<Fact, 'min' | 'max'>): Entry[] {
  const children = Object.keys(type.elements)
  const group = children.length > 0 ? { group: type.order } : {}
  return [
    [path, { ...range, ...group, children }],
    ...attributeFacts(path, type.attributes),
    ...Object.entries(type.elements).flatMap(([name, field]) =>
      elementFacts(`${path}/${name}`, type.order === 'choice' ? { ...field, min: 0 } : field),
    ),
  ]
}

function attributeFacts(path: string, attributes: { readonly [name: string]: Attribute }): Entry[] {
  return Object.entries(attributes).map(([name, { leaf, required }]) => [
    `${path}/@${name}`,
    { min: required ? 1 : 0, max: 1, ...textFact(leaf), children: [] },
  ])
}

function textFact(leaf: Leaf): Pick<Fact, 'text' | 'values' | 'patterns' | 'fixed'> {
  switch (leaf.kind) {
    case 'flag':
      return { text: 'boolean', fixed: 'true' }
    case 'enumeration':
      return { text: 'string', values: [...leaf.values, ...(leaf.alsoInXsd ?? [])] }
    case 'string':
      if (leaf.form === 'calling_code') return { text: 'string', patterns: [String.raw`\+[0-9]{1,3}`] }
      return leaf.form === 'digits' ? { text: 'string', patterns: ['[0-9]+'] } : { text: 'string' }
    case 'token':
    case 'boolean':
    case 'int':
    case 'long':
    case 'double':
    case 'dateTime':
    case 'date':
      return { text: leaf.kind }
  }
}

/** Our own type for a fact of theirs; undefined where we could not check what a caller writes. */
export function leafOf({ text, values, patterns, fixed, limits }: Fact): Leaf | undefined {
  if (patterns?.length || limits?.length || (fixed !== undefined && !(text === 'boolean' && fixed === 'true'))) {
    return undefined
  }
  if (values) {
    const some = values.filter((value) => value !== '')
    return { kind: 'enumeration', values: some, ...(some.length < values.length ? { alsoInXsd: [''] } : {}) }
  }
  switch (text) {
    case 'boolean':
      return { kind: fixed === 'true' ? 'flag' : 'boolean' }
    case 'string':
    case 'long':
      return { kind: text }
    case 'token':
      return { kind: 'token', notBlank: true }
    case 'int':
      return { kind: 'int', min: -(2 ** 31), max: 2 ** 31 - 1 }
    case 'double':
      return { kind: 'double', min: -Number.MAX_VALUE, max: Number.MAX_VALUE }
    // All but one of the times the documentation knows lie in the past.
    case 'dateTime':
    case 'date':
      return { kind: text, past: true }
    default:
      return undefined
  }
}
