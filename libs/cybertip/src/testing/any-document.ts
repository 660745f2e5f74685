// Documents drawn from the schema table itself: any names, any text, any depth, and no rule broken.
import fc from 'fast-check'
import type { Attribute, Complex, Field, Leaf, Type } from '../schema/kinds.ts'
import { type Schema, schema } from '../schema/schema.ts'
import { type Bag, batchFile, repairs } from './repairs.ts'
import { now } from './reports.ts'

/** Every sixth report is a batched one. */
export function anyReport(table: Schema = schema): fc.Arbitrary<Bag> {
  const plain = { ...table.report, elements: without(table.report.elements, 'batchedReport'), rules: [] }
  const repaired = (report: Bag) => {
    for (const rule of table.report.rules) repairs[rule](report)
    return report
  }
  return fc
    .tuple(bag(plain), fc.integer({ min: 0, max: 5 }))
    .map(([report, die]) =>
      repaired(die > 0 ? report : { ...report, batchedReport: { '@reason': 'VIRAL_POTENTIAL_MEME' } }),
    )
}

/** Without the ids that only an upload gives. */
export function anyFileDetails(batched: boolean): fc.Arbitrary<Bag> {
  return bag(schema.fileDetails).map((file) => {
    if (batched) batchFile(file)
    return file
  })
}

function bag(type: Complex): fc.Arbitrary<Bag> {
  const fields = Object.entries(type.elements).filter(([, field]) => !field.legacy)
  if (type.order === 'choice')
    return fc.oneof(...fields.map(([name, field]) => fc.record({ [name]: ofType(field.type) })))
  const parts = Object.fromEntries([...fields.map(([name, field]) => [name, ofField(field)]), ...attributes(type)])
  return fc.record(parts).map((drawn) => repair(type, drawn))
}

function repair(type: Type, drawn: Bag): Bag {
  const value = Object.fromEntries(Object.entries(drawn).filter(([, one]) => one !== undefined))
  if (type.kind === 'complex' || type.kind === 'simple') for (const rule of type.rules) repairs[rule](value)
  return value
}

function ofField({ type, min, max }: Field): fc.Arbitrary<unknown> {
  const one = ofType(type)
  if (max === 1) return min === 1 ? one : maybe(one)
  return fc.oneof(
    { weight: 1, arbitrary: fc.array(one, { minLength: min, maxLength: min }) },
    fc.array(one, { minLength: min, maxLength: 2 }),
  )
}

function maybe(one: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.option(one, { nil: undefined, freq: 2 })
}

function attributes(type: { readonly attributes: { readonly [name: string]: Attribute } }) {
  return Object.entries(type.attributes).map(([name, { leaf, required }]): [string, fc.Arbitrary<unknown>] => [
    `@${name}`,
    required ? text(leaf) : maybe(text(leaf)),
  ])
}

function ofType(type: Type): fc.Arbitrary<unknown> {
  if (type.kind === 'complex') return bag(type)
  if (type.kind !== 'simple') return text(type)
  const content = type.content.kind === 'string' ? text({ ...type.content, notBlank: true }) : text(type.content)
  const whole = fc.record({ '#': content, ...Object.fromEntries(attributes(type)) }).map((drawn) => repair(type, drawn))
  return Object.values(type.attributes).some(({ required }) => required) ? whole : fc.oneof(whole, content)
}

const anyText = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' }), fc.lorem())

function text(leaf: Leaf): fc.Arbitrary<unknown> {
  switch (leaf.kind) {
    case 'string':
      return string(leaf)
    case 'token':
      return fc.oneof(fc.stringMatching(/^[0-9a-f]{32}$/), fc.constant('a b'))
    case 'boolean':
      return fc.boolean()
    case 'flag':
      return fc.constant(true)
    case 'int':
      return fc.integer({ min: leaf.min, max: leaf.max })
    case 'double':
      return fc.double({ min: leaf.min, max: leaf.max, noNaN: true })
    case 'long':
      return fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }).map(String)
    case 'dateTime':
      return fc
        .tuple(fc.date({ noInvalidDate: true, min: old, max: now }), fc.integer({ min: -840, max: 840 }), fc.boolean())
        .map(at)
    case 'date':
      return fc.date({ noInvalidDate: true, min: old, max: now }).map((date) => date.toISOString().slice(0, 10))
    case 'enumeration':
      return fc.constantFrom(...leaf.values)
  }
}

const old = new Date('1900-01-01T00:00:00Z')

function string({ maxLength = 4000, notBlank, form }: Extract<Leaf, { kind: 'string' }>): fc.Arbitrary<string> {
  switch (form) {
    case 'url':
      return fc.webUrl({ validSchemes: ['https', 'http', 'ftp'], withQueryParameters: true, withFragments: true })
    case 'email':
      return fc.emailAddress()
    case 'ip':
      return fc.oneof(fc.ipV4(), fc.ipV6(), fc.constant('::ffff:192.0.2.7'))
    case 'calling_code':
      return fc.integer({ min: 1, max: 999 }).map((n) => `+${n}`)
    case 'digits':
      return fc.stringMatching(new RegExp(`^[0-9]{1,${maxLength}}$`))
  }
  const first = notBlank ? 'a' : ''
  const some = anyText.map((drawn) => `${first}${drawn}`.slice(0, maxLength))
  const full = fc.constantFrom('x', 'é', '&').map((one) => one.repeat(maxLength))
  return fc.oneof({ weight: 9, arbitrary: some }, full)
}

/** An instant in any zone, with or without a fraction. */
function at([instant, minutes, fraction]: [Date, number, boolean]): string {
  const local = new Date(instant.getTime() + minutes * 60_000).toISOString().slice(0, fraction ? 23 : 19)
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return minutes === 0 ? `${local}Z` : `${local}${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`
}

function two(n: number): string {
  return String(n).padStart(2, '0')
}

function without(elements: Complex['elements'], name: string): Complex['elements'] {
  return Object.fromEntries(Object.entries(elements).filter(([other]) => other !== name))
}
