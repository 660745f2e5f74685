// What a mail that was read is: whose words, to which notice, and how it is known again. Pure but for the vault's keyed digests.
import { readReplyAddress } from '#notices'
import type { Vault } from '#vault'
import { kindOf, type LetterKind } from './kind.ts'
import { limits } from './limits.ts'
import type { Parsed } from './parse.ts'
import type { Contents } from './structure.ts'
import { wordsOf, wordsOfSubject } from './words.ts'

export interface Judged {
  readonly kind: LetterKind
  /** The notice whose tag it carries, and which may be gone; null: none. */
  readonly noticeId: string | null
  /** Why there is none. */
  readonly why: 'no_tag' | 'wrong_tag' | null
  readonly mailKeyed: string
  readonly senderKeyed: string | null
  readonly from: string | null
  readonly subject: string
  readonly words: string
  readonly attachments: number
}

export function judge(
  vault: Vault,
  { address, parsed, contents }: { readonly address: string; readonly parsed: Parsed; readonly contents: Contents },
): Judged {
  const read = parsed.recipients.map((recipient) => readReplyAddress(vault, address, recipient))
  const tagged = read.find((one) => one.kind === 'tag')
  const words = wordsOf(parsed.words) || wordsOfSubject(parsed.subject)
  const { from, messageId, date, subject } = parsed
  // Delivered twice, or moved by hand: the same mail has other marks of its way, but these. `from` may be anything.
  const mark = JSON.stringify([messageId, from, date, subject, parsed.recipients, parsed.words, parsed.status])
  return {
    kind: kindOf(parsed, contents, tagged === undefined && words !== ''),
    noticeId: tagged?.noticeId ?? null,
    why: tagged !== undefined ? null : read.some(({ kind }) => kind === 'wrong') ? 'wrong_tag' : 'no_tag',
    mailKeyed: vault.keyed('letter', mark),
    senderKeyed: from === null ? null : vault.keyed('letter sender', from.toLowerCase()),
    from,
    subject: subject.slice(0, limits.subjectCharacters).toWellFormed(),
    words,
    attachments: contents.attachments,
  }
}
