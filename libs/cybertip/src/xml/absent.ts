// When an optional element is left out. NCMEC wants optional elements omitted, never sent empty (CyberTipline API, section 4).
import { legal } from './characters.ts'

/** True for what would become an empty element: undefined, text of nothing, an empty list, an object of absent things. */
export function absent(value: unknown): boolean {
  if (value === undefined) return true
  if (typeof value === 'string') return legal(value) === ''
  if (Array.isArray(value)) return value.every(absent)
  const elements = elementsOf(value)
  return elements !== undefined && Object.values(elements).every(absent)
}

/** The value as a plain object of named things; undefined for anything else. A Date, say, is a mistake and not an empty element. */
export function elementsOf(value: unknown): { readonly [name: string]: unknown } | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null ? (value as { [name: string]: unknown }) : undefined
}
