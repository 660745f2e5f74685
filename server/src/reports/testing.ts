// For tests: a case of which a report may be sent.
import type { CaseRecord } from '#cases'
import { type Fileable, isFileable } from './purpose.ts'

export function fileable(record: CaseRecord): Fileable {
  if (!isFileable(record)) throw new Error('a test in production is no case to be filed')
  return record
}
