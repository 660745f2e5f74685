// When an optional element is left out. NCMEC wants optional elements omitted, never sent empty (CyberTipline API, section 4).
import type { Complex, Field, Type } from '../schema/kinds.ts'
import { legal } from './characters.ts'

/** Of one item of a list, or of an attribute's value. */
export function absentItem(type: Type, value: unknown): boolean {
  if (value === undefined) return true
  if (typeof value === 'string') return legal(value) === ''
  const given = elementsOf(value)
  if (!given || (type.kind !== 'complex' && type.kind !== 'simple')) return false
  // Whoever writes an element with required parts means it: `{ victimPerson: {} }` says that there is a victim.
  const elements: { readonly [name: string]: Field } = type.kind === 'complex' ? type.elements : {}
  if (Object.values(elements).some(({ min }) => min === 1)) return false
  if (Object.values(type.attributes).some(({ required }) => required)) return false
  return Object.entries(given).every(([name, inside]) => {
    const field = Object.hasOwn(elements, name) ? elements[name] : undefined
    return field ? absent(field, inside) : inside === undefined || inside === ''
  })
}

/**
 * A sound value with its absent elements and attributes taken out, at this level and below: what will be written, and so what the rules
 * must look at. Lists keep their absent items as undefined, so that the places of the others stay true.
 */
export function present(type: Type, value: unknown): unknown {
  const given = elementsOf(value)
  if (!given || (type.kind !== 'complex' && type.kind !== 'simple')) return value
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, inside]) => {
      if (name.startsWith('@') && typeof inside === 'string' && legal(inside) === '') return []
      const kept = type.kind === 'complex' ? presentField(type, name, inside) : inside
      return kept === undefined ? [] : [[name, kept]]
    }),
  )
}

function presentField(type: Complex, name: string, inside: unknown): unknown {
  const field = Object.hasOwn(type.elements, name) ? type.elements[name] : undefined
  if (!field || type.order === 'choice') return field ? present(field.type, inside) : inside
  if (field.min === 0 && absent(field, inside)) return undefined
  if (!Array.isArray(inside)) return present(field.type, inside)
  return inside.map((item) => (absentItem(field.type, item) ? undefined : present(field.type, item)))
}

/** True for what would become an empty optional element: nothing, text of nothing, a list of nothing, an object of absent things. */
function absent(field: Field, value: unknown): boolean {
  if (field.max === 'many' && Array.isArray(value)) return value.every((item) => absentItem(field.type, item))
  return absentItem(field.type, value)
}

/** The value as a plain object of named things; undefined for anything else. A Date, say, is a mistake and not an empty element. */
export function elementsOf(value: unknown): { readonly [name: string]: unknown } | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? (value as { [name: string]: unknown }) : undefined
}
