// Which columns hold sealed values. When the vault's key changes, all of them are sealed anew, and a column that is missing here
// would be lost with the old one: a test compares this list with the columns that the database has.
import type { Tables } from './tables.ts'

export interface SealedColumn {
  readonly table: keyof Tables
  readonly column: string
  /** The columns that name the row, in the order of its primary key. */
  readonly row: readonly string[]
  /** The columns whose values, with a slash between, name the place where a value is sealed: `table.column:here`. */
  readonly place: readonly string[]
  /** The name before the colon, where values were moved to this column as they were sealed. */
  readonly sealedAs?: string
  /** A column beside it that names the key as well. */
  readonly namedIn?: string
  /** A value is this large, so that few are taken at a time. */
  readonly isLarge?: boolean
}

const id = { row: ['id'], place: ['id'] } as const

export const sealedColumns: readonly SealedColumn[] = [
  { table: 'vault_digests', column: 'sealed', row: ['one'], place: ['one'] },
  { table: 'vault_objects', column: 'wrapped_key', ...id },
  {
    table: 'list_blocks',
    column: 'sealed',
    row: ['id'],
    place: ['list_id', 'id'],
    namedIn: 'sealed_under',
    isLarge: true,
  },
  { table: 'list_set_asides', column: 'reason_sealed', ...id },
  { table: 'list_set_asides', column: 'bulk_sealed', ...id },
  { table: 'list_corrections', column: 'facts_sealed', ...id },
  { table: 'list_feedback', column: 'about_sealed', ...id },
  { table: 'list_disabled', column: 'name_sealed', ...id },
  { table: 'list_canaries', column: 'sealed', ...id },
  { table: 'list_sync_notes', column: 'noted_sealed', row: ['list_id', 'number'], place: ['list_id', 'number'] },
  {
    table: 'list_rejected',
    column: 'named_sealed',
    row: ['list_id', 'entry_keyed', 'what'],
    place: ['list_id', 'entry_keyed'],
  },
  { table: 'cases', column: 'context_sealed', ...id },
  { table: 'cases', column: 'decision_sealed', ...id },
  { table: 'case_files', column: 'facts_sealed', ...id },
  { table: 'case_supplements', column: 'facts_sealed', ...id },
  { table: 'account_look_ups', column: 'answer_sealed', row: ['case_id'], place: ['case_id'] },
  { table: 'reports', column: 'filing_sealed', ...id },
  { table: 'reports', column: 'draft_sealed', ...id },
  { table: 'reports', column: 'receipt_sealed', ...id },
  { table: 'reports', column: 'by_hand_sealed', ...id },
  { table: 'report_documents', column: 'document_sealed', ...id, isLarge: true },
  { table: 'notices', column: 'to_sealed', ...id },
  { table: 'appeal_words', column: 'words_sealed', ...id, sealedAs: 'appeals.words_sealed' },
  { table: 'appeal_hearings', column: 'reason_sealed', ...id },
  { table: 'notice_holds', column: 'facts_sealed', ...id },
  { table: 'repairs', column: 'facts_sealed', ...id },
  { table: 'repairs', column: 'letter_sealed', ...id },
  { table: 'repair_reasons', column: 'reason_sealed', ...id },
  {
    table: 'repair_cases',
    column: 'shown_sealed',
    row: ['repair_id', 'case_id'],
    place: ['repair_id', 'case_id'],
  },
  { table: 'platform_events', column: 'data_sealed', ...id },
  { table: 'letters', column: 'facts_sealed', ...id },
  { table: 'letters', column: 'decision_sealed', ...id },
]
