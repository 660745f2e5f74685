// The API's whole tree as one table: from it follow the TypeScript types, validation, and XML in XSD order.
import { fileDetails } from './file-details.ts'
import type { Complex } from './kinds.ts'
import { report } from './report.ts'
import { reportDoneResponse, reportResponse } from './responses.ts'
import type { Shape } from './shape.ts'

export const schema = { report, fileDetails, reportResponse, reportDoneResponse } as const satisfies Record<
  string,
  Complex
>

/** A table like ours; `extendSchema` makes one with a newer schema's further elements. */
export type Schema = { readonly [R in Root]: Complex }
export type Root = keyof typeof schema
/** The value a caller writes for a root: what `validate` checks and `toXml` writes. */
export type Value<R extends Root> = Shape<(typeof schema)[R]>

export type { FileDetails } from './file-details.ts'
export type { Attribute, Complex, Field, Leaf, RuleName, Simple, Type } from './kinds.ts'
export type { Report } from './report.ts'
export type { Shape } from './shape.ts'
