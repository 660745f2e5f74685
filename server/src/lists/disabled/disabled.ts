// Entries that a hearing found to be wrong are disabled here, whatever their list says: they meet nothing, and nothing rests on them.
import { type Actor, record } from '#audit'
import { type Clock, newId } from '#base'
import type { Connection, Transaction } from '#db'
import type { Vault } from '#vault'
import { raiseGuardsVersion } from '../guards.ts'
import { type EntryName, entryKey, nameText } from '../name.ts'
import { disabledRows, enableRows, insertDisabled, keysDisabled, readName, sealName } from './store.ts'

/** In force within a second. Each entry once for a repair, however often it is asked. */
export async function disableEntries(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'keyed' | 'sealJson'>,
  { entries, repairId, by }: { readonly entries: readonly EntryName[]; readonly repairId: string; readonly by: Actor },
): Promise<void> {
  const known = new Set((await disabledRows(tx)).flatMap((row) => (row.repair_id === repairId ? row.entry_hmac : [])))
  for (const { listId, source, entryId } of entries) {
    const key = entryKey(vault, { listId, source, entryId })
    if (known.has(key)) continue
    known.add(key)
    const id = newId('disabled', clock)
    await insertDisabled(tx, {
      id,
      entry_hmac: key,
      list_id: listId,
      repair_id: repairId,
      state: 'disabled',
      disabled_by: by,
      disabled_at: clock.now(),
      enabled_by: null,
      enabled_at: null,
      name_sealed: sealName(vault, id, { listId, source, entryId }),
    })
    const detail = { list: listId, repair: repairId }
    await record(tx, clock, { actor: by, act: 'disable_entry', subject: id, detail })
  }
  await raiseGuardsVersion(tx)
}

/** What a repair disabled counts again: it was refused. An entry that another repair disabled as well stays so. */
export async function enableEntries(
  tx: Transaction,
  clock: Clock,
  { repairId, by }: { readonly repairId: string; readonly by: Actor },
): Promise<void> {
  for (const id of await enableRows(tx, repairId, { enabled_by: by, enabled_at: clock.now() }))
    await record(tx, clock, { actor: by, act: 'enable_entry', subject: id, detail: { repair: repairId } })
  await raiseGuardsVersion(tx)
}

/** When each of these entries that is disabled was, by its key. */
export async function disabledAmong(
  db: Connection,
  entryKeys: readonly string[],
): Promise<ReadonlyMap<string, { readonly id: string; readonly since: number }>> {
  return new Map(
    (await keysDisabled(db, entryKeys)).map((row) => [row.entry_hmac, { id: row.id, since: row.disabled_at }]),
  )
}

export type DisabledEntries = (entry: EntryName) => boolean

/** Those disabled now, unsealed, for the scanning server alone. */
export async function loadDisabled(db: Connection, vault: Pick<Vault, 'unsealJson'>): Promise<DisabledEntries> {
  const names = new Set((await disabledRows(db)).map((row) => nameText(readName(vault, row))))
  return (entry) => names.size > 0 && names.has(nameText(entry))
}
