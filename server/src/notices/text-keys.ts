// Every text that a language file holds: under which key, what it may name, and what it must say.
import type { Fields } from './templates.ts'

export const noticeKinds = ['reported', 'appeal_upheld', 'appeal_overturned', 'restored'] as const
export type NoticeKind = (typeof noticeKinds)[number]
/** may_be_child: for a person who may be the child whom it is about. Help comes first, and no word punishes. */
export const variants = ['ordinary', 'may_be_child'] as const
export type Variant = (typeof variants)[number]

const parts = ['objection', 'help', 'dsa'] as const
const page = [
  ...['title', 'skip', 'languages', 'label', 'hint', 'by', 'link', 'send', 'error', 'trouble', 'trial'],
  ...['thanksTitle', 'thanks', 'lateTitle', 'late', 'fullTitle', 'full', 'busyTitle', 'busy'],
  ...['noLinkTitle', 'noLink', 'tooLongTitle', 'tooLong', 'failedTitle', 'failed'],
] as const

export type TextKey =
  | `letters.${Variant}.${NoticeKind}.${'subject' | 'text'}`
  | `parts.${(typeof parts)[number]}`
  | `page.${(typeof page)[number]}`
  | 'trial.letter'
  | 'trial.testCard'
  | 'trial.testCardSent'

export type Rule = {
  readonly fields: Fields
  /** Of each, how it is said: filled in, or as words of the template between {{#field}} and {{/field}}. */
  readonly required: readonly { readonly field: string; readonly as: 'value' | 'words' }[]
}

/**
 * Conditions that always hold: between {{#rule}} and {{/rule}} stand the words that name the rule, so that a template
 * shows where it says what it must say.
 */
export const markers = ['rule', 'done', 'reportMade', 'outcome'] as const
/** Beside them, what holds whenever there is anything to say under it. */
export const always: readonly string[] = [...markers, 'hasHelpLines', 'dsa']

const nothing: Fields = { values: [], conditions: [], parts: [] }
const subject: Fields = { values: ['platform'], conditions: ['organisation'], parts: [] }
const letter: Fields = {
  values: ['platform', 'link', 'appealBy', 'replyAddress', 'contact', 'name', 'reach'],
  conditions: [
    ...markers,
    ...['organisation', 'disabledPermanently', 'disabledTemporarily', 'hasHelpLines', 'helpLines'],
    ...['canObject', 'dsa'],
  ],
  parts: [...parts],
}
const part: Fields = {
  ...letter,
  values: [...letter.values, 'clause', 'scope'],
  conditions: [...letter.conditions, 'decidedByPerson', 'decidedByRule'],
  parts: [],
}

const words = (...fields: string[]) => fields.map((field) => ({ field, as: 'words' as const }))
const values = (...fields: string[]) => fields.map((field) => ({ field, as: 'value' as const }))

const mustSay: Readonly<Record<NoticeKind, Rule['required']>> = {
  reported: [
    ...words('rule', 'done', 'disabledPermanently', 'disabledTemporarily', 'reportMade'),
    ...values('link', 'appealBy', 'replyAddress'),
    ...words('helpLines', 'dsa'),
    ...values('contact'),
  ],
  appeal_upheld: [...words('outcome', 'helpLines'), ...values('contact')],
  appeal_overturned: [...words('outcome'), ...values('contact')],
  restored: [...words('outcome'), ...values('contact')],
}

const pageFields: Readonly<Record<string, Rule>> = {
  'page.hint': { fields: { ...nothing, values: ['characters'] }, required: values('characters') },
  'page.trouble': { fields: { ...nothing, values: ['characters'] }, required: values('characters') },
  'page.tooLong': { fields: { ...nothing, values: ['characters'] }, required: values('characters') },
  'page.by': { fields: { ...nothing, values: ['appealBy'] }, required: values('appealBy') },
}

/** In the order in which a language file has them. */
export const rules: ReadonlyMap<TextKey, Rule> = new Map<TextKey, Rule>([
  ...variants.flatMap((variant) =>
    noticeKinds.flatMap((kind): [TextKey, Rule][] => [
      [`letters.${variant}.${kind}.subject`, { fields: subject, required: [] }],
      [`letters.${variant}.${kind}.text`, { fields: letter, required: mustSay[kind] }],
    ]),
  ),
  ['parts.objection', { fields: part, required: [] }],
  ['parts.help', { fields: part, required: [] }],
  ['parts.dsa', { fields: part, required: values('clause', 'scope') }],
  [
    'trial.letter',
    {
      fields: { ...nothing, values: ['nothingIsReported', 'environment'] },
      required: values('nothingIsReported', 'environment'),
    },
  ],
  ['trial.testCard', { fields: nothing, required: [] }],
  ['trial.testCardSent', { fields: nothing, required: [] }],
  ...page.map((name): [TextKey, Rule] => [
    `page.${name}`,
    pageFields[`page.${name}`] ?? { fields: nothing, required: [] },
  ]),
])
