// Seals anew, under the key in use, whatever is sealed under another, and counts what is under which: row by row over every
// sealed column there is, while servers read and write. Each value changes in one small transaction, so it may end anywhere.
import { setImmediate } from 'node:timers/promises'
import { type Clock, Fault } from '#base'
import { type Connection, type Database, type SealedColumn, sealedColumns, type Transaction } from '#db'
import { enqueueNow } from '#jobs'
import { type Seals, sealedUnder } from './seal.ts'
import { changeKey, countDown, keyInUse } from './store-keys.ts'
import { readSealed, replaceSealed, type SealedRow, sealedRows } from './store-sealed.ts'

export interface Resealing {
  readonly database: Database
  readonly vault: Pick<Seals, 'seal' | 'unseal' | 'fingerprint'>
  readonly signal: AbortSignal
  /** Throws if the work is somebody else's by now; called at the beginning of each transaction. */
  readonly hold: (tx: Transaction) => Promise<void>
}

/** Once, however often it is asked before it is done. */
export async function askToReseal(tx: Transaction, clock: Clock): Promise<void> {
  await enqueueNow(tx, clock, { kind: 'reseal', subject: 'vault', uniqueKey: 'reseal vault' })
}

/** How many values of one `table.column` name each key; `unnamed` ones were sealed before there were several. */
export interface SealedCount {
  readonly place: string
  readonly under: ReadonlyMap<string, number>
}

export const UNNAMED = 'unnamed'

/** Over every sealed value, read from the values themselves. In small steps: others go on meanwhile. */
export async function countSealed(db: Connection): Promise<readonly SealedCount[]> {
  const counts: SealedCount[] = []
  for (const column of sealedColumns) {
    const under = new Map<string, number>()
    for await (const page of sealedRows(db, column)) {
      for (const row of page) under.set(row.under ?? UNNAMED, (under.get(row.under ?? UNNAMED) ?? 0) + 1)
      await setImmediate()
    }
    counts.push({ place: `${column.table}.${column.column}`, under })
  }
  return counts
}

/** How many values are sealed under other keys than this one. */
export function leftUnderOthers(counts: readonly SealedCount[], inUse: string): number {
  return counts.flatMap(({ under }) => [...under]).reduce((sum, [key, count]) => sum + (key === inUse ? 0 : count), 0)
}

/** Goes over everything once. broken: values that do not open with any key there is; they stay as they are. */
export async function resealAll(work: Resealing): Promise<{ readonly resealed: number; readonly broken: number }> {
  const { database, vault, signal } = work
  const done = { resealed: 0, broken: 0 }
  const left = leftUnderOthers(await countSealed(database.read), vault.fingerprint)
  await database.transact(async (tx) => {
    await work.hold(tx)
    await changeKey(tx, vault.fingerprint, { left_under: left })
  })
  for (const column of sealedColumns)
    for await (const page of sealedRows(database.read, column)) {
      if (signal.aborted) return done
      const some = await resealPage(
        work,
        column,
        page.filter(({ under }) => under !== vault.fingerprint),
      )
      done.resealed += some.resealed
      done.broken += some.broken
      await setImmediate()
    }
  return done
}

/** Opened and sealed before the transaction, which is short then; what somebody wrote meanwhile stays. */
async function resealPage({ database, vault, hold }: Resealing, column: SealedColumn, page: readonly SealedRow[]) {
  const swaps: { row: SealedRow; former: Uint8Array; next: Uint8Array }[] = []
  let broken = 0
  for (const row of page) {
    const former = await readSealed(database.read, column, row.name)
    if (former === undefined || sealedUnder(former) === vault.fingerprint) continue
    try {
      swaps.push({ row, former, next: vault.seal(row.context, vault.unseal(row.context, former)) })
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      broken += 1
    }
  }
  if (swaps.length === 0) return { resealed: 0, broken }
  const resealed = await database.transact(async (tx) => {
    await hold(tx)
    let count = 0
    for (const { row, ...swap } of swaps) if (await replaceSealed(tx, column, row.name, swap)) count += 1
    const inUse = await keyInUse(tx)
    if (inUse !== undefined) await countDown(tx, inUse, count)
    return count
  })
  return { resealed, broken }
}
