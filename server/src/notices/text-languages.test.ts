import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isProduction } from '#base'
import { type NoticeText, type NoticeWords, noticeText } from './text.ts'
import { ourTexts, textsIn } from './text-files.ts'
import { forbiddenIn } from './text-forbidden.ts'
import { noticeKinds, rules, variants } from './text-keys.ts'
import { matchLanguage } from './text-language.ts'
import { momentIn } from './text-moment.ts'

const texts = ourTexts()
const twelve = ['de', 'en', 'es', 'fr', 'id', 'it', 'ja', 'ko', 'pt', 'ru', 'zh-Hans', 'zh-Hant']

/** Of the case that a notice is about. None of it may be told. */
const facts = {
  fileName: 'holiday-in-spain.jpeg',
  sha256: 'b5bb9d8014a0f9b1d61e21e796d78dccdf1352f23cd32812f4850b878ae4944c',
  pdq: 'f8f8f0cee0f4a84f06370a22038f63f0b36e2ed596621e1d33e6b39c4e9c9b22',
  list: 'ncmec-industry',
  entry: 'entry 77',
  distance: 23,
  reportId: 'report_01k1a2b3c4d5e6f7g8h9j0k1m2n3',
  ncmecReport: 4564654,
  caseId: 'case_01k1a2b3c4d5e6f7g8h9j0k1m2n3',
  caseNumber: 4711,
  reviewer: 'Rosa Lind',
}
const link = 'https://forum.example.org/appeals/notice_01k1a2b3c4d5e6f7g8h9j0k1m2n3.Zm9vYmFyYmF6cXV4Zm9vYg'
const policy = {
  platform: 'Forum Nine',
  contact: 'Write to trust@forum.example.org.',
  helpLines: { '*': [{ name: 'Somebody Who Helps', reach: 'help.example.org' }] },
  dsa: { clause: 'section 4', scope: 'Freedonia' },
}
const words = {
  isTest: false,
  country: null,
  link,
  appealBy: Date.UTC(2027, 4, 21, 14, 5),
  replyAddress: 'appeals+tag@forum.example.org',
} as const

/** Everything that can be sent, in every language. */
function* everything(): Iterable<{ of: NoticeWords; environment: 'production' | 'sandbox'; told: NoticeText }> {
  for (const locale of twelve)
    for (const kind of noticeKinds)
      for (const variant of variants)
        for (const addressee of ['user', 'organisation'] as const)
          for (const disabled of [null, 'permanently', 'temporarily'] as const)
            for (const environment of ['production', 'sandbox'] as const) {
              const of: NoticeWords = { ...words, locale, kind, variant, addressee, disabled }
              yield { of, environment, told: noticeText(texts, { ...policy, environment }, of) }
            }
}

const bare = (html: string) =>
  html
    .slice(html.indexOf('</h1>'))
    .replaceAll(/<[^>]*>/g, '')
    .replaceAll('&#39;', "'")
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')

