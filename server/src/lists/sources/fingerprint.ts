// Text that claims to be a hash -> a value, or why it is none. What is said never repeats the text.
import { type Algorithm, hexDigits } from '../entry.ts'
import { isMeaningless } from '../read/row.ts'

export function readFingerprint(
  algorithm: Algorithm,
  text: string,
): { readonly value: string } | { readonly why: string } {
  const value = text.trim().toLowerCase()
  const digits = hexDigits[algorithm]
  if (!/^[0-9a-f]*$/.test(value)) return { why: 'it is not hexadecimal' }
  if (value.length !== digits) return { why: `it has ${value.length} digits, and ${algorithm} has ${digits}` }
  if (isMeaningless(value)) return { why: 'it is that of an empty file or picture' }
  return { value }
}

/** Ids and names end on screens: up to 256 characters, none of them a control character. */
export function isName(text: string): boolean {
  return text !== '' && text.length <= 256 && !/\p{Cc}/u.test(text)
}
