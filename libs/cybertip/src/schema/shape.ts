// From the schema table to TypeScript: the value a caller writes for each type of the table.
//   text                    'Oslo'
//   text with attributes    'Oslo'  or  { '#': 'Oslo', '@type': 'Home' }
//   elements                { '@type': 'Home', city: 'Oslo' }       lists are arrays, flags are `true`, a choice has one key
import type { Attribute, Complex, Field, Leaf, Simple } from './kinds.ts'

export type Shape<T> = T extends Complex ? ComplexShape<T> : T extends Simple ? SimpleShape<T> : LeafShape<T>

type LeafShape<L> = L extends { kind: 'boolean' }
  ? boolean
  : L extends { kind: 'flag' }
    ? true
    : L extends { kind: 'int' | 'double' }
      ? number
      : L extends { kind: 'enumeration'; values: readonly (infer V)[] }
        ? V
        : L extends Leaf
          ? string
          : never

type SimpleShape<T extends Simple> =
  | (HasNeeded<T['attributes']> extends true ? never : LeafShape<T['content']>)
  | Flat<{ readonly '#': LeafShape<T['content']> } & AttributeShapes<T['attributes']>>

type ComplexShape<T extends Complex> = T['order'] extends 'choice'
  ? { [K in keyof T['elements']]: { readonly [N in K]: Shape<T['elements'][K]['type']> } }[keyof T['elements']]
  : Flat<ElementShapes<T['elements']> & AttributeShapes<T['attributes']>>

type ElementShapes<E> = {
  readonly [K in keyof E as E[K] extends { min: 1 } ? K : never]: FieldShape<E[K]>
} & {
  readonly [K in keyof E as E[K] extends { min: 1 } | { legacy: true } ? never : K]?: FieldShape<E[K]> | undefined
}

type FieldShape<F> = F extends Field
  ? F['max'] extends 'many'
    ? readonly Shape<F['type']>[]
    : Shape<F['type']>
  : never

type AttributeShapes<A> = {
  readonly [K in keyof A as A[K] extends { required: true } ? `@${K & string}` : never]: AttributeShape<A[K]>
} & {
  readonly [K in keyof A as A[K] extends { required: true } ? never : `@${K & string}`]?:
    | AttributeShape<A[K]>
    | undefined
}

type AttributeShape<A> = A extends Attribute ? LeafShape<A['leaf']> : never
type HasNeeded<A> = true extends { [K in keyof A]: A[K] extends { required: true } ? true : false }[keyof A]
  ? true
  : false
type Flat<T> = { [K in keyof T]: T[K] }
