// Walks the schema by key, so that the environment's variables, the secrets and the reference all come from one place.
import type { z } from 'zod'
import { secrets, settings } from './schema.ts'

export interface Key {
  /** As in the file: `cybertip.reporter.email`. A `*` stands for a name that the operator chooses: `lists.*.password`. */
  readonly path: readonly string[]
  readonly kind: 'text' | 'number' | 'boolean' | 'json'
  readonly nullable: boolean
  readonly secret: boolean
}

/** Every key that holds a value (not a group), in the schema's order. */
export const keys: readonly Key[] = leaves(settings, [])

function leaves(schema: z.core.$ZodType, path: readonly string[]): Key[] {
  const { inner, nullable, secret } = unwrap(schema)
  const def = inner._zod.def
  if (isObject(inner))
    return Object.entries(inner._zod.def.shape).flatMap(([key, below]) => leaves(below, [...path, key]))
  if (isRecord(inner)) return leaves(inner._zod.def.valueType, [...path, '*'])
  const kind =
    def.type === 'number' ? 'number' : def.type === 'boolean' ? 'boolean' : def.type === 'array' ? 'json' : 'text'
  return [{ path, kind, nullable, secret }]
}

function unwrap(schema: z.core.$ZodType): { inner: z.core.$ZodType; nullable: boolean; secret: boolean } {
  let inner = schema
  let nullable = false
  for (;;) {
    const def = inner._zod.def as z.core.$ZodTypeDef & { innerType?: z.core.$ZodType }
    if (def.innerType === undefined) return { inner, nullable, secret: secrets.has(inner) }
    nullable ||= def.type === 'nullable'
    inner = def.innerType
  }
}

function isObject(schema: z.core.$ZodType): schema is z.core.$ZodObject {
  return schema._zod.def.type === 'object'
}

function isRecord(schema: z.core.$ZodType): schema is z.core.$ZodRecord {
  return schema._zod.def.type === 'record'
}
