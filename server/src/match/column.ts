// A number for each row, in pieces: it grows without copying what is there, so a growing list never holds the event loop.

const ROWS_A_PIECE = 65_536

export class Column {
  readonly #pieces: (Uint32Array | undefined)[] = []

  get bytes(): number {
    return this.#pieces.reduce((sum, piece) => sum + (piece?.byteLength ?? 0), 0)
  }

  /** 0 where nothing was set. */
  get(row: number): number {
    return this.#pieces[row >>> 16]?.[row & (ROWS_A_PIECE - 1)] ?? 0
  }

  set(row: number, value: number): void {
    let piece = this.#pieces[row >>> 16]
    if (piece === undefined) {
      while (this.#pieces.length <= row >>> 16) this.#pieces.push(undefined)
      piece = new Uint32Array(ROWS_A_PIECE)
      this.#pieces[row >>> 16] = piece
    }
    piece[row & (ROWS_A_PIECE - 1)] = value
  }
}
