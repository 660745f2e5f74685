// Repairs and cases are called by their numbers.
import { usage } from '../words.ts'

export function numberOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw usage('a repair, like a case, is named by its number')
  return Number(text)
}
