// Writes a letter down, once: in the tray when a person must look, as noted when nobody wrote it, as threaded when its words are an
// appeal's. Beyond the limits it is not taken, only counted, and stays with the mail server.
import { type Actor, record } from '#audit'
import type { Clock } from '#base'
import type { Transaction } from '#db'
import type { Vault } from '#vault'
import type { Judged } from './judge.ts'
import { limits } from './limits.ts'
import { countLetters, countMore, countOfNotice, countUntagged, insertLetter, type LetterRow } from './store.ts'

export type Kept =
  | { readonly kind: 'kept'; readonly letterId: string }
  | { readonly kind: 'left'; readonly why: string }

/** unknown_notice: the tag is ours and its notice is gone. unreadable: it cannot be decoded. appeal_refused: its appeal takes no more. */
export type TrayWhy = 'no_tag' | 'wrong_tag' | 'unknown_notice' | 'no_words' | 'unreadable' | 'appeal_refused'

const dayMs = 24 * 3_600_000
const wardline: Actor = 'wardline'

/** For a person. */
export async function keepInTray(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { letter, place, why }: { readonly letter: Judged; readonly place: string; readonly why: TrayWhy },
): Promise<Kept> {
  // A tag is a proof: what carries one is not counted with what anybody may send.
  const over = letter.noticeId === null ? await overOfAll(tx, clock, letter) : await overOfNotice(tx, letter.noticeId)
  if (over !== undefined) return left(tx, clock, over)
  return written(tx, clock, vault, { letter, place, state: 'waiting', why, noticeId: letter.noticeId, appealId: null })
}

/** An answer that a machine gave, or a mail that was not delivered. Without a tag it says nothing to us. */
export async function keepNoted(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  { letter, place }: { readonly letter: Judged; readonly place: string },
): Promise<Kept> {
  const { noticeId, kind } = letter
  if (noticeId === null) return left(tx, clock, `untagged_${kind.kind}`)
  const over = await overOfNotice(tx, noticeId)
  if (over !== undefined) return left(tx, clock, over)
  const why = kind.kind === 'bounce' ? `${kind.hard ? 'hard' : 'soft'} ${kind.status ?? 'no status'}` : 'automatic'
  return written(tx, clock, vault, { letter, place, state: 'noted', why, noticeId, appealId: null })
}

/** Its words stand in the appeal, and are not kept a second time. */
export async function keepThreaded(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  {
    letter,
    place,
    noticeId,
    appealId,
  }: { readonly letter: Judged; readonly place: string; readonly noticeId: string; readonly appealId: string },
): Promise<Kept> {
  return written(tx, clock, vault, { letter, place, state: 'threaded', why: null, noticeId, appealId })
}

async function written(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  {
    letter,
    place,
    ...row
  }: { readonly letter: Judged; readonly place: string } & Pick<LetterRow, 'state' | 'why'> & {
      readonly noticeId: string | null
      readonly appealId: string | null
    },
): Promise<Kept> {
  const { from, subject, words, mailKeyed, senderKeyed, attachments } = letter
  const isElsewhere = row.state === 'threaded'
  const letterId = await insertLetter(tx, clock, vault, {
    ...row,
    kind: letter.kind.kind,
    place,
    mailKeyed,
    senderKeyed,
    facts: { from, subject: isElsewhere ? null : subject, words: isElsewhere ? null : words },
    attachments,
    characters: words.length,
  })
  const { state, why, noticeId: notice, appealId: appeal } = row
  const detail = { kind: letter.kind.kind, state, why, notice, appeal, attachments, characters: words.length }
  await record(tx, clock, { actor: wardline, act: 'read_letter', subject: letterId, detail })
  return { kind: 'kept', letterId }
}

async function overOfAll(tx: Transaction, clock: Clock, { senderKeyed }: Judged): Promise<string | undefined> {
  const since = clock.now() - dayMs
  if ((await countUntagged(tx, since)) >= limits.untaggedADay) return 'too_many_today'
  if ((await countLetters(tx)).byState.waiting >= limits.inTheTray) return 'tray_full'
  if (senderKeyed !== null && (await countUntagged(tx, since, senderKeyed)) >= limits.ofSenderADay)
    return 'too_many_of_sender'
  return undefined
}

async function overOfNotice(tx: Transaction, noticeId: string): Promise<string | undefined> {
  return (await countOfNotice(tx, noticeId)) >= limits.ofNotice ? 'too_many_of_notice' : undefined
}

async function left(tx: Transaction, clock: Clock, why: string): Promise<Kept> {
  await countMore(tx, clock, why)
  return { kind: 'left', why }
}
