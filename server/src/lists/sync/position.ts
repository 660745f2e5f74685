// How far a list's sync has come, as it lies in the database. It is written in the transaction of the page it speaks of.
import { z } from 'zod'
import { WHOLE_MS } from './ranges.ts'

const range = z.strictObject({
  fromMs: z.int(),
  toMs: z.int(),
  /** The link to the page after the last one that was applied, and when it was given. */
  next: z.string().nullable(),
  nextAtMs: z.int(),
  /** Of this reading of the range: pages, and entries on them. */
  pages: z.int(),
  entries: z.int(),
  /** What was passed over in it. */
  skipped: z.strictObject({ videos: z.int(), otherKinds: z.int() }).default({ videos: 0, otherKinds: 0 }),
  /** How many entries the range should have, by its first link. */
  expected: z.int().nullable(),
  /** The source's clock at the first page, less its margin: what changed later may be missing on any page. */
  trustMs: z.int().nullable(),
  /** How often it was begun because it had brought too little, this time included. */
  readings: z.int(),
  /** It ends where it does so that a huge second is read once, and is not cut any more. */
  whole: z.boolean().default(false),
})

const position = z.strictObject({
  /** Everything that last changed up to here has been applied; null: nothing yet. */
  checkpointMs: z.int().nullable(),
  range: range.nullable(),
  stepMs: z.int(),
  /** Everything is fetched anew, and what is not met by the end is removed. */
  anew: z.boolean(),
  /** Of a whole source: what was read last. */
  mark: z.string().nullable(),
  /** Whose entries these are. */
  identity: z.string(),
})

export type Position = Readonly<z.infer<typeof position>>
export type RangePosition = Readonly<z.infer<typeof range>>

export const beginning = (identity: string, { anew }: { readonly anew: boolean }): Position => ({
  checkpointMs: null,
  range: null,
  stepMs: WHOLE_MS,
  anew,
  mark: null,
  identity,
})

export const readPosition = (text: string): Position => position.parse(JSON.parse(text))
