// Walks the chain from its first line and says, in words, the first thing that is wrong. Reads only.
import type { Connection } from '#db'
import { chainHash, genesis } from './chain.ts'
import { chainedPage, countUnchained, readEnd } from './store.ts'

export type TrailVerdict =
  | {
      readonly ok: true
      /** Chained lines, all of them checked. */
      readonly rows: number
      /** The last line's hash: written down elsewhere, it proves later that these lines were not rewritten. */
      readonly head: string
      /** Lines that are committed but not chained yet; more than a handful for more than a second is suspicious. */
      readonly unchained: number
    }
  | {
      readonly ok: false
      /** Lines that were found good before the trouble. */
      readonly rows: number
      /** The place of the first trouble. */
      readonly seq: number
      readonly words: string
      readonly unchained: number
    }

const pageRows = 1000

/**
 * `remembered` is an earlier verdict's `rows` and `head`, kept outside of this database: whoever can write to the
 * whole database can also compute a new chain, and only an outside memory shows that.
 */
export async function verifyTrail(
  db: Connection,
  remembered?: { readonly rows: number; readonly head: string },
): Promise<TrailVerdict> {
  let rows = 0
  let hash = genesis
  const bad = async (seq: number, words: string): Promise<TrailVerdict> => ({
    ok: false,
    rows,
    seq,
    words,
    unchained: await countUnchained(db),
  })
  for (;;) {
    const page = await chainedPage(db, rows, pageRows)
    for (const row of page) {
      const seq = rows + 1
      if (row.seq !== seq) return bad(seq, `there is a gap: ${missing(seq, (row.seq ?? seq + 1) - 1)}`)
      const expected = chainHash(hash, { ...row, seq })
      if (row.hash !== expected) return bad(seq, `line ${seq} was altered, or the line before it was`)
      if (remembered?.rows === seq && remembered.head !== expected)
        return bad(seq, `the chain was rewritten: line ${seq} no longer has the remembered hash`)
      hash = expected
      rows = seq
    }
    if (page.length > 0) continue
    const { head, lastSeq } = await readEnd(db)
    // The sequencer worked on while we read.
    if (head !== undefined && lastSeq > rows && head.seq >= lastSeq) continue
    if (head === undefined && lastSeq > 0) return bad(rows, 'the head of the chain is missing')
    if (head !== undefined && head.seq > rows)
      return bad(rows + 1, `the tail was cut off: ${missing(rows + 1, head.seq)}`)
    if (head !== undefined && (head.seq < lastSeq || head.hash !== hash))
      return bad(rows, 'the head of the chain was altered: it does not fit the last line')
    if (remembered !== undefined && remembered.rows > rows)
      return bad(rows + 1, `the tail was cut off: ${missing(rows + 1, remembered.rows)}`)
    return { ok: true, rows, head: hash, unchained: await countUnchained(db) }
  }
}

const missing = (from: number, to: number) =>
  from === to ? `line ${from} is missing` : `lines ${from} to ${to} are missing`
