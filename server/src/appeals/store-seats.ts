// The SQL of who sits over an appeal. The writes themselves refuse whoever decided about its case: no caller can go around it.
import { type RawBuilder, sql } from 'kysely'
import { acts } from '#access'
import type { Connection, Tables, Transaction } from '#db'
import type { Hearer } from './pick.ts'
import { casesAbout } from './store-about.ts'

export type Seat = Tables['appeal_hearings']

const mayHear: readonly string[] = acts.hear_appeal.person ?? []

/**
 * Whether a person took a decision about one of an appeal's cases: confirmed, dismissed or closed it, filed its report by hand, heard an
 * appeal about it; proposed or approved a correction or a repair made from it; or decided about an entry that it rests on, which was set
 * aside. `appeal` and `person` are columns or values.
 */
const decidedAbout = (appeal: RawBuilder<string>, person: RawBuilder<string>) => sql<boolean>`(
  exists (select 1 from case_deciders d where d.person = ${person} and d.case_id in ${casesAbout(appeal)})
  or exists (select 1 from list_corrections c
    where (c.proposed_by = ${person} or c.approved_by = ${person}) and c.case_id in ${casesAbout(appeal)})
  or exists (select 1 from repairs f
    where (f.first_by = ${person} or f.second_by = ${person}) and f.case_id in ${casesAbout(appeal)})
  or exists (select 1 from list_set_asides s join case_entries e on e.entry_hmac = s.entry_hmac
    where s.decided_by = 'person:' || ${person} and e.case_id in ${casesAbout(appeal)}))`

const hasRight = (roles: RawBuilder<string>) =>
  sql<boolean>`(${sql.join(
    mayHear.map((role) => sql`${roles} like ${`%"${role}"%`}`),
    sql` or `,
  )})`

const appealOf = sql<string>`appeals.id`
const personOf = sql<string>`people.id`
const rolesOf = sql<string>`people.roles`
/** Sat over it, and gave it away or decided it. Who was unfit for a while may be asked again. */
const hadIt = sql<boolean>`exists (select 1 from appeal_hearings h
  where h.appeal_id = appeals.id and h.person = people.id and h.ending <> 'unfit')`

/** All who may hear appeals, with what keeps them from this one. In a fixed order. */
export async function hearersOf(db: Connection, appealId: string): Promise<readonly Hearer[]> {
  const { rows } = await sql<{ id: string; roles: string; decided: number | boolean; had_it: number | boolean }>`
    select people.id, people.roles, ${decidedAbout(appealOf, personOf)} as decided, ${hadIt} as had_it
    from people, appeals
    where appeals.id = ${appealId} and people.disabled_at is null and ${hasRight(rolesOf)}
    order by people.id`.execute(db)
  return rows.map(({ id, roles, decided, had_it }) => ({
    id,
    isReviewer: roles.includes('"reviewer"'),
    decided: Boolean(decided),
    hadIt: Boolean(had_it),
  }))
}

/** False: the appeal takes nobody now, or not this person. */
export async function takeSeat(
  tx: Transaction,
  seat: Pick<Seat, 'id' | 'appeal_id' | 'person' | 'assigned_at'> & { readonly round: 1 | 2 },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into appeal_hearings (id, appeal_id, round, person, assigned_at)
    select cast(${seat.id} as text), appeals.id, cast(${seat.round} as integer), people.id, cast(${seat.assigned_at} as bigint)
    from appeals, people
    where appeals.id = ${seat.appeal_id} and appeals.state = ${seat.round === 1 ? 'waiting' : 'second_look'}
      and people.id = ${seat.person} and people.disabled_at is null and ${hasRight(rolesOf)}
      and not ${decidedAbout(appealOf, personOf)} and not ${hadIt}
      and not exists (select 1 from appeal_hearings o where o.appeal_id = appeals.id and o.ended_at is null)
    on conflict do nothing`.execute(tx)
  return (numAffectedRows ?? 0n) > 0n
}

/** False: the seat is not this person's any more, or they decided about the case since they took it. */
export async function decideSeat(
  tx: Transaction,
  seat: { readonly id: string; readonly person: string; readonly at: number } & Required<
    Pick<Seat, 'outcome' | 'reason_sealed'>
  >,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update appeal_hearings
    set ended_at = ${seat.at}, ending = 'decided', outcome = ${seat.outcome}, reason_sealed = ${seat.reason_sealed}
    where id = ${seat.id} and ended_at is null and person = ${seat.person}
      and not ${decidedAbout(sql<string>`appeal_hearings.appeal_id`, sql<string>`appeal_hearings.person`)}
      and exists (select 1 from people where people.id = appeal_hearings.person and people.disabled_at is null
        and ${hasRight(rolesOf)})`.execute(tx)
  return (numAffectedRows ?? 0n) > 0n
}

export async function hasDecided(db: Connection, appealId: string, person: string): Promise<boolean> {
  const { rows } = await sql<{ decided: number | boolean }>`
    select ${decidedAbout(sql`cast(${appealId} as text)`, sql`cast(${person} as text)`)} as decided`.execute(db)
  return Boolean(rows[0]?.decided)
}

export async function endSeat(
  tx: Transaction,
  seat: { readonly id: string; readonly at: number } & Pick<Seat, 'ending' | 'reason_sealed'>,
): Promise<void> {
  const { ending, reason_sealed, at: ended_at } = seat
  await tx
    .updateTable('appeal_hearings')
    .set({ ending, reason_sealed, ended_at })
    .where('id', '=', seat.id)
    .where('ended_at', 'is', null)
    .execute()
}

export const openSeat = (db: Connection, appealId: string): Promise<Seat | undefined> =>
  db
    .selectFrom('appeal_hearings')
    .selectAll()
    .where('appeal_id', '=', appealId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()

/** Open seats of people who cannot hear the appeal any more. */
export async function unfitSeats(db: Connection): Promise<readonly Pick<Seat, 'id' | 'appeal_id' | 'person'>[]> {
  const { rows } = await sql<Pick<Seat, 'id' | 'appeal_id' | 'person'>>`
    select s.id, s.appeal_id, s.person
    from appeal_hearings s join appeals on appeals.id = s.appeal_id join people on people.id = s.person
    where s.ended_at is null
      and (people.disabled_at is not null or not ${hasRight(rolesOf)} or ${decidedAbout(appealOf, personOf)})`.execute(
    db,
  )
  return rows
}

/** Open appeals that nobody sits over, those first that are due first. */
export async function unseated(db: Connection): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from appeals where state in ('waiting', 'second_look')
      and not exists (select 1 from appeal_hearings h where h.appeal_id = appeals.id and h.ended_at is null)
    order by due_at, number limit 1000`.execute(db)
  return rows.map(({ id }) => id)
}

export const seatsOf = (db: Connection, appealId: string): Promise<Seat[]> =>
  db.selectFrom('appeal_hearings').selectAll().where('appeal_id', '=', appealId).orderBy('id').execute()
