// A batch of changes as bytes and back, docs/formats/list-block.md. A row is visited by its offset: no object stands for it.
import { Fault } from '#base'
import { type Algorithm, algorithms, type Change, hexDigits, type ListClass, type Put, type Value } from './entry.ts'

const MAGIC = Buffer.from('WLBLOCK\x01', 'latin1')
const HEADER_BYTES = 32
const ROW_BYTES = 16

/** Of one algorithm, in one entry: a row counts them in a byte. */
export const MOST_VALUES = 255

/** In the order in which a row holds its values. */
export const digestBytes: Readonly<Record<Algorithm, number>> = { pdq: 32, md5: 16, sha1: 20, sha256: 32 }

/** By code. A code never changes its meaning; 0 is a removal. */
const classes: readonly (ListClass | undefined)[] = [
  undefined,
  'csam',
  'exploitative',
  'generative_ai',
  'never_match',
  'test',
  'intimate',
]

/** An opened block. Texts are made only when they are asked for. */
export interface Block {
  readonly bytes: DataView
  readonly rows: number
  /** Offset of the first row, and where the rows end. */
  readonly begin: number
  readonly end: number
  /** Texts and member sets, by number. */
  readonly texts: number
  text(number: number): string
  /** Numbers of texts. */
  members(number: number): readonly number[]
}

/** The changes in their order. RangeError for what no block can hold; it repeats nothing of the change. */
export function encodeBlock(changes: readonly Change[]): Uint8Array {
  const texts = new Numbers()
  const sets = new Numbers()
  const memberNumbers: number[][] = []
  // Number 0 is no label.
  texts.of('')
  let rowBytes = 0
  const rows = changes.map((change) => {
    const id = Buffer.from(change.entryId, 'utf8')
    const source = texts.of(change.source)
    rowBytes += ROW_BYTES + valueBytes(change) + padded(id.length)
    if (change.kind === 'remove') return { change, id, source, label: 0, members: 0 }
    const numbers = [...new Set([change.source, ...change.members])].map((member) => texts.of(member))
    const members = sets.of(numbers.join(' '))
    memberNumbers[members] = numbers
    return { change, id, source, label: texts.of(change.label ?? ''), members }
  })
  const encoded = texts.all.map((text) => Buffer.from(text, 'utf8'))
  const textsAt = HEADER_BYTES + rowBytes
  const setsAt = textsAt + padded(encoded.reduce((sum, text) => sum + 2 + text.length, 0))
  const length = setsAt + memberNumbers.reduce((sum, numbers) => sum + 2 + 2 * numbers.length, 0)
  const bytes = Buffer.alloc(length)
  MAGIC.copy(bytes)
  for (const [at, number] of [rows.length, textsAt, encoded.length, setsAt, memberNumbers.length, length].entries())
    bytes.writeUInt32LE(number, 8 + 4 * at)

  let at = HEADER_BYTES
  for (const row of rows) at = writeRow(bytes, at, row)
  for (const text of encoded) {
    at = short(bytes, at, text.length)
    at += text.copy(bytes, at)
  }
  at = setsAt
  for (const numbers of memberNumbers) {
    at = short(bytes, at, numbers.length)
    for (const number of numbers) at = short(bytes, at, number)
  }
  return bytes
}

/** Fault `block_unreadable` for bytes that are no block, or one of a later format. Their seal has been opened before. */
export function openBlock(bytes: Uint8Array): Block {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const header = (at: number) => view.getUint32(8 + 4 * at, true)
  if (bytes.length < HEADER_BYTES || !MAGIC.equals(bytes.subarray(0, 8)) || header(5) !== bytes.length)
    throw unreadable()
  const [rows, end, textCount, setsAt, setCount] = [header(0), header(1), header(2), header(3), header(4)]
  const textAt = new Uint32Array(textCount)
  let at = end
  for (let number = 0; number < textCount; number += 1) {
    textAt[number] = at
    at += 2 + view.getUint16(at, true)
  }
  const setAt = new Uint32Array(setCount)
  at = setsAt
  for (let number = 0; number < setCount; number += 1) {
    setAt[number] = at
    at += 2 + 2 * view.getUint16(at, true)
  }
  if (at !== bytes.length) throw unreadable()
  return {
    bytes: view,
    rows,
    begin: HEADER_BYTES,
    end,
    texts: textCount,
    text: (number) => {
      const from = textAt[number] ?? view.byteLength
      return textOf(view, from + 2, view.getUint16(from, true))
    },
    members: (number) => {
      const from = setAt[number] ?? view.byteLength
      return Array.from({ length: view.getUint16(from, true) }, (_, place) =>
        view.getUint16(from + 2 + 2 * place, true),
      )
    },
  }
}

