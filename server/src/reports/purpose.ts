// What a report is for. A test card's report goes its whole way outside production; in production it is written, validated
// and never sent: refused here by type, and again at every step of a filing by what the row says.
import { Fault } from '#base'
import type { CaseRecord } from '#cases'
import type { Tables } from '#db'

declare const sent: unique symbol

/** A case whose report may be sent. Only `isFileable` makes one. */
export type Fileable = CaseRecord & { readonly [sent]: true }

export function isFileable(record: CaseRecord): record is Fileable {
  return !isUnsent({ is_test: record.isTest ? 1 : 0, environment: record.environment })
}

type Row = Pick<Tables['reports'], 'is_test' | 'environment'>

/** Whether this is a test's report in production. */
export const isUnsent = ({ is_test, environment }: Row): boolean =>
  is_test !== 0 && environment !== 'sandbox' && environment !== 'test'

/** At the wire. Fault `test_never_sent`: whoever asked, and however it came here, nothing made by a test leaves. */
export function refuseUnsent(row: Row): void {
  if (isUnsent(row))
    throw new Fault('test_never_sent', 'a report that was made by a test card is never sent from production', {
      retry: 'never',
    })
}
