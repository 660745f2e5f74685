// One row of a list file -> an entry, or why not. What is said about a row never repeats anything from it.
import { algorithms, type Entry, hexDigits, type ListClass } from '../entry.ts'

export type Row = { readonly entry: Entry; readonly lowered: boolean } | { readonly why: string }

export const columns = ['source', 'entryId', 'algorithm', 'value', 'class', 'label'] as const
const known: ReadonlySet<string> = new Set(columns)

/** Every empty file and every flat picture would match these, so as entries they can only be mistakes. */
const meaningless: ReadonlySet<string> = new Set([
  'd41d8cd98f00b204e9800998ecf8427e',
  'da39a3ee5e6b4b0d3255bfef95601890afd80709',
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
])

/** value: lower-case hex. */
export const isMeaningless = (value: string): boolean => meaningless.has(value) || /^0+$/.test(value)

export function readRow(
  row: unknown,
  list: { readonly id: string; readonly class: ListClass; readonly allowed: readonly ListClass[] },
): Row {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) return { why: 'the row is not an object' }
  if (Object.keys(row).some((key) => !known.has(key))) {
    return { why: `the row has a key other than ${columns.join(', ')}` }
  }
  const { source, entryId, algorithm, value, class: named, label } = row as Readonly<Record<string, unknown>>
  if (!isName(source)) return { why: 'the source is missing or is not a short text' }
  if (!isName(entryId)) return { why: 'the entryId is missing or is not a short text' }
  const method = algorithms.find((each) => each === algorithm)
  if (!method) return { why: `the algorithm is none of ${algorithms.join(', ')}` }
  if (typeof value !== 'string' || !isHex(value)) return { why: 'the value is missing or is not hexadecimal' }
  if (value.length !== hexDigits[method]) {
    return { why: `the value has ${value.length} digits, and ${method} has ${hexDigits[method]}` }
  }
  const lower = value.toLowerCase()
  if (isMeaningless(lower)) return { why: 'the value is that of an empty file or picture' }
  const rowClass = named === undefined || named === null || named === '' ? list.class : named
  const allowed = list.allowed.find((each) => each === rowClass)
  if (!allowed) return { why: `the class is none that a row may bear on a list of class ${list.class}` }
  const absent = label === undefined || label === null || label === ''
  if (!absent && !isName(label)) return { why: 'the label is not a short text' }
  const entry = { listId: list.id, source, entryId, algorithm: method, value: lower, class: allowed }
  return { entry: absent ? entry : { ...entry, label }, lowered: lower !== value }
}

/** Up to 256 characters, none of them a control character: these texts end on screens and in terminals. */
function isName(text: unknown): text is string {
  return typeof text === 'string' && text.trim() !== '' && text.length <= 256 && !/\p{Cc}/u.test(text)
}

function isHex(text: string): boolean {
  return /^[0-9a-f]+$/i.test(text)
}
