// Cases as they are read: the list without anything sealed, the whole record for the stages, the reviewer's view.
import type { Connection } from '#db'
import type { Vault } from '#vault'
import { type CaseContext, type Decided, type FoundFile, readContext, readDecision, readFile } from './facts.ts'
import { type Differing, fill } from './fill.ts'
import { grown } from './grown.ts'
import { type LookUp, readLookUp } from './look-ups.ts'
import { caseRow, fileRows, stateOf } from './store.ts'
import { type CaseSupplement, readSupplements } from './supplements.ts'
import type { CaseState } from './transitions.ts'
import { readViews, type ViewEvent } from './viewing.ts'

type CaseHead = {
  readonly id: string
  readonly number: number
  readonly environment: string
  readonly state: CaseState
  readonly route: 'report' | 'review'
  /** A test card made it, nothing real is in it. */
  readonly isTest: boolean
  readonly surface: string
  readonly jurisdiction: string | null
  readonly openedAt: number
  readonly settlesAt: number
  readonly changedAt: number
  readonly decidedBy: string | null
  readonly decidedAt: number | null
  /** Of a case that waits for facts, or had to: it is filed by then as it is. */
  readonly factsDueAt: number | null
}

/** One coming, its context filled up with what was said of it later. */
export type Coming = FoundFile['occurrences'][number] & {
  /** What was said later and is not what had been said, in order: for people, and told in words. Absent is nothing. */
  readonly differing?: readonly (Differing & { readonly at: number })[]
  /** Keys that were filled in later, in order; never what they say. Absent is none. */
  readonly filledIn?: readonly { readonly at: number; readonly path: string }[]
}

export type CaseFile = Omit<FoundFile, 'occurrences'> & {
  readonly id: string
  readonly vaultId: string
  /** Keyed digest of its bytes: by it a display of this very file is known. */
  readonly bytesKeyed: string
  readonly addedAt: number
  readonly occurrences: Coming[]
}

/** Everything, unsealed: for the stages after this one, never for a door. */
export type CaseRecord = CaseHead & {
  readonly context: CaseContext
  readonly decision: Decided | null
  /** Copies too: `copyOf` names the file whose picture they show. */
  readonly files: readonly CaseFile[]
  /** Every display of a file of it to anybody. */
  readonly views: readonly ViewEvent[]
  readonly supplements: readonly CaseSupplement[]
  /** How many more came than are kept. */
  readonly furtherSupplements: number
  /** Null: nobody was asked about the account. */
  readonly lookUp: LookUp | null
}

/** Newest first. `before` is the last number of the page before. Nothing sealed is opened. */
export async function listCases(
  db: Connection,
  { state, limit, before }: { state?: CaseState | undefined; limit: number; before?: number | undefined },
): Promise<readonly (CaseHead & { readonly files: number })[]> {
  const rows = await db
    .selectFrom('cases')
    .selectAll('cases')
    .select((eb) =>
      eb
        .selectFrom('case_files')
        .whereRef('case_files.case_id', '=', 'cases.id')
        .where('case_files.copy_of', 'is', null)
        .select((count) => count.fn.countAll<number>().as('count'))
        .as('files'),
    )
    .$if(state !== undefined, (query) => query.where('cases.state', '=', state ?? ''))
    .$if(before !== undefined, (query) => query.where('cases.number', '<', before ?? 0))
    .orderBy('cases.number', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ ...headOf(row), files: Number(row.files ?? 0) }))
}

/** A case by number or id, unsealed. Fault `no_such_case`. */
export async function readCase(db: Connection, vault: Vault, ref: number | string): Promise<CaseRecord> {
  const row = await caseRow(db, ref)
  const files = (await fileRows(db, row.id)).map((file) => ({
    id: file.id,
    vaultId: file.vault_id,
    bytesKeyed: file.sha256_hmac,
    addedAt: file.added_at,
    ...readFile(vault, file.id, file.facts_sealed),
  }))
  const said = readContext(vault, row.id, row.context_sealed)
  const words = files.flatMap(({ occurrences }) => occurrences.flatMap(({ later = [] }) => later))
  const context = words.toSorted((a, b) => a.at - b.at).reduce((known, one) => fill(known, one.said).context, said)
  return {
    ...headOf(row),
    context,
    decision: row.decision_sealed && readDecision(vault, row.id, row.decision_sealed),
    files: files.map((file) => ({
      ...file,
      occurrences: file.occurrences.map((one) => comingOf(one, context.account)),
    })),
    views: await readViews(db, row.id),
    supplements: await readSupplements(db, vault, row.id),
    furtherSupplements: row.further_supplements,
    lookUp: await readLookUp(db, vault, row.id),
  }
}

