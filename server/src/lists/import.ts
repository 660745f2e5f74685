// Brings a read file into a list: checks that the two belong together, seals the values, counts, leaves an audit line.
import { type Actor, record } from '#audit'
import { type Clock, type Environment, Fault, newId } from '#base'
import { type Database, readMeta, type Transaction } from '#db'
import type { Vault } from '#vault'
import { DEFAULT_RADIUS_BITS, type Entry, type ListClass } from './entry.ts'
import type { ReadList } from './read/read.ts'
import {
  countEntries,
  findList,
  insertList,
  type Row,
  raiseVersion,
  touchList,
  upsertEntries,
  valueContext,
} from './store.ts'

export interface ImportTo {
  /** The operator's name for the list, chosen at the first import. */
  readonly id: string
  readonly class: ListClass
  /** 0..31, fixed at the first import; left out: what it was, at first DEFAULT_RADIUS_BITS. */
  readonly radiusBits?: number | undefined
  readonly environment: Environment
  readonly actor: Actor
}

export interface ImportSummary {
  readonly id: string
  readonly class: ListClass
  readonly radiusBits: number
  /** Entries that the list did not hold before, entries it held and whose other columns were renewed, entries now. */
  readonly added: number
  readonly renewed: number
  readonly entries: number
  readonly version: number
  readonly counts: ReadList['counts']
  readonly troubles: ReadList['troubles']
}

/**
 * Adds what was read, all or nothing, and leaves an audit line with the counts. What the list held stays: an import never
 * removes. Faults, all `never`: `list_id_odd`, `radius_odd`, `class_refused` (csam in the sandbox), `environment_mixed`,
 * `class_mixed`, `radius_mixed`.
 */
export async function importList(
  database: Database,
  vault: Pick<Vault, 'seal' | 'keyed'>,
  clock: Clock,
  to: ImportTo,
  read: ReadList,
): Promise<ImportSummary> {
  refuseOdd(to)
  // Sealed outside, since the transaction may run more than once.
  const rows = read.entries.map((entry) => sealed(vault, clock, to.id, entry))
  return database.transact(async (tx) => {
    const radiusBits = await openList(tx, clock, to)
    const before = await countEntries(tx, to.id)
    await upsertEntries(tx, rows)
    const entries = await countEntries(tx, to.id)
    const version = await raiseVersion(tx)
    const added = entries - before
    const counted = { class: to.class, radiusBits, added, entries, version, ...read.counts }
    await record(tx, clock, { actor: to.actor, act: 'import_list', subject: to.id, detail: counted })
    const { counts, troubles } = read
    return {
      id: to.id,
      class: to.class,
      radiusBits,
      added,
      renewed: rows.length - added,
      entries,
      version,
      counts,
      troubles,
    }
  })
}

function refuseOdd({ id, class: named, radiusBits, environment }: ImportTo): void {
  if (!/^[a-z0-9][a-z0-9._-]{0,63}$/.test(id) || /[0-9a-f]{32}/.test(id))
    refuse('list_id_odd', 'a list is named with up to 64 of a-z, 0-9, ".", "_" and "-", and not like a hash')
  if (
    radiusBits !== undefined &&
    !(Number.isInteger(radiusBits) && radiusBits >= 0 && radiusBits <= DEFAULT_RADIUS_BITS)
  )
    refuse('radius_odd', `a radius is a whole number of bits from 0 to ${DEFAULT_RADIUS_BITS}`)
  // A match would be held, reviewed and "reported" to a mere sandbox, as though it had been dealt with.
  if (named === 'csam' && environment === 'sandbox')
    refuse(
      'class_refused',
      'a list of class csam has no place in the sandbox, where nothing is ever reported: import it into production, ' +
        'or use the class test for lists of harmless pictures',
    )
}

/** The list's radius. Makes the list at its first import; ever after, environment, class and radius must agree. */
async function openList(tx: Transaction, clock: Clock, to: ImportTo): Promise<number> {
  const stamped = await readMeta(tx, 'environment')
  const known = await findList(tx, to.id)
  for (const environment of [stamped, known?.environment])
    if (environment !== undefined && environment !== to.environment)
      refuse('environment_mixed', `this list belongs to the environment "${environment}", not to "${to.environment}"`)
  const wanted = to.class === 'never_match' ? 0 : to.radiusBits
  if (known === undefined) {
    const radiusBits = wanted ?? DEFAULT_RADIUS_BITS
    const now = clock.now()
    const { id, environment } = to
    await insertList(tx, {
      id,
      environment,
      class: to.class,
      radius_bits: radiusBits,
      created_at: now,
      changed_at: now,
    })
    return radiusBits
  }
  if (known.class !== to.class)
    refuse('class_mixed', `this list was imported with the class "${known.class}"; use another name for another class`)
  if (wanted !== undefined && wanted !== known.radius_bits)
    refuse('radius_mixed', `this list was imported with the radius ${known.radius_bits}; use another name for another`)
  await touchList(tx, to.id, clock.now())
  return known.radius_bits
}

function sealed(vault: Pick<Vault, 'seal' | 'keyed'>, clock: Clock, list_id: string, entry: Entry): Row {
  const id = newId('entry', clock)
  return {
    id,
    list_id,
    source: entry.source,
    entry_id: entry.entryId,
    algorithm: entry.algorithm,
    class: entry.class,
    label: entry.label ?? null,
    value_hmac: vault.keyed('list_entries.value', `${entry.algorithm}:${entry.value}`),
    value_sealed: vault.seal(valueContext(id), entry.value),
    added_at: clock.now(),
  }
}

function refuse(code: string, words: string): never {
  throw new Fault(code, words, { retry: 'never' })
}