/** Of the row at `at`. */
export const blockRow = {
  isRemoval: (bytes: DataView, at: number): boolean => bytes.getUint8(at) === 0,
  class: (bytes: DataView, at: number): ListClass => {
    const found = classes[bytes.getUint8(at)]
    if (found === undefined) throw unreadable()
    return found
  },
  /** Numbers of texts, and of a member set. Label 0 is none. */
  source: (bytes: DataView, at: number): number => bytes.getUint16(at + 2, true),
  label: (bytes: DataView, at: number): number => bytes.getUint16(at + 4, true),
  members: (bytes: DataView, at: number): number => bytes.getUint16(at + 6, true),
  /** How many values of an algorithm. */
  count: (bytes: DataView, at: number, algorithm: Algorithm): number => bytes.getUint8(at + countAt[algorithm]),
  /** Where its first value of an algorithm lies; the others follow it. */
  valuesAt: (bytes: DataView, at: number, algorithm: Algorithm): number => {
    let place = at + ROW_BYTES
    if (algorithm === 'pdq') return place
    place += 32 * bytes.getUint8(at + countAt.pdq)
    if (algorithm === 'sha256') return place
    place += 32 * bytes.getUint8(at + countAt.sha256)
    if (algorithm === 'sha1') return place
    return place + 20 * bytes.getUint8(at + countAt.sha1)
  },
  /** Its entry id as UTF-8. */
  idAt: (bytes: DataView, at: number): number =>
    blockRow.valuesAt(bytes, at, 'md5') + 16 * bytes.getUint8(at + countAt.md5),
  idBytes: (bytes: DataView, at: number): number => bytes.getUint16(at + 12, true),
  entryId: (bytes: DataView, at: number): string =>
    textOf(bytes, blockRow.idAt(bytes, at), blockRow.idBytes(bytes, at)),
  /** Where the next row begins. */
  next: (bytes: DataView, at: number): number => blockRow.idAt(bytes, at) + padded(blockRow.idBytes(bytes, at)),
} as const

/** The row at `at` as it was given to `encodeBlock`. */
export function changeAt(block: Block, at: number): Change {
  const { bytes } = block
  const key = { source: block.text(blockRow.source(bytes, at)), entryId: blockRow.entryId(bytes, at) }
  if (blockRow.isRemoval(bytes, at)) return { kind: 'remove', ...key }
  const values = algorithms.flatMap((algorithm) => {
    const from = blockRow.valuesAt(bytes, at, algorithm)
    const size = digestBytes[algorithm]
    return Array.from({ length: blockRow.count(bytes, at, algorithm) }, (_, place): Value => {
      const value = Buffer.from(bytes.buffer, bytes.byteOffset + from + place * size, size).toString('hex')
      return { algorithm, value }
    })
  })
  const members = block.members(blockRow.members(bytes, at)).map((number) => block.text(number))
  const label = blockRow.label(bytes, at)
  const put = { kind: 'put' as const, ...key, class: blockRow.class(bytes, at), members, values }
  return label === 0 ? put : { ...put, label: block.text(label) }
}

/** As `changeAt`, of a row that is no removal. */
export function putAt(block: Block, at: number): Put {
  const change = changeAt(block, at)
  if (change.kind !== 'put') throw new Error('a removal was taken for an entry')
  return change
}

/** Offsets of all rows in their order. */
export function* rowsOf({ bytes, begin, end }: Block): Generator<number> {
  for (let at = begin; at < end; at = blockRow.next(bytes, at)) yield at
}

const countAt: Readonly<Record<Algorithm, number>> = { pdq: 8, sha256: 9, sha1: 10, md5: 11 }
const inRow = ['pdq', 'sha256', 'sha1', 'md5'] as const

interface Row {
  readonly change: Change
  readonly id: Buffer
  readonly source: number
  readonly label: number
  readonly members: number
}

function writeRow(bytes: Buffer, at: number, { change, id, source, label, members }: Row): number {
  bytes.writeUInt8(change.kind === 'remove' ? 0 : classes.indexOf(change.class), at)
  for (const [place, number] of [source, label, members].entries()) short(bytes, at + 2 + 2 * place, number)
  short(bytes, at + 12, id.length)
  let to = at + ROW_BYTES
  for (const algorithm of inRow) {
    const values = change.kind === 'put' ? change.values.filter((each) => each.algorithm === algorithm) : []
    if (values.length > MOST_VALUES) throw new RangeError('an entry has more than 255 values of one algorithm')
    bytes.writeUInt8(values.length, at + countAt[algorithm])
    for (const { value } of values) to += bytes.write(value, to, 'hex')
  }
  id.copy(bytes, to)
  return to + padded(id.length)
}

function valueBytes(change: Change): number {
  if (change.kind === 'remove') return 0
  for (const { algorithm, value } of change.values)
    if (value.length !== hexDigits[algorithm] || !/^[0-9a-f]+$/.test(value))
      throw new RangeError('a value is not as many lower-case hex digits as its algorithm has')
  return change.values.reduce((sum, { algorithm }) => sum + digestBytes[algorithm], 0)
}

/** Gives equal texts one number, counted from 0. */
class Numbers {
  readonly #numbers = new Map<string, number>()

  get all(): readonly string[] {
    return [...this.#numbers.keys()]
  }

  of(text: string): number {
    const number = this.#numbers.get(text) ?? this.#numbers.size
    this.#numbers.set(text, number)
    return number
  }
}

function short(bytes: Buffer, at: number, number: number): number {
  if (number > 0xffff)
    throw new RangeError('a block holds no more than 65,536 texts, and none longer than 65,535 bytes')
  return bytes.writeUInt16LE(number, at)
}

function textOf(bytes: DataView, at: number, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('utf8')
}

/** Rows begin at multiples of four. */
function padded(length: number): number {
  return (length + 3) & ~3
}

function unreadable() {
  const words = 'a block of a hash list is of a format that this version does not know: start a newer Wardline'
  return new Fault('block_unreadable', words, { retry: 'ask_a_person' })
}
