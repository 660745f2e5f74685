// Tables for people, as wide as the terminal, and JSON lines for programs.
import { type Tint, tint } from './tint.ts'

export interface Column<Row> {
  readonly title: string
  readonly of: (row: Row) => string
  readonly tint?: (row: Row) => Tint | undefined
  readonly align?: 'right'
  /** Given up first, from the end, where the terminal is too narrow. */
  readonly shrinks?: boolean
}

const gap = 2
const least = 8

/** Lines, the first of them the titles. Nothing is cut where the output is no terminal: programs read it there. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[], width = terminalWidth()): string[] {
  const cells = rows.map((row) => columns.map((column) => plain(column.of(row))))
  const natural = columns.map(({ title }, at) => Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const widths = fit(natural, columns, width)
  const line = (texts: readonly string[], paint: (text: string, at: number) => string) =>
    texts
      .map((text, at) => paint(pad(text, widths[at] ?? 0, columns[at]?.align), at))
      .join(' '.repeat(gap))
      .trimEnd()
  const head = line(
    columns.map(({ title }) => title),
    (text) => tint('dim', text),
  )
  const body = cells.map((texts, row) =>
    line(texts, (text, at) => {
      const style = columns[at]?.tint?.(rows[row] as Row)
      return style === undefined ? text : tint(style, text)
    }),
  )
  return [head, ...body]
}

/** Prints rows as a table, or one JSON object a line; `none` is said where there are no rows. */
export function printRows<Row extends object>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  { json, none }: { readonly json: boolean | undefined; readonly none: string },
): void {
  if (json) for (const row of rows) console.log(JSON.stringify(outward(row)))
  else if (rows.length === 0) console.log(none)
  else for (const line of table(rows, columns)) console.log(line)
}

/** Times leave as ISO 8601, as they do over HTTP. */
export function outward(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(outward)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [
      key,
      typeof one === 'number' && /(^at|At|^appealBy|[uU]ntil)$/.test(key) ? new Date(one).toISOString() : outward(one),
    ]),
  )
}

export const terminalWidth = (): number =>
  process.stdout.isTTY ? Math.max(40, process.stdout.columns || 80) : Number.POSITIVE_INFINITY

function fit<Row>(natural: readonly number[], columns: readonly Column<Row>[], width: number): number[] {
  const widths = [...natural]
  let over = widths.reduce((sum, one) => sum + one + gap, -gap) - width
  for (let at = widths.length - 1; at >= 0 && over > 0; at -= 1) {
    if (!columns[at]?.shrinks) continue
    const now = widths[at] ?? 0
    const less = Math.max(Math.min(now, least), now - over)
    over -= now - less
    widths[at] = less
  }
  return widths
}

function pad(text: string, width: number, align: 'right' | undefined): string {
  const cut = text.length > width ? `${text.slice(0, Math.max(0, width - 1))}…` : text
  return align === 'right' ? cut.padStart(width) : cut.padEnd(width)
}

/** Names may come from anywhere; a control character would move the cursor. */
export const plain = (text: string): string => text.replaceAll(/\p{Cc}/gu, ' ')
