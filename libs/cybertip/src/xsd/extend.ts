// A table with elements of a newer schema, which a caller may then write: only those the operator's own fetched schema has.
// CyberTipline API, section 5.9.
import type { Attribute, Complex, Field, Simple, Type } from '../schema/kinds.ts'
import { type Schema, schema } from '../schema/schema.ts'
import { type Fact, type Facts, factsOf, leafOf } from './facts.ts'
import type { Xsd } from './read-xsd.ts'
import { parentOf, xsdDiff } from './xsd-diff.ts'

export type Extended = {
  readonly schema: Schema
  readonly added: readonly string[]
  readonly refused: readonly Refused[]
}
export type Refused = {
  readonly path: string
  readonly why:
    | 'not_in_their_schema'
    | 'already_ours'
    /** What must be written cannot be left to a caller who does not know of it. */
    | 'not_optional'
    /** A new document, or below something that was not added. */
    | 'no_place'
    /** Of a kind whose values could not be checked here. */
    | 'kind_unknown'
}

/**
 * The table with these paths of theirs (`report/incidentSummary/reportAnnotations/informational`, `.../@name`), each in its place; without
 * paths with every optional one. For `validate` and `toXml`; nothing is sent because it is allowed.
 */
export function extendSchema(theirs: Xsd, paths?: readonly string[], base: Schema = schema): Extended {
  const wanted = paths ?? xsdDiff(theirs, base).flatMap((one) => (one.kind === 'only_theirs' ? [one.path] : []))
  const known = new Set(factsOf(base).keys())
  const attributes = Map.groupBy(
    [...theirs.facts.keys()].filter((path) => path.includes('/@')),
    parentOf,
  )
  let extended = base
  const [added, refused]: [string[], Refused[]] = [[], []]
  for (const path of wanted) {
    const answer = withPath(extended, path, { facts: theirs.facts, attributes }, known)
    if (typeof answer === 'string') refused.push({ path, why: answer })
    else {
      extended = answer
      added.push(path)
      for (const below of theirs.facts.keys()) if (below === path || below.startsWith(`${path}/`)) known.add(below)
    }
  }
  return { schema: extended, added, refused }
}

type Theirs = { readonly facts: Facts; readonly attributes: ReadonlyMap<string, readonly string[]> }

function withPath(schema: Schema, path: string, theirs: Theirs, known: ReadonlySet<string>): Schema | Refused['why'] {
  const fact = theirs.facts.get(path)
  const parent = theirs.facts.get(parentOf(path))
  if (!fact) return 'not_in_their_schema'
  if (known.has(path)) return 'already_ours'
  if (!parent || !known.has(parentOf(path))) return 'no_place'
  if (fact.min > 0) return 'not_optional'
  const type = typeOf(path, fact, theirs)
  if (!type) return 'kind_unknown'
  const [root = '', ...steps] = path.split('/')
  const changed = Object.entries(schema).map(([name, old]) =>
    name === root ? [name, put(old, steps, type, fact, parent.children)] : [name, old],
  )
  return Object.fromEntries(changed) as Schema
}

/** Undefined when it, or something that must be inside it, is of a kind we do not know. */
function typeOf(path: string, fact: Fact, theirs: Theirs): Type | undefined {
  const attributes = attributesOf(path, theirs)
  if (!attributes) return undefined
  if (fact.text !== undefined) {
    const leaf = leafOf(fact)
    if (!leaf) return undefined
    return Object.keys(attributes).length > 0 ? { kind: 'simple', content: leaf, attributes, rules: [] } : leaf
  }
  const elements: [string, Field][] = []
  for (const name of fact.children) {
    const inside = theirs.facts.get(`${path}/${name}`)
    const type = inside && typeOf(`${path}/${name}`, inside, theirs)
    if (!inside || !type) return undefined
    elements.push([name, fieldOf(inside, type, fact.group)])
  }
  const order = fact.group ?? 'sequence'
  return { kind: 'complex', order, elements: Object.fromEntries(elements), attributes, rules: [] }
}

function attributesOf(path: string, theirs: Theirs): { readonly [name: string]: Attribute } | undefined {
  const found: [string, Attribute][] = []
  for (const place of theirs.attributes.get(path) ?? []) {
    const fact = theirs.facts.get(place)
    const leaf = fact && leafOf(fact)
    if (!leaf) return undefined
    found.push([place.slice(path.length + 2), { leaf, required: fact.min > 0 }])
  }
  return Object.fromEntries(found)
}

function fieldOf({ min, max }: Fact, type: Type, group: Fact['group']): Field {
  // Of a choice each one is whole once it is chosen.
  return { type, min: min > 0 || group === 'choice' ? 1 : 0, max: max === 1 ? 1 : 'many' }
}

/** A copy of the type in which the step stands where their order has it. */
function put(
  type: Type,
  [step = '', ...further]: readonly string[],
  added: Type,
  fact: Fact,
  order: readonly string[],
): Type {
  if (step.startsWith('@')) return withAttribute(type, step.slice(1), added)
  if (type.kind !== 'complex') return type
  const inside = type.elements[step]
  if (further.length > 0 && inside) {
    return {
      ...type,
      elements: { ...type.elements, [step]: { ...inside, type: put(inside.type, further, added, fact, order) } },
    }
  }
  const before = order.slice(0, order.indexOf(step))
  const entries = Object.entries(type.elements)
  const at = entries.findLastIndex(([name]) => before.includes(name)) + 1
  return { ...type, elements: Object.fromEntries(entries.toSpliced(at, 0, [step, fieldOf(fact, added, type.order)])) }
}

function withAttribute(type: Type, name: string, leaf: Type): Type {
  if (leaf.kind === 'complex' || leaf.kind === 'simple') return type
  const attribute: Attribute = { leaf, required: false }
  const whole: Complex | Simple =
    type.kind === 'complex' || type.kind === 'simple'
      ? type
      : { kind: 'simple', content: type, attributes: {}, rules: [] }
  return { ...whole, attributes: { ...whole.attributes, [name]: attribute } }
}
