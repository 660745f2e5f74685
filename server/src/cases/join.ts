// A find opens a case, or joins the open case of the same account.
import { record } from '#audit'
import { type Clock, type Environment, type Id, newId } from '#base'
import type { Transaction } from '#db'
import { isReportable } from '#lists'
import type { Vault } from '#vault'
import { type CaseContext, filesInCase, sealContext } from './facts.ts'
import { addFile, bytesKey, type Found } from './files.ts'
import { recordScan } from './scans.ts'
import { nextNumber, recordEntries, stateOf } from './store.ts'
import { type CaseState, nextState } from './transitions.ts'

export type Find = {
  readonly environment: Environment
  /** From `decide`: by rule to a report after settling, or to a person. */
  readonly route: 'report' | 'review'
  /** A test card made it: its case is marked as a test for life, and nothing real joins it. */
  readonly isTest?: boolean | undefined
  readonly context: CaseContext
  readonly file: Found
  readonly vaultId: string
  readonly scanId: string
  readonly apiKeyId: string
  /** When the bytes came in, epoch ms. */
  readonly receivedAt: number
  readonly settleMs: number
  /** The keyed names of the entries it matched, `entryKey` of #lists: by them a case is found again. */
  readonly entryKeys: readonly string[]
  /** A case of the same request and route: what came together is told together, also without an account. */
  readonly caseId?: string | undefined
}

export type Joined = {
  readonly caseId: string
  readonly number: number
  readonly fileId: string
  readonly state: CaseState
  /** When a `settling` case may be filed, epoch ms. */
  readonly settlesAt: number
  readonly joined: boolean
  /** The case already holds these bytes: the caller destroys the second copy, nothing refers to it. */
  readonly duplicate: boolean
  /** The case already holds this picture in other bytes: they are kept, as a copy of that file. */
  readonly copyOf?: string | undefined
}

/**
 * A case has one route for life and only finds of that route join it: a find that needs a person must not be filed with
 * one that does not, nor wait for a person because of one that does. A find without an account joins only the case of
 * its own request. A full case takes no more files. What is never reported
 * stands in cases of its own, and so do tests.
 */
export async function openOrJoin(tx: Transaction, clock: Clock, vault: Vault, find: Find): Promise<Joined> {
  const account = accountKey(vault, find.environment, find.context)
  const standing = await openCase(tx, vault, find, account)
  const it = standing ? await join(tx, clock, standing) : await open(tx, clock, vault, find, account)
  const file = await addFile(tx, clock, vault, it.caseId, find)
  await recordScan(tx, { ...find, id: find.scanId, ...it, ...file })
  await recordEntries(tx, it.caseId, find.entryKeys)
  await record(tx, clock, {
    actor: 'wardline',
    act: standing ? 'join_case' : 'open_case',
    subject: it.caseId,
    detail: {
      scan: find.scanId,
      file: file.fileId,
      route: find.route,
      duplicate: file.duplicate,
      ...(file.copyOf !== undefined && { copyOf: file.copyOf }),
      ...(find.isTest && { test: true }),
      // By them the trail tells figures list by list; the same bytes again rest on the same lists.
      ...((!standing || !file.duplicate) && { lists: listsOf(find.file) }),
    },
  })
  return { ...it, ...file, joined: standing !== undefined }
}

const mostNames = 200

/** The names of the lists that ground it, with commas between: as many as a line takes, and of each as much as it may hold. */
function listsOf({ grounds }: Pick<Found, 'grounds'>): string {
  const names = [...new Set(grounds.map(({ listId }) => (/[0-9a-f]{32}/i.test(listId) ? unsayable : listId)))].sort()
  while (names.join(',').length > mostNames) names.pop()
  return names.join(',')
}
/** An operator may name a list by 32 hex digits, and the trail takes nothing that looks like a hash. */
const unsayable = 'a-name-like-a-hash'

/** The account within its organisation: two organisations may both have a user "7". */
export function accountKey(vault: Pick<Vault, 'keyed'>, environment: string, { account }: CaseContext): string | null {
  if (account === undefined) return null
  return vault.keyed('case account', JSON.stringify([environment, account.organisation?.id ?? null, account.id]))
}

type Standing = {
  readonly caseId: string
  readonly number: number
  readonly state: CaseState
  readonly settlesAt: number
}

/** Of several open cases the one that holds these bytes already, else the newest, if it has room. */
async function openCase(
  tx: Transaction,
  vault: Vault,
  find: Find,
  account: string | null,
): Promise<Standing | undefined> {
  if (account === null && find.caseId === undefined) return undefined
  const rows = await tx
    .selectFrom('cases')
    .select(['id', 'number', 'state', 'settles_at'])
    .where(account === null ? 'id' : 'account_hmac', '=', account ?? find.caseId ?? '')
    .where('environment', '=', find.environment)
    .where('is_test', '=', testOf(find))
    .where('reportable', '=', reportableOf(find))
    .where('state', '=', find.route === 'report' ? 'settling' : 'waiting_review')
    .orderBy('number', 'desc')
    .execute()
  const [newest] = rows
  if (newest === undefined) return undefined
  const ids = rows.map((row) => row.id)
  const row = rows.find(await holdsBytes(tx, vault, find, ids)) ?? ((await hasRoom(tx, newest.id)) ? newest : undefined)
  return row && { caseId: row.id, number: row.number, state: stateOf(row.state), settlesAt: row.settles_at }
}

/** A file that may be told to NCMEC must not take one along that never may, nor wait because of it. */
const reportableOf = ({ file }: Find) => (file.grounds.some((one) => isReportable(one.class)) ? 'yes' : 'never')

const testOf = ({ isTest }: Find) => (isTest === true ? 1 : 0)

async function holdsBytes(tx: Transaction, vault: Vault, { file }: Find, caseIds: readonly string[]) {
  const held = await tx
    .selectFrom('case_files')
    .select('case_id')
    .where('case_id', 'in', caseIds)
    .where('sha256_hmac', '=', bytesKey(vault, file.digests.sha256))
    .execute()
  return ({ id }: { readonly id: string }) => held.some((one) => one.case_id === id)
}

async function hasRoom(tx: Transaction, caseId: string): Promise<boolean> {
  const files = await tx.selectFrom('case_files').select('id').where('case_id', '=', caseId).execute()
  return files.length < filesInCase
}

/** Joining does not move `settles_at`: a stream of finds must not hold the first report back. */
async function join(tx: Transaction, clock: Clock, standing: Standing): Promise<Standing> {
  const state = nextState(standing.state, 'find_joined')
  await tx.updateTable('cases').set({ state, changed_at: clock.now() }).where('id', '=', standing.caseId).execute()
  return { ...standing, state }
}

async function open(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  find: Find,
  account: string | null,
): Promise<Standing> {
  const caseId: Id<'case'> = newId('case', clock)
  const now = clock.now()
  const state = find.route === 'report' ? 'settling' : 'waiting_review'
  const settlesAt = find.route === 'report' ? now + find.settleMs : now
  const number = await nextNumber(tx)
  await tx
    .insertInto('cases')
    .values({
      id: caseId,
      number,
      environment: find.environment,
      state,
      route: find.route,
      is_test: testOf(find),
      reportable: reportableOf(find),
      account_hmac: account,
      surface: find.context.surface,
      jurisdiction: find.context.jurisdiction ?? null,
      context_sealed: sealContext(vault, caseId, find.context),
      opened_at: now,
      settles_at: settlesAt,
      changed_at: now,
    })
    .execute()
  return { caseId, number, state, settlesAt }
}
