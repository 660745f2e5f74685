// How one line hangs on the line before it. Writer and verifier share this file and nothing else.
import { createHash } from 'node:crypto'

export interface ChainedRow {
  readonly id: string
  /** Epoch milliseconds. */
  readonly at: number
  readonly actor: string
  readonly act: string
  readonly subject: string
  /** The stored text, not its parsed value: then no two readings of JSON can disagree. */
  readonly detail: string
  /** Place in the chain, from 1. */
  readonly seq: number
}

/** What the first line hangs on. */
export const genesis = '0'.repeat(64)

/** SHA-256 over the former hash (64 hex digits, as ASCII) and the row as canonical JSON (UTF-8); hex. */
export function chainHash(previous: string, row: ChainedRow): string {
  const { act, actor, at, detail, id, seq, subject } = row
  return createHash('sha256')
    .update(previous)
    .update(canonical({ act, actor, at, detail, id, seq, subject }))
    .digest('hex')
}

/** JSON of a flat record with its keys in code unit order and no white space. */
export function canonical(flat: Readonly<Record<string, string | number | boolean | null>>): string {
  const keys = Object.keys(flat).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(flat[key])}`).join(',')}}`
}
