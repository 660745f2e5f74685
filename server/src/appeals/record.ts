// Words of whoever is told: sealed, put with the case, and the first of them open an appeal, which somebody has to hear.
import { record } from '#audit'
import { type Clock, Fault, newId } from '#base'
import type { Tables, Transaction } from '#db'
import { enqueue } from '#jobs'
import type { Vault } from '#vault'
import { mostCharacters, mostWords } from './limits.ts'
import type { HearingSettings } from './settings.ts'
import { appealOf, countWords, type Door, type Ending, insertAppeal, isOpen, sealWords } from './store.ts'
import { casesOfNotice, isOver } from './store-about.ts'

export type Appealed = {
  readonly appealId: string
  readonly caseId: string
  /** These words opened it. */
  readonly isNew: boolean
}

/**
 * One appeal for a notice: later words join it, and once it is decided, or all that it is about is undone, they are kept beside it and
 * open nothing. `noticeId` is known
 * to the door (a link's token, a mail's tag, the platform). Asks for the hearing itself (job `hear`). Faults: `link_invalid` or, by
 * another door, `no_such_notice`; `words_missing`; `words_too_long` (10 000 characters); `too_many_appeals` (20 times a notice);
 * `appeal_too_late`. None of them says anything about the case.
 */
export async function recordAppeal(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  {
    noticeId,
    words,
    door,
    settings,
  }: {
    readonly noticeId: string
    readonly words: string
    readonly door: Door
    readonly settings: HearingSettings
  },
): Promise<Appealed> {
  const notice = await noticeObjectedTo(tx, noticeId)
  if (notice === undefined)
    throw door === 'link'
      ? refusal('link_invalid', 'this link is not valid')
      : refusal('no_such_notice', 'there is no such notice')
  const said = clean(words)
  if (said === '') throw refusal('words_missing', 'an appeal needs words')
  if (said.length > mostCharacters)
    throw refusal('words_too_long', `an appeal has at most ${mostCharacters} characters`)
  const standing = await appealOf(tx, notice.id)
  if (standing === undefined || !isOpen(standing.state)) refuseLate(clock, notice, settings)
  if (standing !== undefined && (await countWords(tx, standing.id)) >= mostWords)
    throw refusal('too_many_appeals', 'no more can be written about this notice')

  const left = (await casesOfNotice(tx, notice.id)).find((one) => !isOver(one))
  const caseId = standing?.case_id ?? left?.id ?? notice.case_id
  const dueAt = clock.now() + settings.hearingMs
  const ending = left === undefined ? await endingOf(tx, caseId) : undefined
  const appeal = standing ?? (await insertAppeal(tx, clock, { caseId, noticeId: notice.id, dueAt, ending }))
  const isNew = standing === undefined && isOpen(appeal.state)
  const wordsId = newId('words', clock)
  await tx
    .insertInto('appeal_words')
    .values({
      id: wordsId,
      appeal_id: appeal.id,
      door,
      words_sealed: sealWords(vault, wordsId, said),
      received_at: clock.now(),
      is_later: isOpen(appeal.state) ? 0 : 1,
    })
    .execute()
  await record(tx, clock, {
    actor: 'wardline',
    act: isNew ? 'open_appeal' : 'add_appeal_words',
    subject: appeal.id,
    detail: { case: caseId, notice: notice.id, door, characters: said.length, state: appeal.state },
  })
  if (isNew)
    await enqueue(tx, clock, {
      kind: 'hear',
      subject: appeal.id,
      runAt: clock.now(),
      uniqueKey: `hear ${appeal.id}`,
    })
  return { appealId: appeal.id, caseId, isNew }
}

/** A case that is undone was undone by a repair; else somebody dismissed it. Nobody has to hear what its notice said. */
async function endingOf(tx: Transaction, caseId: string): Promise<Ending> {
  const repair = await tx
    .selectFrom('repair_cases')
    .innerJoin('repairs', 'repairs.id', 'repair_cases.repair_id')
    .select(['repairs.id', 'repairs.outcome'])
    .where('repair_cases.case_id', '=', caseId)
    .where('repair_cases.state', 'in', ['closed', 'restored', 'not_taken'])
    .executeTakeFirst()
  return { state: `overturned_${repair?.outcome ?? 'context'}`, repairId: repair?.id ?? null }
}

type Notice = Pick<Tables['notices'], 'id' | 'case_id' | 'sent_at' | 'appeal_by'>

/** Who answers the notice of an outcome, or of a repair, means the one that it followed from. */
async function noticeObjectedTo(tx: Transaction, noticeId: string): Promise<Notice | undefined> {
  const notices = tx.selectFrom('notices').selectAll()
  const named = await notices.where('id', '=', noticeId).executeTakeFirst()
  if (named === undefined || named.kind === 'reported') return named
  const appealed = await tx.selectFrom('appeals').select('notice_id').where('id', '=', named.about).executeTakeFirst()
  if (appealed !== undefined) return notices.where('id', '=', appealed.notice_id).executeTakeFirst()
  const told = await notices
    .where(({ or, eb }) => or([eb('case_id', '=', named.case_id), eb('report_id', '=', named.report_id)]))
    .where('kind', '=', 'reported')
    .where('addressee', '=', named.addressee)
    .orderBy('id')
    .execute()
  for (const one of told) if ((await casesOfNotice(tx, one.id)).some(({ id }) => id === named.case_id)) return one
  return named
}

/** From the receipt on, and never before the day that the notice itself named. Of who was never told no time runs. */
function refuseLate(clock: Clock, { sent_at, appeal_by }: Notice, { withinMs }: HearingSettings): void {
  const by = sent_at === null ? Number.POSITIVE_INFINITY : Math.max(sent_at + withinMs, appeal_by ?? 0)
  if (clock.now() <= by) return
  const day = new Date(by).toISOString().slice(0, 10)
  throw refusal('appeal_too_late', `the time in which you could object ended on ${day} (year-month-day)`)
}

/** A form sends CR LF for each new line, which would count double. */
function clean(words: string): string {
  return words.replaceAll('\r\n', '\n').trim()
}

const refusal = (code: string, words: string) => new Fault(code, words, { retry: 'never' })
