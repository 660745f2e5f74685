// The SQL of people, keys and approvals. Roles and scopes are stored as JSON text.
import type { Connection, Tables, Transaction } from '#db'
import type { ApiKey, Approval, Person, TestWindow } from './records.ts'
import { type Role, roles, scopes } from './roles.ts'

export async function insertPerson(tx: Transaction, person: Person): Promise<boolean> {
  const { id, name, email, createdAt } = person
  const done = await tx
    .insertInto('people')
    .values({ id, name, email, roles: JSON.stringify(person.roles), created_at: createdAt })
    .onConflict((on) => on.column('email').doNothing())
    .executeTakeFirst()
  return Number(done.numInsertedOrUpdatedRows ?? 0) > 0
}

export const findPerson = (db: Connection, id: string) => findPersonBy(db, 'id', id)

export async function findPersonBy(db: Connection, column: 'id' | 'email', value: string): Promise<Person | undefined> {
  const row = await db.selectFrom('people').selectAll().where(column, '=', value).executeTakeFirst()
  return row && toPerson(row)
}

export async function readPeople(db: Connection): Promise<readonly Person[]> {
  return (await db.selectFrom('people').selectAll().orderBy('created_at').orderBy('id').execute()).map(toPerson)
}

export async function setDisabled(tx: Transaction, id: string, at: number | null): Promise<void> {
  await tx.updateTable('people').set({ disabled_at: at }).where('id', '=', id).execute()
}

export async function setRoles(tx: Transaction, id: string, held: readonly Role[]): Promise<void> {
  await tx
    .updateTable('people')
    .set({ roles: JSON.stringify(held) })
    .where('id', '=', id)
    .execute()
}

export async function insertKey(tx: Transaction, key: ApiKey, digest: string): Promise<void> {
  await tx
    .insertInto('api_keys')
    .values({
      id: key.id,
      label: key.label,
      person_id: key.personId,
      scopes: JSON.stringify(key.scopes),
      digest,
      created_at: key.createdAt,
      expires_at: key.expiresAt,
    })
    .execute()
}

export async function findKey(db: Connection, id: string): Promise<ApiKey | undefined> {
  const row = await db.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toKey(row)
}

export async function findKeyByDigest(db: Connection, digest: string) {
  const row = await db.selectFrom('api_keys').selectAll().where('digest', '=', digest).executeTakeFirst()
  return row && { key: toKey(row), digest: row.digest }
}

export async function readKeys(db: Connection): Promise<readonly ApiKey[]> {
  return (await db.selectFrom('api_keys').selectAll().orderBy('created_at').orderBy('id').execute()).map(toKey)
}

export async function setRevoked(tx: Transaction, id: string, at: number): Promise<void> {
  await tx.updateTable('api_keys').set({ revoked_at: at }).where('id', '=', id).execute()
}

export async function insertApproval(tx: Transaction, approval: Approval): Promise<void> {
  await tx.insertInto('approvals').values(fromApproval(approval)).execute()
}

export async function updateApproval(tx: Transaction, approval: Approval): Promise<void> {
  await tx.updateTable('approvals').set(fromApproval(approval)).where('id', '=', approval.id).execute()
}

export async function findApproval(db: Connection, id: string): Promise<Approval | undefined> {
  const row = await db.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst()
  return row && toApproval(row)
}

export async function findUsable(db: Connection, act: string, subject: string, now: number) {
  const row = await db
    .selectFrom('approvals')
    .selectAll()
    .where('act', '=', act)
    .where('subject', '=', subject)
    .where('state', '=', 'approved')
    .where('expires_at', '>', now)
    .orderBy('expires_at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row && toApproval(row)
}

export async function readApprovals(db: Connection, state?: Approval['state']): Promise<readonly Approval[]> {
  let query = db.selectFrom('approvals').selectAll()
  if (state !== undefined) query = query.where('state', '=', state)
  return (await query.orderBy('requested_at', 'desc').orderBy('id', 'desc').execute()).map(toApproval)
}

export async function insertWindow(tx: Transaction, window: TestWindow): Promise<void> {
  const { id, openedBy, openedAt, closesAt } = window
  await tx
    .insertInto('selftest_windows')
    .values({ id, opened_by: openedBy, opened_at: openedAt, closes_at: closesAt })
    .execute()
}

/** Whatever is open closes now. */
export async function endWindows(tx: Transaction, now: number): Promise<void> {
  await tx.updateTable('selftest_windows').set({ closes_at: now }).where('closes_at', '>', now).execute()
}

export async function findWindow(db: Connection, now: number): Promise<TestWindow | undefined> {
  const row = await db
    .selectFrom('selftest_windows')
    .selectAll()
    .where('closes_at', '>', now)
    .orderBy('closes_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row && { id: row.id, openedBy: row.opened_by, openedAt: row.opened_at, closesAt: row.closes_at }
}

function toPerson(row: Tables['people']): Person {
  const held = known(roles, row.roles)
  const { id, name, email } = row
  return { id, name, email, roles: held, createdAt: row.created_at, disabledAt: row.disabled_at }
}

function toKey(row: Tables['api_keys']): ApiKey {
  return {
    id: row.id,
    label: row.label,
    personId: row.person_id,
    scopes: known(scopes, row.scopes),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }
}

/** A name that a newer version wrote and this one does not know gives no right. */
function known<Name extends string>(names: readonly Name[], json: string): readonly Name[] {
  const stored: unknown = JSON.parse(json)
  return names.filter((name) => Array.isArray(stored) && stored.includes(name))
}

function toApproval(row: Tables['approvals']): Approval {
  return {
    id: row.id,
    act: row.act,
    subject: row.subject,
    reason: row.reason,
    state: row.state,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    expiresAt: row.expires_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    decisionReason: row.decision_reason,
  }
}

function fromApproval(approval: Approval): Tables['approvals'] {
  return {
    id: approval.id,
    act: approval.act,
    subject: approval.subject,
    reason: approval.reason,
    state: approval.state,
    requested_by: approval.requestedBy,
    requested_at: approval.requestedAt,
    expires_at: approval.expiresAt,
    decided_by: approval.decidedBy,
    decided_at: approval.decidedAt,
    decision_reason: approval.decisionReason,
  }
}
