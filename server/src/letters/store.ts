// The SQL of letters, and how their words are sealed.
import { z } from 'zod'
import { type Clock, type Id, newId } from '#base'
import { type Connection, readMeta, type Tables, type Transaction, writeMeta } from '#db'
import type { Vault } from '#vault'

const facts = z.strictObject({
  from: z.string().nullable(),
  /** Null where the words are an appeal's, and stand there. */
  subject: z.string().nullable(),
  words: z.string().nullable(),
})
export type Facts = z.infer<typeof facts>

export type LetterRow = Tables['letters']

export const readFacts = (vault: Vault, row: Pick<LetterRow, 'id' | 'facts_sealed'>): Facts =>
  facts.parse(vault.unsealJson(`letters.facts_sealed:${row.id}`, row.facts_sealed))

const sealFacts = (vault: Vault, id: string, value: Facts) => vault.sealJson(`letters.facts_sealed:${id}`, value)

export const sealDecision = (vault: Vault, id: string, reason: string) =>
  vault.seal(`letters.decision_sealed:${id}`, reason)

export const readDecision = (vault: Vault, id: string, sealed: Uint8Array): string =>
  vault.unseal(`letters.decision_sealed:${id}`, sealed).toString('utf8')

export interface NewLetter {
  readonly kind: LetterRow['kind']
  readonly state: LetterRow['state']
  readonly why: string | null
  readonly noticeId: string | null
  readonly appealId: string | null
  readonly place: string
  readonly mailKeyed: string
  readonly senderKeyed: string | null
  readonly facts: Facts
  readonly attachments: number
  readonly characters: number
}

export async function insertLetter(tx: Transaction, clock: Clock, vault: Vault, letter: NewLetter): Promise<string> {
  const id: Id<'letter'> = newId('letter', clock)
  const number = Number((await readMeta(tx, 'letters.last_number')) ?? '0') + 1
  await writeMeta(tx, 'letters.last_number', String(number))
  await tx
    .insertInto('letters')
    .values({
      id,
      number,
      kind: letter.kind,
      state: letter.state,
      why: letter.why,
      notice_id: letter.noticeId,
      appeal_id: letter.appealId,
      place: letter.place,
      mail_keyed: letter.mailKeyed,
      sender_keyed: letter.senderKeyed,
      facts_sealed: sealFacts(vault, id, letter.facts),
      attachments: letter.attachments,
      characters: letter.characters,
      received_at: clock.now(),
    })
    .execute()
  return id
}

export async function isKnownPlace(db: Connection, place: string): Promise<boolean> {
  return (await db.selectFrom('letters').select('id').where('place', '=', place).executeTakeFirst()) !== undefined
}

export async function isKnownMail(db: Connection, mailKeyed: string): Promise<boolean> {
  return (
    (await db.selectFrom('letters').select('id').where('mail_keyed', '=', mailKeyed).executeTakeFirst()) !== undefined
  )
}

/** Of letters that came to no notice by their address, since a moment: of one sender, or of all. */
export async function countUntagged(db: Connection, since: number, senderKeyed?: string): Promise<number> {
  const row = await db
    .selectFrom('letters')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('received_at', '>=', since)
    .where('state', 'in', ['waiting', 'attached', 'dismissed'])
    .$if(senderKeyed !== undefined, (rows) => rows.where('sender_keyed', '=', senderKeyed ?? ''))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function countOfNotice(db: Connection, noticeId: string): Promise<number> {
  const row = await db
    .selectFrom('letters')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('notice_id', '=', noticeId)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export interface LetterFigures {
  readonly byState: Readonly<Record<LetterRow['state'], number>>
  /** Since when the longest waits, epoch milliseconds. */
  readonly oldestWaiting: number | null
  /** A machine's answers that hold words: one of them may be a person's. */
  readonly noted: { readonly count: number; readonly oldest: number | null }
}

export async function countLetters(db: Connection): Promise<LetterFigures> {
  const rows = await db
    .selectFrom('letters')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count'), eb.fn.min('received_at').as('oldest')])
    .groupBy('state')
    .execute()
  const byState = { waiting: 0, threaded: 0, attached: 0, dismissed: 0, noted: 0 }
  for (const { state, count } of rows) byState[state] = Number(count)
  const oldest = rows.find(({ state }) => state === 'waiting')?.oldest
  const noted = await db
    .selectFrom('letters')
    .select((eb) => [eb.fn.countAll<number>().as('count'), eb.fn.min('received_at').as('oldest')])
    .where('state', '=', 'noted')
    .where('kind', '=', 'automatic')
    .where('characters', '>', 0)
    .executeTakeFirstOrThrow()
  return {
    byState,
    oldestWaiting: momentOf(oldest),
    noted: { count: Number(noted.count), oldest: momentOf(noted.oldest) },
  }
}

const momentOf = (at: number | null | undefined) => (at === null || at === undefined ? null : Number(at))

/** One more on this day (UTC). */
export async function countMore(tx: Transaction, clock: Clock, what: string): Promise<void> {
  await tx
    .insertInto('letter_counts')
    .values({ day: dayOf(clock.now()), what, count: 1 })
    .onConflict((on) => on.columns(['day', 'what']).doUpdateSet((eb) => ({ count: eb('letter_counts.count', '+', 1) })))
    .execute()
}

/** Since a day's beginning, by why they were not taken. */
export async function readCounts(db: Connection, since: number): Promise<Readonly<Record<string, number>>> {
  const rows = await db.selectFrom('letter_counts').selectAll().where('day', '>=', dayOf(since)).execute()
  const counts: Record<string, number> = {}
  for (const { what, count } of rows) counts[what] = (counts[what] ?? 0) + count
  return counts
}

/** Of what people may have written: beyond the limits, not taken. */
export const leftOf = (counts: Readonly<Record<string, number>>): number =>
  Object.entries(counts).reduce((sum, [what, count]) => sum + (what.startsWith('untagged_') ? 0 : count), 0)

const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
