// The SQL of operator_alerts.
import type { Connection, Tables, Transaction } from '#db'

type Row = Tables['operator_alerts']

/** Ends the key of what is said but once; of all else the day does. */
export const onceWord = 'once'

/** False when the same was written before. */
export async function insertAlert(
  tx: Transaction,
  row: Omit<Row, 'posted_at' | 'mail_id' | 'mailed_at'>,
): Promise<boolean> {
  const known = await tx
    .selectFrom('operator_alerts')
    .select('id')
    .where('once_key', '=', row.once_key)
    .executeTakeFirst()
  if (known !== undefined) return false
  const done = await tx
    .insertInto('operator_alerts')
    .values(row)
    .onConflict((on) => on.column('once_key').doNothing())
    .executeTakeFirst()
  return (done.numInsertedOrUpdatedRows ?? 0n) > 0n
}

export type OperatorAlert = {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly severity: 'warning' | 'urgent'
  readonly data: Readonly<Record<string, string | null>>
  readonly at: number
  readonly postedAt: number | null
  readonly mailedAt: number | null
}

export const alertOf = (row: Row): OperatorAlert => ({
  id: row.id,
  type: row.type,
  subject: row.subject,
  severity: row.severity,
  data: JSON.parse(row.data),
  at: row.created_at,
  postedAt: row.posted_at,
  mailedAt: row.mailed_at,
})

export async function readAlert(db: Connection, id: string): Promise<OperatorAlert | undefined> {
  const row = await db.selectFrom('operator_alerts').selectAll().where('id', '=', id).executeTakeFirst()
  return row && alertOf(row)
}

/** Of the ways that are configured: what one of them has not taken yet. */
export async function countUnsent(
  db: Connection,
  { webhook, mail, since }: { readonly webhook: boolean; readonly mail: boolean; readonly since: number },
): Promise<number> {
  if (!webhook && !mail) return 0
  const row = await db
    .selectFrom('operator_alerts')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('created_at', '>', since)
    .where((eb) =>
      eb.or([...(webhook ? [eb('posted_at', 'is', null)] : []), ...(mail ? [eb('mailed_at', 'is', null)] : [])]),
    )
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function markPosted(tx: Transaction, id: string, at: number): Promise<void> {
  await tx.updateTable('operator_alerts').set({ posted_at: at }).where('id', '=', id).execute()
}