describe('the languages of notices', () => {
  it('are twelve, each with every text, and none says that a native speaker has read it before one has', () => {
    expect([...texts.languages.keys()].sort()).toEqual(twelve)
    for (const text of texts.languages.values()) {
      expect(Object.keys(text.words)).toEqual([...rules.keys()])
      expect(text.readByNativeSpeaker).toBe(false)
    }
  })

  it('name in each text what the English one names', () => {
    const named = (template: string) => [...new Set(template.match(/{{[#^>]?\s*\w+\s*}}/g))].sort()
    const english = textsIn(texts, 'en')
    // A sentence about "your account" needs the place of the platform and of the organisation; how often is grammar.
    for (const text of texts.languages.values())
      for (const key of rules.keys())
        expect([text.tag, key, named(text.words[key])]).toEqual([text.tag, key, named(english.words[key])])
  })

  it('differ from English in each text but for names', () => {
    const english = textsIn(texts, 'en')
    for (const text of texts.languages.values())
      if (text.tag !== 'en')
        expect([...rules.keys()].filter((key) => text.words[key] === english.words[key])).toEqual(
          text.tag === 'es' ? ['page.error'] : [],
        )
  })

  it('say all that must be said, nothing that must not be, and the same in both forms', () => {
    for (const { of, environment, told } of everything()) {
      const where = `${of.locale} ${of.kind} ${of.variant} ${of.addressee} ${of.disabled} ${environment}`
      const due = momentIn(told.language, words.appealBy)
      const must = [
        policy.platform,
        policy.contact,
        ...(of.kind === 'reported'
          ? [link, due, words.replyAddress, 'section 4', 'Freedonia', 'Somebody Who Helps']
          : []),
        ...(environment === 'sandbox' ? ['NOTHING IS REPORTED TO NCMEC', 'sandbox'] : []),
      ]
      expect([where, must.filter((one) => !told.text.includes(one))]).toEqual([where, []])
      for (const form of [told.subject, told.text, told.html])
        expect([where, forbiddenIn(form, facts, [link, due])]).toEqual([where, []])
      const all = `${told.subject}\n${told.text}`
      expect([where, /{{|}}|undefined|\bnull\b|\[object/.exec(all)]).toEqual([where, null])
      if (isProduction(environment))
        expect([where, /NCMEC|CyberTip|PhotoDNA|PDQ|police/i.exec(all)]).toEqual([where, null])
      expect(bare(told.html).replaceAll(/\s+/g, '')).toBe(told.text.replaceAll(/^- /gm, '').replaceAll(/\s+/g, ''))
      expect(told.language).toBe(of.locale)
    }
  })

  it('beg nobody’s pardon on one person’s word: only what was undone is called a mistake of ours', () => {
    const sorry = /sorry|leid|sentimos|excuses|maaf|scusiamo|申し訳|お詫び|죄송|사과드립니다|desculpa|извинени|歉/i
    for (const { of, environment, told } of everything()) {
      const where = `${of.locale} ${of.kind} ${of.variant} ${environment}`
      expect([where, sorry.test(told.text)]).toEqual([where, of.kind === 'restored'])
    }
  })

  it('say help first to whoever may be the child, and use no word of the ordinary letter that shuts an account', () => {
    for (const locale of twelve)
      for (const disabled of ['permanently', 'temporarily'] as const) {
        const of = { ...words, locale, kind: 'reported', addressee: 'user', disabled } as const
        const child = noticeText(
          texts,
          { ...policy, environment: 'production' },
          { ...of, variant: 'may_be_child' },
        ).text
        const ordinary = noticeText(
          texts,
          { ...policy, environment: 'production' },
          { ...of, variant: 'ordinary' },
        ).text
        expect(child.indexOf('Somebody Who Helps')).toBeLessThan(child.indexOf('- ', child.indexOf('help.example.org')))
        expect(child.indexOf('Somebody Who Helps')).toBeLessThan(child.indexOf(policy.platform))
        expect(child.indexOf('Somebody Who Helps')).toBeLessThan(child.indexOf(link))
        const [, shut] = ordinary.split('\n').filter((line) => line.startsWith('- '))
        expect(child).not.toContain(shut)
      }
  })

  it('never carry markup, a second line or a field that stands in a name', () => {
    const nasty = fc.constantFrom(
      '<script>',
      '"><img src=x onerror=1>',
      "' onload='1",
      '&lt;b&gt;',
      '\n\n- ',
      '\r\nBcc: x',
      '{{link}}',
      '{{> dsa}}',
      '</p>',
      '\u2028',
    )
    const name = fc
      .array(fc.oneof(nasty, fc.string({ unit: 'grapheme' })), { minLength: 1, maxLength: 4 })
      .map((all) => `a${all.join('')}`)
    const tagsOf = (html: string) => html.match(/<[^>]*>/g)
    fc.assert(
      fc.property(name, fc.constantFrom(...twelve), fc.constantFrom(...variants), (odd, locale, variant) => {
        const of: NoticeWords = { ...words, locale, variant, kind: 'reported', addressee: 'user', disabled: null }
        const say = (value: string) =>
          noticeText(
            texts,
            {
              environment: 'production',
              platform: value,
              helpLines: { '*': [{ name: value, reach: value }] },
              dsa: { clause: value, scope: value },
            },
            of,
          )
        const [told, calm] = [say(odd), say('a')]
        expect(tagsOf(told.html)).toEqual(tagsOf(calm.html))
        expect(told.text.split('\n')).toHaveLength(calm.text.split('\n').length)
        expect(told.subject).not.toMatch(/[\r\n]/)
      }),
      { numRuns: 300 },
    )
  })
})

describe('the scanner for what is forbidden', () => {
  it('finds each fact, plain or in HTML, whatever its case', () => {
    for (const [name, fact] of Object.entries(facts)) {
      expect(forbiddenIn(`It was ${String(fact).toUpperCase()}.`, facts)).toContain(name)
      expect(forbiddenIn(`<p>It was &quot;${fact}&quot;</p>`, facts)).toContain(name)
    }
    expect(forbiddenIn('by 117 people, 170 times', facts)).toEqual([])
    expect(forbiddenIn(`see ${'0f'.repeat(16)}`, {})).toEqual(['looks like a hash'])
    expect(forbiddenIn('see file_01k1a2b3c4d5e6f7g8h9j0k1m2n3', {})).toEqual(['looks like an id'])
    expect(forbiddenIn(link, facts, [link])).toEqual([])
  })
})

describe('an account’s locale', () => {
  it.each([
    ['zh-TW', 'zh-Hant'],
    ['zh_HK', 'zh-Hant'],
    ['zh-Hant-CN', 'zh-Hant'],
    ['zh', 'zh-Hans'],
    ['zh-SG', 'zh-Hans'],
    ['yue', 'zh-Hant'],
    ['pt-BR', 'pt'],
    ['pt_PT', 'pt'],
    ['de-AT', 'de'],
    ['EN-gb', 'en'],
    ['es-419', 'es'],
    ['in', 'id'],
    ['ru-Latn', 'ru'],
    ['nl', undefined],
    ['x', undefined],
    ['not a locale', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s is answered in %s', (locale, language) => {
    expect(matchLanguage(locale, twelve)).toBe(language)
  })
})
