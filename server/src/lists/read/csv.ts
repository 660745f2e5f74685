// Lines -> CSV records as RFC 4180 has them: commas, quoted cells, doubled quotes, line ends inside quotes.
import type { Line } from './lines.ts'

/** `cells` or why there are none; `line` is where the record begins. */
export type CsvRecord =
  | { readonly line: number; readonly cells: readonly string[] }
  | { readonly line: number; readonly why: string }

/** A quote that nobody closes must not swallow the rest of the file: after so many lines only its own line is lost. */
const MOST_LINES = 8

export async function* csvRecords(source: AsyncIterable<Line>): AsyncGenerator<CsvRecord> {
  const waiting: Line[] = []
  const from = source[Symbol.asyncIterator]()
  const see = async (index: number): Promise<Line | undefined> => {
    while (waiting.length <= index) {
      const next = await from.next()
      if (next.done) return undefined
      waiting.push(next.value)
    }
    return waiting[index]
  }
  for (let start = await see(0); start !== undefined; start = await see(0)) {
    const { record, used } = await recordAt(start, see)
    waiting.splice(0, used)
    if (record) yield record
  }
}

/** The record that begins with `start`, and how many lines it takes; no record for a blank line. */
async function recordAt(
  start: Line,
  see: (index: number) => Promise<Line | undefined>,
): Promise<{ record: CsvRecord | undefined; used: number }> {
  const line = start.number
  const bad = (why: string) => ({ record: { line, why }, used: 1 })
  if (start.text === undefined) return bad('the line is too long')
  if (start.text.trim() === '') return { record: undefined, used: 1 }
  let text = start.text
  for (let used = 1; ; used += 1) {
    const cells = split(text)
    if (cells === 'odd') return bad('a quote stands where none may stand')
    if (cells !== 'open') return { record: { line, cells }, used }
    const more = used < MOST_LINES ? await see(used) : undefined
    if (more?.text === undefined) return bad('a quote is never closed')
    text += `\n${more.text}`
  }
}

/** `open`: the text ends inside quotes. `odd`: a quote in the middle of a cell. */
function split(text: string): string[] | 'open' | 'odd' {
  const cells: string[] = []
  for (let at = 0; ; ) {
    let cell = ''
    if (text[at] === '"') {
      at += 1
      for (;;) {
        const quote = text.indexOf('"', at)
        if (quote === -1) return 'open'
        cell += text.slice(at, quote)
        at = quote + 1
        if (text[at] !== '"') break
        cell += '"'
        at += 1
      }
      if (at < text.length && text[at] !== ',') return 'odd'
    } else {
      const comma = text.indexOf(',', at)
      cell = text.slice(at, comma === -1 ? undefined : comma)
      if (cell.includes('"')) return 'odd'
      at += cell.length
    }
    cells.push(cell)
    if (at >= text.length) return cells
    at += 1
  }
}
