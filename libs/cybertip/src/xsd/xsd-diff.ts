// In what a fetched schema differs from our table, both ways. CyberTipline API, section 5.9: it does change.
import { type Schema, schema } from '../schema/schema.ts'
import { type Fact, factsOf } from './facts.ts'
import type { Xsd } from './read-xsd.ts'

export type Difference =
  /** The whole element or attribute; what is inside it is not listed again. `what`: `0..1 boolean`. */
  | { readonly kind: 'only_theirs' | 'only_ours'; readonly path: string; readonly what: string }
  | {
      readonly kind: 'differs'
      readonly path: string
      readonly in: Aspect
      readonly ours: string
      readonly theirs: string
    }
export type Aspect = 'cardinality' | 'type' | 'enumeration' | 'pattern' | 'fixed' | 'limits' | 'group' | 'order'

/**
 * Empty when they agree. Where the documentation is stricter than the XSD, our table remembers both, so that this is no difference.
 * `only_theirs` can be allowed with `extendSchema`; everything else needs a newer version of this library, or nothing but a look.
 */
export function xsdDiff(theirs: Xsd, base: Schema = schema): readonly Difference[] {
  const ours = factsOf(base)
  return [
    ...alone('only_theirs', theirs.facts, ours),
    ...alone('only_ours', ours, theirs.facts),
    ...[...ours].flatMap(([path, our]) => {
      const their = theirs.facts.get(path)
      return their ? differences(path, our, their) : []
    }),
  ]
}

function alone(
  kind: 'only_theirs' | 'only_ours',
  facts: ReadonlyMap<string, Fact>,
  others: ReadonlyMap<string, Fact>,
): Difference[] {
  return [...facts]
    .filter(([path]) => !others.has(path) && (!path.includes('/') || others.has(parentOf(path))))
    .map(([path, fact]) => ({ kind, path, what: inWords(fact) }))
}

export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function differences(path: string, ours: Fact, theirs: Fact): Difference[] {
  return aspects.flatMap(([aspect, words]) => {
    const [our, their] = [words(ours, theirs), words(theirs, ours)]
    return our === their ? [] : [{ kind: 'differs', path, in: aspect, ours: our, theirs: their }]
  })
}

/** Each one in words, of the first fact beside the second. */
const aspects: readonly (readonly [Aspect, (fact: Fact, other: Fact) => string])[] = [
  ['cardinality', cardinality],
  ['type', ({ text }) => text ?? 'elements'],
  // Of two long lists only what the other lacks.
  ['enumeration', ({ values }, other) => without(values, other.values)],
  ['pattern', ({ patterns }) => (patterns ?? []).join(' ')],
  ['fixed', ({ fixed }) => fixed ?? ''],
  ['limits', ({ limits }) => (limits ?? []).join(' ')],
  ['group', ({ group }) => group ?? 'none'],
  ['order', ({ group, children }, other) => (group === 'sequence' ? common(children, other.children) : '')],
]

function inWords(fact: Fact): string {
  return `${cardinality(fact)} ${fact.values ? 'enumeration' : (fact.text ?? 'elements')}`
}

function cardinality({ min, max }: Fact): string {
  return `${min}..${max === 'many' ? 'n' : max}`
}

function without(values: readonly string[] | undefined, others: readonly string[] | undefined): string {
  if (!values) return others ? 'any' : ''
  if (!others) return 'a list'
  const lacking = new Set(others)
  return values
    .filter((value) => !lacking.has(value))
    .map((value) => JSON.stringify(value))
    .join(' ')
}

function common(children: readonly string[], others: readonly string[]): string {
  return children.filter((name) => others.includes(name)).join(' ')
}
