// A repair's own row: what was overturned, by whom and why.
import { z } from 'zod'
import { type Actor, record } from '#audit'
import { type Clock, Fault, type Id, newId } from '#base'
import { type Connection, readMeta, type Tables, type Transaction, writeMeta } from '#db'
import type { EntryName } from '#lists'
import type { Vault } from '#vault'

type Row = Tables['repairs']
export type Outcome = Row['outcome']

const facts = z.strictObject({
  reason: z.string(),
  /** The entries that are wrong, or that met the picture; none of a context. */
  entries: z.array(z.strictObject({ listId: z.string(), source: z.string(), entryId: z.string() })),
  /** Files of the heard case that they are wrong about. */
  files: z.array(z.string()),
})
export type RepairFacts = z.infer<typeof facts>

/** A row with its facts unsealed, for the stages; never for a door. */
export type RepairRecord = Omit<Row, 'begun_by' | 'facts_sealed' | 'letter_sealed'> & {
  readonly begun_by: Actor
  readonly facts: RepairFacts
  readonly hasLetter: boolean
}

export type NewRepair = {
  readonly outcome: Outcome
  readonly caseId: string
  readonly appealId: string | null
  readonly by: Actor
  readonly reason: string
  readonly entries: readonly EntryName[]
  readonly files: readonly string[]
  readonly former?: Pick<RepairRecord, 'id' | 'round'> | undefined
}

/** Faults `not_a_person`, `reason_missing`. */
export async function openRepair(
  tx: Transaction,
  clock: Clock,
  vault: Pick<Vault, 'sealJson'>,
  { outcome, caseId, appealId, by, reason, entries, files, former }: NewRepair,
): Promise<{ readonly repairId: Id<'repair'>; readonly number: number }> {
  if (!by.startsWith('person:'))
    throw new Fault('not_a_person', 'only a person says that a report was an error', { retry: 'never' })
  if (reason.trim() === '') throw new Fault('reason_missing', 'a repair needs a reason, in words', { retry: 'never' })
  const id = newId('repair', clock)
  const number = Number((await readMeta(tx, 'repairs.last_number')) ?? '0') + 1
  await writeMeta(tx, 'repairs.last_number', String(number))
  const held: RepairFacts = { reason: reason.trim(), entries: [...entries], files: [...files] }
  const now = clock.now()
  await tx
    .insertInto('repairs')
    .values({
      id,
      number,
      state: 'gathering',
      outcome,
      round: (former?.round ?? 0) + 1,
      former_id: former?.id ?? null,
      appeal_id: appealId,
      case_id: caseId,
      begun_by: by,
      begun_at: now,
      changed_at: now,
      facts_sealed: vault.sealJson(place(id), held),
      letter_reports: 0,
    })
    .execute()
  const detail = { case: caseId, outcome, ...(appealId !== null && { appeal: appealId }), entries: entries.length }
  await record(tx, clock, { actor: by, act: 'begin_repair', subject: id, detail })
  return { repairId: id, number }
}

const place = (id: string) => `repairs.facts_sealed:${id}`

/** By its number (what people say) or its id. Fault `no_such_repair`. */
export async function readRepair(
  db: Connection,
  vault: Pick<Vault, 'unsealJson'>,
  ref: number | string,
): Promise<RepairRecord> {
  const row = await db
    .selectFrom('repairs')
    .selectAll()
    .where(typeof ref === 'number' ? 'number' : 'id', '=', ref)
    .executeTakeFirst()
  if (row === undefined) throw new Fault('no_such_repair', 'there is no such repair', { retry: 'never' })
  const { facts_sealed, letter_sealed, ...rest } = row
  return {
    ...rest,
    begun_by: actorOf(row.begun_by),
    facts: facts.parse(vault.unsealJson(place(row.id), facts_sealed)),
    hasLetter: letter_sealed !== null,
  }
}

function actorOf(text: string): Actor {
  if (!text.startsWith('person:')) throw new Error('the table holds a repair that no person began')
  return `person:${text.slice('person:'.length)}`
}
