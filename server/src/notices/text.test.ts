import { describe, expect, it } from 'vitest'
import { type NoticeWords, noticeText } from './text.ts'
import { ourTexts } from './text-files.ts'

const policy = { environment: 'production' } as const
const words: NoticeWords = {
  kind: 'reported',
  addressee: 'user',
  isTest: false,
  variant: 'ordinary',
  locale: null,
  country: null,
  disabled: null,
  link: 'https://forum.example.org/appeals/x',
  appealBy: Date.UTC(2027, 4, 21, 14, 5),
  replyAddress: null,
}
const texts = ourTexts()

describe('the text of a notice', () => {
  it('says which rule, what was done, that a report was made, how to object and by when, and where to find help', () => {
    const { subject, text } = noticeText(
      texts,
      { ...policy, platform: 'Forum', contact: 'Write to help@example.org.' },
      { ...words, disabled: 'temporarily', replyAddress: 'appeals+abc@example.org' },
    )
    expect(subject).toBe('About your account')
    const facts = ['Forum', 'rule', 'withheld', 'disabled temporarily', 'report was made', 'help line', 'help@']
    for (const said of [...facts, words.link, 'May 21, 2027 at 14:05 UTC', 'appeals+abc@example.org'])
      expect(text).toContain(said)
  })

  it('names no list, hash, distance or receiver, and invents no contact', () => {
    const { subject, text } = noticeText(texts, policy, words)
    expect(`${subject} ${text}`).not.toMatch(/NCMEC|CyberTip|hash|list|match|distance|@|\btel\b|phone|report_|case_/i)
  })

  it('begins outside production with what it is not', () => {
    const [first] = noticeText(texts, { ...policy, environment: 'sandbox' }, words).text.split('\n')
    expect(first).toContain('NOTHING IS REPORTED TO NCMEC')
    expect(noticeText(texts, policy, words).text).not.toContain('NOTHING IS REPORTED')
  })

  it.each(['sandbox', 'production'] as const)(
    'begins in %s with the word that it is a test, when it is one',
    (environment) => {
      const of = (isTest: boolean, addressee: NoticeWords['addressee']) =>
        noticeText(texts, { ...policy, environment }, { ...words, addressee, isTest })
      expect(of(true, 'operator').subject).toMatch(/^\[Wardline test card\]/)
      expect(of(true, 'operator').text).toMatch(/^THIS IS A TEST/)
      expect(of(false, 'user').text).not.toContain('TEST')
    },
  )

  it('speaks to an organisation of an account, not of a person', () => {
    const { subject, text } = noticeText(texts, policy, {
      ...words,
      addressee: 'organisation',
      variant: 'may_be_child',
    })
    expect(`${subject} ${text}`).not.toContain('your account')
    expect(text).toContain('an account of your organisation')
  })

  it('is written in the language of the account', () => {
    const german = noticeText(texts, policy, { ...words, locale: 'de-AT' })
    expect(german).toMatchObject({ language: 'de', subject: 'Zu Ihrem Konto' })
    expect(german.html).toContain('<html lang="de" dir="ltr">')
    expect(noticeText(texts, policy, { ...words, locale: 'tlh' }).language).toBe('en')
    expect(noticeText(texts, { ...policy, language: 'de' }, { ...words, locale: 'tlh' }).language).toBe('de')
  })
})