function comingOf(one: FoundFile['occurrences'][number], account: CaseContext['account']): Coming {
  let { context } = one
  const differing: (Differing & { at: number })[] = []
  const filledIn: { at: number; path: string }[] = []
  for (const word of one.later ?? []) {
    const filled = fill(context, word.said, account)
    filledIn.push(...grown(context, filled.context).map((path) => ({ at: word.at, path })))
    context = filled.context
    differing.push(...filled.differing.map((each) => ({ ...each, at: word.at })))
  }
  return { ...one, context, differing, filledIn }
}

/** For a reviewer: class, algorithm and distance of each match. Never a hash value, never which entry of a list. */
export async function showCase(db: Connection, vault: Vault, ref: number | string) {
  const { files, views, supplements, context, ...rest } = await readCase(db, vault, ref)
  return {
    ...rest,
    context: contextForReview(context),
    files: files.map(fileForReview),
    views: views.map(({ fileId, by, displayed, at }) => ({ fileId, by, displayed, at })),
    supplements: supplements.map(({ id, kind, mediaType, sizeBytes, receivedAt }) => ({
      id,
      kind,
      mediaType,
      sizeBytes,
      receivedAt,
    })),
  }
}

/** Without the hashes that a platform gave of the original. */
function contextForReview({ originalHashes: _, ...context }: CaseContext): CaseContext {
  return context
}

/** That they differ is told, what they are is not. */
const differingForReview = ({ at, path, said }: Differing & { readonly at: number }) => ({
  at,
  path,
  said: path.split('.')[0] === 'originalHashes' ? '(a hash, not shown)' : said,
})

function fileForReview(file: CaseFile) {
  return {
    id: file.id,
    addedAt: file.addedAt,
    sizeBytes: file.sizeBytes,
    mediaType: file.mediaType ?? null,
    why: file.why,
    unread: file.unread ?? null,
    pictures: file.pictures.map(({ width, height, commandLine }) => ({ width, height, quality: commandLine.quality })),
    matches: file.grounds.map((ground) => ({
      listId: ground.listId,
      class: ground.class,
      algorithm: ground.algorithm,
      distanceBits: ground.distanceBits,
      radiusBits: ground.radiusBits,
      pictureIndex: ground.pictureIndex,
    })),
    occurrences: file.occurrences.map(({ scanId, receivedAt, context, differing = [], filledIn = [] }) => ({
      scanId,
      receivedAt,
      context: contextForReview(context),
      filledIn: filledIn.filter(({ path }) => path !== 'originalHashes'),
      differing: differing.map(differingForReview),
    })),
    furtherOccurrences: file.furtherOccurrences,
    copyOf: file.copyOf ?? null,
  }
}

type Row = Omit<Awaited<ReturnType<typeof caseRow>>, 'state'> & { readonly state: string }

function headOf(row: Row): CaseHead {
  return {
    id: row.id,
    number: row.number,
    environment: row.environment,
    state: stateOf(row.state),
    route: row.route,
    isTest: row.is_test === 1,
    surface: row.surface,
    jurisdiction: row.jurisdiction,
    openedAt: row.opened_at,
    settlesAt: row.settles_at,
    changedAt: row.changed_at,
    decidedBy: row.decided_by,
    decidedAt: row.decided_at,
    factsDueAt: row.facts_due_at,
  }
}

/** How many cases stand where; tests are no part of it. */
export async function countCases(db: Connection): Promise<Readonly<Partial<Record<CaseState, number>>>> {
  const rows = await db
    .selectFrom('cases')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .where('is_test', '=', 0)
    .groupBy('state')
    .execute()
  return Object.fromEntries(rows.map(({ state, count }) => [stateOf(state), Number(count)]))
}
