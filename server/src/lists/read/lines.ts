// Text in chunks -> lines with their numbers. The bytes come from whoever made the file, so a line has a limit.

/** `text` is undefined when the line is longer than LONGEST_LINE: it was counted and thrown away, not kept. */
export interface Line {
  readonly number: number
  readonly text: string | undefined
}

/** Characters. A row of ours has a few hundred; a file of one 50 MB line must not fill the memory. */
export const LONGEST_LINE = 16 * 1024

/** Lines end with LF or CRLF. A byte order mark at the start is dropped; numbers count from 1, blank lines too. */
export async function* lines(chunks: AsyncIterable<string> | Iterable<string>): AsyncGenerator<Line> {
  let number = 1
  let held: string[] = []
  let length = 0
  let first = true
  const take = (piece: string) => {
    length += piece.length
    if (length <= LONGEST_LINE) held.push(piece)
    else held = []
  }
  const line = (): Line => {
    const text = length > LONGEST_LINE ? undefined : held.join('').replace(/\r$/, '')
    held = []
    length = 0
    return { number: number++, text }
  }
  for await (const chunk of chunks) {
    let from = first && chunk.startsWith('\uFEFF') ? 1 : 0
    if (chunk.length > 0) first = false
    for (let end = chunk.indexOf('\n', from); end !== -1; end = chunk.indexOf('\n', from)) {
      take(chunk.slice(from, end))
      yield line()
      from = end + 1
    }
    take(chunk.slice(from))
  }
  if (length > 0) yield line()
}
