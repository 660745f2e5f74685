// A later word of the platform about a scan: facts that were missing when it came. Kept beside what was said first, with its date.
import { record } from '#audit'
import { type Clock, Fault } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import { type CaseContext, type FoundFile, readContext, readFile, sealFile } from './facts.ts'
import { fill } from './fill.ts'
import { accountKey } from './join.ts'
import { caseRow } from './store.ts'

/** Enough for a platform that learns bit by bit; a machine that loops must not grow the row for ever. */
const laterKept = 10

export type LaterWord = {
  readonly caseId: string
  readonly fileId: string
  readonly scanId: string
  readonly said: CaseContext
  readonly apiKeyId: string
}

/** known: there was nothing new in it. not_kept: this coming is one of those between that are no longer kept. */
export type Added = 'added' | 'known' | 'not_kept'

/**
 * Fault `too_many_words`. What is said first of whose account it is makes the case that account's.
 */
export async function addLaterWord(tx: Transaction, clock: Clock, vault: Vault, word: LaterWord): Promise<Added> {
  const { caseId, fileId, scanId, said, apiKeyId } = word
  const row = await tx
    .selectFrom('case_files')
    .select('facts_sealed')
    .where('id', '=', fileId)
    .where('case_id', '=', caseId)
    .executeTakeFirstOrThrow()
  const facts = readFile(vault, fileId, row.facts_sealed)
  const place = facts.occurrences.findIndex((one) => one.scanId === scanId)
  const coming = facts.occurrences[place]
  if (coming === undefined) return 'not_kept'
  const { later = [] } = coming
  // Nothing at all only asks what is missing; and a platform that heard no answer says it again.
  if (isNothing(said) || later.some((one) => JSON.stringify(one.said) === JSON.stringify(said))) return 'known'
  if (later.length >= laterKept)
    throw new Fault('too_many_words', `of one scan at most ${laterKept} later words are kept`, { retry: 'never' })
  const more = { ...coming, later: [...later, { at: clock.now(), by: apiKeyId, said }] }
  const occurrences: FoundFile['occurrences'] = facts.occurrences.with(place, more)
  await tx
    .updateTable('case_files')
    .set({ facts_sealed: sealFile(vault, fileId, { ...facts, occurrences }) })
    .where('id', '=', fileId)
    .execute()
  await knowAccount(tx, vault, word)
  await record(tx, clock, {
    actor: `key:${apiKeyId}`,
    act: 'add_context',
    subject: caseId,
    // Which keys, never what they say.
    detail: { scan: scanId, file: fileId, keys: Object.keys(said).sort().join(' ') },
  })
  return 'added'
}

const isNothing = ({ surface, ...rest }: CaseContext) => surface === 'other' && Object.keys(rest).length === 0

async function knowAccount(tx: Transaction, vault: Vault, { caseId, said }: LaterWord): Promise<void> {
  const row = await caseRow(tx, caseId)
  if (row.account_hmac !== null || said.account === undefined) return
  const { context } = fill(readContext(vault, caseId, row.context_sealed), said)
  const account_hmac = accountKey(vault, row.environment, context)
  await tx.updateTable('cases').set({ account_hmac }).where('id', '=', caseId).execute()
}
