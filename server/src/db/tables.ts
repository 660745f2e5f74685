// Every table and column, as Kysely reads them. Times are epoch milliseconds; blobs are sealed by the vault; JSON is text.
// A folder writes only its own tables (the comment above each block names the owner), in its `store.ts`.
import type { AnswerTables } from './tables-answers.ts'
import type { CaseTables } from './tables-cases.ts'
import type { GroundTables } from './tables-ground.ts'
import type { ListTables } from './tables-lists.ts'
import type { ToldTables } from './tables-told.ts'

export interface Tables extends GroundTables, ListTables, CaseTables, ToldTables, AnswerTables {}
