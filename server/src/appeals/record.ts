// Words of whoever holds the link, sealed and put with the case.
import { record } from '#audit'
import { type Clock, Fault, type Id, newId } from '#base'
import type { Transaction } from '#db'
import { readAppealToken } from '#notices'
import type { Vault } from '#vault'
import { mostAppeals, mostCharacters } from './limits.ts'
import { sealWords } from './store.ts'

export type Appealed = { readonly appealId: string; readonly caseId: string }

/**
 * Faults: `link_invalid` (any token that is not ours), `words_missing`, `words_too_long` (10 000 characters),
 * `too_many_appeals` (20 a link). None of them says anything about the case.
 */
export async function recordAppeal(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { token, words }: { readonly token: string; readonly words: string },
): Promise<Appealed> {
  const noticeId = readAppealToken(vault, token)
  const notice =
    noticeId && (await tx.selectFrom('notices').select(['id', 'case_id']).where('id', '=', noticeId).executeTakeFirst())
  if (!notice) throw new Fault('link_invalid', 'this link is not valid', { retry: 'never' })
  const said = clean(words)
  if (said === '') throw new Fault('words_missing', 'an appeal needs words', { retry: 'never' })
  if (said.length > mostCharacters)
    throw new Fault('words_too_long', `an appeal has at most ${mostCharacters} characters`, { retry: 'never' })
  if ((await countOf(tx, notice.id)) >= mostAppeals)
    throw new Fault('too_many_appeals', 'no more can be written through this link', { retry: 'never' })

  const appealId: Id<'appeal'> = newId('appeal', clock)
  await tx
    .insertInto('appeals')
    .values({
      id: appealId,
      case_id: notice.case_id,
      notice_id: notice.id,
      words_sealed: sealWords(vault, appealId, said),
      received_at: clock.now(),
    })
    .execute()
  await record(tx, clock, {
    actor: 'wardline',
    act: 'record_appeal',
    subject: appealId,
    detail: { case: notice.case_id, notice: notice.id, characters: said.length },
  })
  return { appealId, caseId: notice.case_id }
}

/** A form sends CR LF for each new line, which would count double. */
function clean(words: string): string {
  return words.replaceAll('\r\n', '\n').trim()
}

async function countOf(tx: Transaction, noticeId: string): Promise<number> {
  const row = await tx
    .selectFrom('appeals')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('notice_id', '=', noticeId)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}
