// The words the schema table is written in, and the TypeScript types that follow from them. The order of keys in `elements` is the
// order the XSD demands (xs:sequence); attributes have no order.

/** Text content or an attribute's value. `past`, lengths and forms are business rules of the documentation; the rest is the XSD's. */
export type Leaf =
  | { readonly kind: 'string'; readonly maxLength?: number; readonly notBlank?: true; readonly form?: Form }
  /** White space is collapsed by the receiver, so it must be collapsed already. */
  | { readonly kind: 'token'; readonly notBlank?: true }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'int'; readonly min: number; readonly max: number }
  /** 64-bit, so a string of digits on our side. */
  | { readonly kind: 'long' }
  | { readonly kind: 'double'; readonly min: number; readonly max: number }
  | { readonly kind: 'dateTime'; readonly past: boolean }
  | { readonly kind: 'date'; readonly past: boolean }
  | Enumeration<string>
  /** xs:boolean fixed to true: present or absent. */
  | { readonly kind: 'flag' }

export type Form = 'url' | 'email' | 'ip' | 'calling_code' | 'digits'
export type Enumeration<V extends string> = {
  readonly kind: 'enumeration'
  readonly values: readonly V[]
  /** Values that the XSD lists too and the documentation forbids: never sent. */
  readonly alsoInXsd?: readonly string[]
}
export type Attribute = { readonly leaf: Leaf; readonly required: boolean }
export type Attributes = { readonly [name: string]: Attribute }

/** Text with attributes. */
export type Simple = {
  readonly kind: 'simple'
  readonly content: Leaf
  readonly attributes: Attributes
  readonly rules: readonly RuleName[]
}

/** Child elements. `choice` holds exactly one of them; `all` allows any order on the wire. */
export type Complex = {
  readonly kind: 'complex'
  readonly order: 'sequence' | 'all' | 'choice'
  readonly elements: { readonly [name: string]: Field }
  readonly attributes: Attributes
  readonly rules: readonly RuleName[]
}

export type Type = Leaf | Simple | Complex

export type Field = {
  readonly type: Type
  readonly min: 0 | 1
  readonly max: 1 | 'many'
  /** In the XSD but never to be sent: known, and refused. */
  readonly legacy?: true
  /** What the XSD says where the documentation, and so `min` and `max`, is stricter. */
  readonly inXsd?: { readonly min?: 0; readonly max?: 'many' }
}

/** Rules between several values of one element; validate/rules.ts holds what each one asks. */
export type RuleName =
  | 'verified_with_date'
  | 'number_without_calling_code'
  | 'state_only_in_us'
  | 'region_with_city'
  | 'disabled_dates'
  | 'age_or_birth'
  | 'reporter_email'
  | 'one_person_reported'
  | 'batched_report'
  | 'incident_email_of_a_person'
  | 'exif_needs_viewed'
  | 'supplemental_conflict'
  | 'batched_file'

export const string = (rules: { maxLength?: number; notBlank?: true; form?: Form } = {}) =>
  ({ kind: 'string', ...rules }) as const
export const token = { kind: 'token', notBlank: true } as const
export const boolean = { kind: 'boolean' } as const
export const flag = { kind: 'flag' } as const
export const long = { kind: 'long' } as const
export const int = (min: number, max: number) => ({ kind: 'int', min, max }) as const
export const double = (min: number, max: number) => ({ kind: 'double', min, max }) as const
export const pastDateTime = { kind: 'dateTime', past: true } as const
export const anyDateTime = { kind: 'dateTime', past: false } as const
export const pastDate = { kind: 'date', past: true } as const
export const enumeration = <const V extends string>(...values: readonly V[]): Enumeration<V> => ({
  kind: 'enumeration',
  values,
})

export const one = <const T extends Type>(type: T) => ({ type, min: 1, max: 1 }) as const
export const maybe = <const T extends Type>(type: T) => ({ type, min: 0, max: 1 }) as const
export const many = <const T extends Type>(type: T) => ({ type, min: 0, max: 'many' }) as const
export const some = <const T extends Type>(type: T) => ({ type, min: 1, max: 'many' }) as const
export const legacy = <const T extends Type>(type: T) => ({ type, min: 0, max: 1, legacy: true }) as const
/** A field of which the XSD allows more than the documentation does. */
export const stricter = <const F extends Field>(inXsd: NonNullable<Field['inXsd']>, field: F) =>
  ({ ...field, inXsd }) as const

export const needed = <const L extends Leaf>(leaf: L) => ({ leaf, required: true }) as const
export const allowed = <const L extends Leaf>(leaf: L) => ({ leaf, required: false }) as const

type Fields = Complex['elements']
type Rules = readonly RuleName[]

/** Text with attributes. */
export const text = <const L extends Leaf, const A extends Attributes>(content: L, attributes: A, rules: Rules = []) =>
  ({ kind: 'simple', content, attributes, rules }) as const

export const sequence = <const E extends Fields>(elements: E, rules: Rules = []) =>
  ({ kind: 'complex', order: 'sequence', elements, attributes: none, rules }) as const

/** A sequence that carries attributes. */
export const attributed = <const A extends Attributes, const E extends Fields>(
  attributes: A,
  elements: E,
  rules: Rules = [],
) => ({ kind: 'complex', order: 'sequence', elements, attributes, rules }) as const

export const all = <const E extends Fields>(elements: E) =>
  ({ kind: 'complex', order: 'all', elements, attributes: none, rules: [] }) as const

export const choice = <const E extends Fields>(elements: E) =>
  ({ kind: 'complex', order: 'choice', elements, attributes: none, rules: [] }) as const

const none: Record<never, Attribute> = {}
