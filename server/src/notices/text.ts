// What a notice says: which rule, what was done, that a report was made, how to object and by when, where to find help.
// Nothing about the file, the list, the match or the report. Duties, section 13.
import { isProduction, NOTHING_IS_REPORTED } from '#base'
import type { Addressee, Told } from './address.ts'
import { helpLinesFor } from './help-lines.ts'
import type { NoticePolicy } from './policy.ts'
import { fill, type View } from './templates.ts'
import { html, plainText } from './text-blocks.ts'
import { type LanguageText, type Texts, textsIn } from './text-files.ts'
import type { NoticeKind, Variant } from './text-keys.ts'
import { chooseLanguage } from './text-language.ts'
import { momentIn } from './text-moment.ts'

export type NoticeText = {
  readonly subject: string
  readonly text: string
  /** A whole document that says the same and loads nothing. */
  readonly html: string
  /** BCP 47: the language it is written in. */
  readonly language: string
}

export type Mail = Pick<NoticeText, 'subject' | 'text'> &
  Partial<Pick<NoticeText, 'html' | 'language'>> & {
    readonly noticeId: string
    readonly to: string
    /** Answers go there, and what cannot be delivered comes back there. */
    readonly replyTo?: string | undefined
  }

export type NoticeWords = {
  readonly kind: NoticeKind
  readonly addressee: Addressee
  /** A test card made it. */
  readonly isTest: boolean
  /** may_be_child counts for a user alone: an organisation's contact is no child. */
  readonly variant: Variant
  /** The account's, BCP 47; null: unknown. */
  readonly locale: string | null
  /** ISO 3166, for the help lines. */
  readonly country: string | null
  readonly disabled: Told['disabled']
  /** Where words can be written; null: nowhere, as in an answer that is the last word. */
  readonly link: string | null
  /** Epoch milliseconds. */
  readonly appealBy: number | null
  /** Where a letter is read. */
  readonly replyAddress: string | null
  /** Who took the decision, where that is known; only the option `notices.dsa` says it. */
  readonly decidedBy?: 'person' | 'rule' | null | undefined
}

type Says = Pick<NoticePolicy, 'environment' | 'platform' | 'contact' | 'language' | 'helpLines' | 'dsa'>

export function noticeText(texts: Texts, policy: Says, words: NoticeWords): NoticeText {
  const { environment } = policy
  const text = textsIn(texts, chooseLanguage(texts, [words.locale], policy.language))
  const variant = words.addressee === 'organisation' ? 'ordinary' : words.variant
  const view = viewOf(policy, words, text)
  const letter = fill(text.words[`letters.${variant}.${words.kind}.text`], view, text.parts)
  const subject = oneLine(fill(text.words[`letters.${variant}.${words.kind}.subject`], view))
  const before = [
    ...(words.isTest ? [text.words['trial.testCard']] : []),
    ...(words.isTest && isProduction(environment) ? [text.words['trial.testCardSent']] : []),
    ...(isProduction(environment)
      ? []
      : [fill(text.words['trial.letter'], { nothingIsReported: NOTHING_IS_REPORTED, environment })]),
  ]
  const whole = {
    subject: words.isTest ? `[Wardline test card] ${subject}` : subject,
    language: text.tag,
    direction: text.direction,
    words: [...before, letter].join('\n\n'),
    link: words.link,
  }
  return { subject: whole.subject, text: plainText(whole), html: html(whole), language: text.tag }
}

function viewOf({ platform, contact, dsa, helpLines }: Says, words: NoticeWords, { tag }: LanguageText): View {
  const { kind, disabled, appealBy, decidedBy } = words
  const link = given(words.link)
  const replyAddress = given(words.replyAddress)
  const lines = helpLinesFor(helpLines ?? {}, words.country)
  return {
    // Whatever is to be said always is said: these mark where.
    ...{ rule: true, done: true, reportMade: true, outcome: true },
    platform: given(platform),
    // Paragraphs of the operator's own.
    contact: contact?.trim() ?? null,
    organisation: words.addressee === 'organisation',
    disabledPermanently: disabled === 'permanently',
    disabledTemporarily: disabled === 'temporarily',
    ...{ link, replyAddress, canObject: link !== null || replyAddress !== null },
    appealBy: appealBy === null ? null : momentIn(tag, appealBy),
    hasHelpLines: lines.length > 0,
    helpLines: lines.map(({ name, reach }) => ({ name: oneLine(name), reach: oneLine(reach) })),
    dsa: dsa !== undefined && kind === 'reported',
    ...{ clause: given(dsa?.clause), scope: given(dsa?.scope) },
    decidedByPerson: decidedBy === 'person',
    decidedByRule: decidedBy === 'rule',
  }
}

const given = (text: string | null | undefined): string | null => (text ? oneLine(text) : null)
/** A name with a new line in it would be two paragraphs, or two headers of a mail. */
const oneLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim()
