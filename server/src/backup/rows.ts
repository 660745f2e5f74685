// The database's rows as JSON lines: a head for each table with its columns, then a line a row, bytes as base64.
import { z } from 'zod'
import type { Cell, TableRows } from '#db'
import { altered } from './manifest.ts'

const cell = z.union([z.string(), z.number(), z.null(), z.strictObject({ base64: z.base64() })])
const head = z.strictObject({
  table: z.string().regex(/^[a-z_]+$/),
  columns: z.array(z.string().regex(/^[a-z_0-9]+$/)),
})
const row = z.array(cell)

export interface RowCount {
  rows: number
}

/** `count.rows` grows as they pass. */
export async function* linesOf(tables: AsyncIterable<TableRows>, count: RowCount): AsyncGenerator<unknown> {
  for await (const { table, columns, rows } of tables) {
    yield { table, columns }
    for await (const page of rows)
      for (const cells of page) {
        count.rows += 1
        yield cells.map((one) => (one instanceof Uint8Array ? { base64: Buffer.from(one).toString('base64') } : one))
      }
  }
}

/** The way back. Pages of some rows each; a table's rows are read to their end before the next table. */
export async function* tablesOf(lines: AsyncIterable<unknown>, count: RowCount): AsyncGenerator<TableRows> {
  const reading = lines[Symbol.asyncIterator]()
  let next = await reading.next()
  while (!next.done) {
    const { table, columns } = parsed(head, next.value)
    let after = await reading.next()
    yield {
      table,
      columns,
      rows: (async function* () {
        let page: (readonly Cell[])[] = []
        let bytes = 0
        while (!after.done && Array.isArray(after.value)) {
          const cells = parsed(row, after.value).map(plain)
          if (cells.length !== columns.length) throw altered('database.jsonl.gz', 'a row does not fit its table')
          count.rows += 1
          page.push(cells)
          bytes += cells.reduce<number>((sum, one) => sum + (typeof one === 'object' && one ? one.length : 16), 0)
          if (page.length >= 200 || bytes > 8 * 1024 * 1024) {
            yield page
            page = []
            bytes = 0
          }
          after = await reading.next()
        }
        if (page.length > 0) yield page
      })(),
    }
    next = after
  }
}

const plain = (one: z.infer<typeof cell>): Cell =>
  typeof one === 'object' && one !== null ? Buffer.from(one.base64, 'base64') : one

function parsed<T>(shape: z.ZodType<T>, value: unknown): T {
  const { success, data } = shape.safeParse(value)
  if (!success) throw altered('database.jsonl.gz', 'it is not what Wardline writes')
  return data
}
