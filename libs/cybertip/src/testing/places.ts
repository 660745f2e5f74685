// Every place of the table, and for each a small sound document that has it.
import type { Complex, Field, Leaf, Type } from '../schema/kinds.ts'
import { type Root, schema } from '../schema/schema.ts'
import { type Bag, bagOf, batchFile, repairs } from './repairs.ts'

export type Place = {
  readonly root: Root
  /** Names below the root; an attribute's begins with @. */
  readonly steps: readonly string[]
  readonly type: Type
  /** Of an element below the root. */
  readonly field?: Field
  /** Of an attribute. */
  readonly required?: boolean
  /** Whether the element it stands in is a choice. */
  readonly chosen: boolean
}

export const places: readonly Place[] = (
  ['report', 'fileDetails', 'reportResponse', 'reportDoneResponse'] as const
).flatMap((root) => below({ root, steps: [], type: schema[root], chosen: false }))

function below(place: Place): Place[] {
  const { root, steps, type } = place
  if (type.kind !== 'complex' && type.kind !== 'simple') return [place]
  const attributes = Object.entries(type.attributes).map(
    ([name, { leaf, required }]): Place => ({
      root,
      steps: [...steps, `@${name}`],
      type: leaf,
      required,
      chosen: false,
    }),
  )
  if (type.kind === 'simple') return [place, ...attributes]
  const elements = Object.entries(type.elements).flatMap(([name, field]) =>
    below({ root, steps: [...steps, name], type: field.type, field, chosen: type.order === 'choice' }),
  )
  return [place, ...attributes, ...elements]
}

/** `report/victim[0]/victimPerson`, as a problem would name it. */
export function pathOf({ root, steps }: Pick<Place, 'root' | 'steps'>): string {
  let type: Type = schema[root]
  let path: string = root
  for (const step of steps) {
    const field: Field | undefined = type.kind === 'complex' ? type.elements[step] : undefined
    path += `/${step}${field?.max === 'many' ? '[0]' : ''}`
    if (field) type = field.type
  }
  return path
}

/** What stands at a place of a document; lists have one item. */
export function standingAt(document: Bag, steps: readonly string[]): unknown {
  let here: unknown = document
  for (const step of steps) {
    const inside = bagOf(here)?.[step]
    here = Array.isArray(inside) ? inside[0] : inside
  }
  return here
}

/** Sound, with the place and nothing else that could be left out. */
export function documentWith({ root, steps }: Pick<Place, 'root' | 'steps'>): Bag {
  const document = complex(schema[root], steps)
  if (steps[0] === 'batchedReport') delete document['personOrUserReported']
  return document
}

function value(type: Type, steps: readonly string[]): unknown {
  if (type.kind === 'complex') return complex(type, steps)
  if (type.kind !== 'simple') return sample(type)
  const attributes = attributesWith(type.attributes, steps)
  const whole = { '#': sample(type.content), ...attributes }
  for (const rule of type.rules) repairs[rule](whole)
  return whole
}

function complex(type: Complex, [step, ...further]: readonly string[]): Bag {
  const bag: Bag = attributesWith(type.attributes, step === undefined ? [] : [step])
  const wanted = step ?? (type.order === 'choice' ? Object.keys(type.elements)[0] : undefined)
  for (const [name, field] of Object.entries(type.elements)) {
    if (name !== wanted && (field.min === 0 || type.order === 'choice')) continue
    // A container's place is a container that holds something, or it would be left out.
    const inside = value(field.type, name === wanted ? further : [])
    bag[name] = field.max === 'many' ? [filled(field.type, inside)] : filled(field.type, inside)
  }
  for (const rule of type.rules) repairs[rule](bag)
  return bag
}

function filled(type: Type, inside: unknown): unknown {
  const bag = bagOf(inside)
  if (type.kind !== 'complex' || !bag || Object.keys(bag).length > 0) return inside
  const [first] = Object.entries(type.elements)
  return first ? value(type, [first[0]]) : inside
}

function attributesWith(attributes: Complex['attributes'], [step]: readonly string[]): Bag {
  const given = Object.entries(attributes).filter(([name, { required }]) => required || `@${name}` === step)
  return Object.fromEntries(given.map(([name, { leaf }]) => [`@${name}`, sample(leaf)]))
}

export function sample(leaf: Leaf): unknown {
  switch (leaf.kind) {
    case 'string':
      return leaf.form ? forms[leaf.form] : 'x'
    case 'token':
      return 'abc'
    case 'boolean':
    case 'flag':
      return true
    case 'int':
    case 'double':
      return 1
    case 'long':
      return '7'
    case 'dateTime':
      return '2026-11-20T00:00:00Z'
    case 'date':
      return '1990-12-31'
    case 'enumeration':
      return leaf.values[0]
  }
}

const forms = {
  url: 'https://forum.example/a',
  email: 'ann@mail.example',
  ip: '192.0.2.7',
  calling_code: '+47',
  digits: '12',
} as const

/** A file of a batched report. */
export function batchedFile(): Bag {
  const file = documentWith({ root: 'fileDetails', steps: [] })
  batchFile(file)
  return file
}
